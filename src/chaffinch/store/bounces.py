"""On which days an address could not be reached for now."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from chaffinch.store.database import Database
from chaffinch.store.schema import bounces
from chaffinch.text import discreet

WITHIN = timedelta(days=60)
"""What is longer ago counts no more."""


class Bounces:
    """Counts days, not letters: a server that is away for a day is one failure, however many letters it cost."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, address_hash: str, why: str, now: datetime) -> int:
        """It could not be reached today; on how many days so far."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        here = bounces.c.address_hash == address_hash
        with self._database.write() as connection:
            connection.execute(delete(bounces).where(here, bounces.c.day <= now - WITHIN))
            if not connection.execute(select(bounces.c.day).where(here, bounces.c.day == day)).first():
                connection.execute(insert(bounces).values(address_hash=address_hash, day=day, why=discreet(why)))
            return connection.execute(select(func.count()).select_from(bounces).where(here)).scalar_one()
