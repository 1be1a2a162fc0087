"""Hubs that are still to be told of a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from chaffinch.store.database import Database
from chaffinch.store.schema import pings


class Pings:
    """Remembers which feeds' hubs want to be told, across restarts; one row a feed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def expect(self, feed: str, now: datetime, due: datetime) -> bool:
        """The feed is about to change, perhaps: its hub is told when it is due, whatever becomes of us until then.

        False when the hub is to be told already. What comes of it is said by `want`, or by `told` when nothing did.
        """
        with self._database.write() as connection:
            if connection.execute(select(pings.c.feed).where(pings.c.feed == feed)).first():
                return False
            connection.execute(insert(pings).values(feed=feed, due=due, tries=0, changed=now))
            return True

    def want(self, feed: str, now: datetime) -> None:
        """The feed has changed: its hub is to be told at once."""
        with self._database.write() as connection:
            values = {"due": now, "tries": 0, "changed": now}
            if not connection.execute(update(pings).where(pings.c.feed == feed).values(**values)).rowcount:
                connection.execute(insert(pings).values(feed=feed, **values))

    def due(self, now: datetime) -> Sequence[str]:
        """The feeds whose hubs are to be told now."""
        with self._database.read() as connection:
            return (
                connection.execute(select(pings.c.feed).where(pings.c.due <= now).order_by(pings.c.due)).scalars().all()
            )

    def of(self, feed: str) -> tuple[datetime, int] | None:
        """When the feed changed, and how often its hub could not be told since; None when nothing is to be told."""
        with self._database.read() as connection:
            row = connection.execute(select(pings).where(pings.c.feed == feed)).one_or_none()
        return None if row is None else (row.changed, row.tries)

    def told(self, feed: str, changed: datetime) -> None:
        """The hub knows of this change; of a later one it does not."""
        with self._database.write() as connection:
            connection.execute(delete(pings).where(pings.c.feed == feed, pings.c.changed == changed))

    def failed(self, feed: str, again: datetime) -> None:
        """The hub could not be told; another try later."""
        with self._database.write() as connection:
            mine = update(pings).where(pings.c.feed == feed)
            connection.execute(mine.values(due=again, tries=pings.c.tries + 1))
