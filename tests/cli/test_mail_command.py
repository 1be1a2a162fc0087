"""A few words that prove that letters leave."""

import email
from pathlib import Path

import pytest

from chaffinch.cli.app import run
from chaffinch.config import load


def test_a_few_words_go_the_way_that_letters_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[press]\ntitle = "A & B"\n[mail]\nfrom = "d@press.example.org"\n')

    status = run(["mail", "test", "--to", "ann@example.net", "--config", str(config)])

    (letter,) = (tmp_path / "outbox").glob("*.eml")
    read = email.message_from_bytes(letter.read_bytes())
    assert status == 0
    assert "written to" in capsys.readouterr().out
    assert (read["To"], read["Subject"]) == ("ann@example.net", "A test of A & B")
    assert run(["mail", "test", "--to", "nobody", "--config", str(config)]) == 66


def test_a_preset_says_where_and_how_and_what_stands_beside_it_wins(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[mail]\nfrom = "d@example.org"\ntransport = "smtp"\npreset = "fastmail"\n')
    plain = load(config).mail
    config.write_text(config.read_text() + 'host = "mx.example.org"\n')

    assert (plain.host, plain.smtp_port, plain.security) == ("smtp.fastmail.com", 465, "tls")
    assert load(config).mail.host == "mx.example.org"
