"""A few words that prove that letters leave."""

import email
from pathlib import Path

import pytest

from chaffinch.cli.app import run
from chaffinch.config import load
from chaffinch.newsroom.checking import warnings_of


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


@pytest.mark.parametrize(
    ("preset", "host", "port", "security", "per_hour", "per_second"),
    [
        ("fastmail", "smtp.fastmail.com", 465, "tls", None, None),
        ("gmail", "smtp.gmail.com", 465, "tls", 20, None),
        ("mailgun", "smtp.mailgun.org", 587, "starttls", None, None),
        ("postmark", "smtp-broadcasts.postmarkapp.com", 587, "starttls", None, None),
        ("ses", "email-smtp.us-east-1.amazonaws.com", 587, "starttls", None, 14.0),
    ],
)
def test_each_preset_has_its_server_and_the_limits_of_a_new_account(
    tmp_path: Path,
    preset: str,
    host: str,
    port: int,
    security: str,
    per_hour: int | None,
    per_second: float | None,
) -> None:
    (tmp_path / "config.toml").write_text(
        f'[mail]\nfrom = "d@example.org"\ntransport = "smtp"\npreset = "{preset}"\nusername = "u"\n'
    )
    settings = load(tmp_path / "config.toml")
    mail = settings.mail

    assert (mail.host, mail.smtp_port, mail.security) == (host, port, security)
    assert (mail.per_hour, mail.per_second) == (per_hour, per_second)
    assert warnings_of(settings) == []


@pytest.mark.parametrize(
    ("mail", "told"),
    [
        (
            'preset = "ses"\nusername = "u"\n[[mail.dkim]]\ndomain = "a.org"\nselector = "s"\nkey_file = "k"',
            "mail.dkim",
        ),
        ('preset = "mailgun"', "mail.username is missing"),
        ('preset = "postmark"\nusername = "u"\nbounces_maildir = "b"', "mail.bounces_maildir"),
        ('from = "somebody@gmail.com"\npreset = "mailgun"\nusername = "u"', "mail.from"),
    ],
)
def test_what_does_not_fit_a_relay_is_told(tmp_path: Path, mail: str, told: str) -> None:
    sender = "" if "from =" in mail else 'from = "d@example.org"\n'
    (tmp_path / "config.toml").write_text(f'[mail]\ntransport = "smtp"\n{sender}{mail}\n')

    (line,) = warnings_of(load(tmp_path / "config.toml"))

    assert line.startswith(told)
