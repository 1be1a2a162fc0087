"""Machines that share a database go by its clock."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from chaffinch.clock import Clock, system_clock
from chaffinch.store.database import Database

log = logging.getLogger(__name__)

_APART = timedelta(seconds=1)
"""By so much clocks may differ: nothing that machines agree on is shorter, and a question takes a while."""


class SharedClock:
    """A Clock: the machine's own, put right by the database's. Between two settings it runs by itself."""

    def __init__(self, database: Database, ours: Clock = system_clock) -> None:
        """Sets it. Raises StoreError."""
        self._database, self._ours = database, ours
        self._behind = timedelta()
        self.set()

    def __call__(self) -> datetime:
        return self._ours() + self._behind

    def set(self) -> None:
        """Ask the database what time it is; says so when our own clock is found to be wrong. Raises StoreError."""
        with self._database.ask() as connection:
            asked = self._ours()
            told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            answered = self._ours()
        behind = told.astimezone(UTC) - (asked + (answered - asked) / 2)
        if abs(behind - self._behind) <= _APART + (answered - asked):
            return
        self._behind = behind if abs(behind) > _APART else timedelta()
        if self._behind:
            seconds, which = abs(behind.total_seconds()), "behind" if behind > timedelta() else "ahead of"
            log.warning("this machine's clock is %.0f seconds %s the database's, which counts here", seconds, which)
        else:
            log.info("this machine's clock and the database's agree again")
