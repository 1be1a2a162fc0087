"""What is wrong now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from chaffinch.model import Problem
from chaffinch.store.database import Database
from chaffinch.store.schema import problems


class Problems:
    """Notes troubles until they are over; one for each subject, with its first and last time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, subject: str, text: str, now: datetime) -> None:
        """Something is wrong with a subject, or still is."""
        with self._database.write() as connection:
            values = {"text": text, "last": now, "times": problems.c.times + 1}
            if not connection.execute(update(problems).where(problems.c.subject == subject).values(values)).rowcount:
                connection.execute(insert(problems).values(subject=subject, text=text, since=now, last=now, times=1))

    def over(self, subject: str) -> None:
        """Nothing is wrong with it any more. Writes nothing when nothing was."""
        with self._database.ask() as connection:
            if connection.execute(select(problems.c.subject).where(problems.c.subject == subject)).first() is None:
                return
        with self._database.write() as connection:
            connection.execute(delete(problems).where(problems.c.subject == subject))

    def all(self) -> Sequence[Problem]:
        """Everything that is wrong now, newest trouble first."""
        with self._database.read() as connection:
            rows = connection.execute(select(problems).order_by(problems.c.since.desc())).all()
        return [Problem(row.subject, row.text, row.since, row.last, row.times) for row in rows]
