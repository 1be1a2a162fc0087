"""How many of everything the database holds, for those who watch a press from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from chaffinch.store.database import Database
from chaffinch.store.schema import articles, deliveries, dirty_feeds, issues, problems, sources, subscriptions


class Counts:
    """Counts rows; each question is answered by an index, not by reading the rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def articles(self) -> int:
        """How many articles are held, hidden ones too."""
        with self._database.read() as connection:
            return connection.execute(select(func.count(articles.c.id))).scalar_one()

    def due(self, now: datetime, paused: Collection[str] = ()) -> tuple[int, timedelta]:
        """How many sources wait for a visit, and for how long the one has waited that is due longest.

        A source that was never visited is due, and late by nothing. Sources being visited, and those of `paused`,
        wait for nothing.
        """
        free = sources.c.active & or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
        wanted = free & sources.c.slug.not_in(paused)
        with self._database.read() as connection:  # one after the other, each by its index
            new = connection.execute(
                select(func.count()).select_from(sources).where(sources.c.next_at.is_(None), wanted)
            ).scalar_one()
            late, since = connection.execute(
                select(func.count(), func.min(sources.c.next_at)).where(sources.c.next_at <= now, wanted)
            ).one()
        return new + late, max(now - since, timedelta(0)) if since else timedelta(0)

    def failing(self) -> tuple[int, int]:
        """How many sources there are, and of how many the last visit failed."""
        with self._database.read() as connection:
            every, fine = (
                connection.execute(
                    select(func.count()).select_from(sources).where(sources.c.active, *more)
                ).scalar_one()
                for more in ((), (sources.c.failures == 0,))
            )
        return every, every - fine

    def unbuilt(self) -> int:
        """How many feeds changed and were not built since."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(dirty_feeds)).scalar_one()

    def problems(self) -> int:
        """How many things are wrong now, sources not counted."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(problems)).scalar_one()

    def issues(self) -> Mapping[tuple[str, str], int]:
        """How many issues each digest has in each state."""
        with self._database.read() as connection:
            asked = select(issues.c.digest, issues.c.state, func.count()).group_by(issues.c.digest, issues.c.state)
            return {(digest, state): number for digest, state, number in connection.execute(asked)}

    def deliveries(self) -> Mapping[str, int]:
        """How many letters are in each state."""
        with self._database.read() as connection:
            asked = select(deliveries.c.state, func.count()).group_by(deliveries.c.state)
            return {row.state: row[1] for row in connection.execute(asked)}

    def subscriptions(self) -> Mapping[tuple[str, str], int]:
        """How many subscriptions each digest has in each status."""
        table = subscriptions.c
        with self._database.read() as connection:
            asked = select(table.digest, table.status, func.count()).group_by(table.digest, table.status)
            return {(digest, status): number for digest, status, number in connection.execute(asked)}
