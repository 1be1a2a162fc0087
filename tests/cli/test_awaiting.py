"""A daemon waits for a database that is not there yet, and for nothing that waiting does not mend."""

import logging

import pytest

from chaffinch.cli.awaiting import LONGEST, awaited
from chaffinch.errors import StoreAway, StoreError


def test_a_database_that_comes_late_is_waited_for_and_that_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    answers = iter([StoreAway("press: nobody answers there")] * 8)
    pauses: list[float] = []

    def make() -> str:
        for error in answers:
            raise error
        return "a press"

    with caplog.at_level(logging.INFO):
        made = awaited(make, pauses.append)

    assert made == "a press"
    assert pauses == [1, 2, 4, 8, 16, LONGEST, LONGEST, LONGEST]
    assert caplog.messages == ["press: nobody answers there; it is waited for", "the database is there"]


def test_what_waiting_does_not_mend_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    def make() -> str:
        raise StoreError("press: there is no such database")

    with pytest.raises(StoreError, match="no such database"):
        awaited(make, lambda _: pytest.fail("it waits"))

    assert caplog.messages == []
