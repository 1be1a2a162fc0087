"""No whole mail address in a log."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.cli.frame import log_to_stderr
from chaffinch.text import discreet


@given(st.from_regex(r"[a-z0-9._%+-]{1,20}@[a-z0-9-]{1,9}\.(org|net)", fullmatch=True))
def test_whatever_the_address_its_first_part_goes(address: str) -> None:
    said = discreet(f"550 5.1.1 <{address}>: no such user")

    assert address not in said
    assert said.endswith(f"@{address.partition('@')[2]}>: no such user")


def test_words_without_an_address_stay() -> None:
    assert discreet("meet @ noon, 3 @ 4") == "meet @ noon, 3 @ 4"


def test_a_log_line_names_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    before = logging.getLogger().handlers[:]
    log_to_stderr()

    logging.getLogger("chaffinch.test").warning("refused: 550 <%s>", "ann@example.net")

    written = capsys.readouterr().err
    logging.getLogger().handlers[:] = before
    assert "ann" not in written
    assert "…@example.net" in written
