"""Which months of which feeds are archived, and which want to be written anew."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from chaffinch.store.database import Database
from chaffinch.store.schema import archived_feeds, archives, articles, dirty_archives
from chaffinch.store.upserts import put


class Archives:
    """Remembers the archive documents of feeds: by month, how many there are."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_over(self, rules: Mapping[str, str]) -> None:
        """What decides each feed's documents now; where it is not what it was, all of its months are to be written."""
        with self._database.write() as connection:
            held = {row.feed: row.rules for row in connection.execute(select(archived_feeds))}
            others = {feed: rule for feed, rule in rules.items() if held.get(feed) != rule}
            if not others:
                return
            oldest, newest = connection.execute(
                select(func.min(articles.c.published), func.max(articles.c.published))
            ).one()
            for feed, rule in others.items():
                connection.execute(delete(archived_feeds).where(archived_feeds.c.feed == feed))
                connection.execute(insert(archived_feeds).values(feed=feed, rules=rule))
                if oldest is not None:
                    mark_months(connection, ((feed, month) for month in _months(oldest, newest)))

    def dirty(self, feed: str) -> Mapping[str, str]:
        """The months that want to be written anew, each with the mark to give back to `written`."""
        with self._database.read() as connection:
            rows = connection.execute(select(dirty_archives).where(dirty_archives.c.feed == feed))
            return {row.month: row.mark for row in rows}

    def held(self, feed: str) -> Mapping[str, int]:
        """The months that are archived, oldest first: how many documents each has."""
        with self._database.read() as connection:
            rows = connection.execute(select(archives).where(archives.c.feed == feed).order_by(archives.c.month))
            return {row.month: row.parts for row in rows}

    def written(self, feed: str, parts: Mapping[str, int], marks: Mapping[str, str]) -> None:
        """These months were written, as so many documents; what changed since its mark was read stays dirty."""
        with self._database.write() as connection:
            for month, number in parts.items():
                connection.execute(delete(archives).where(archives.c.feed == feed, archives.c.month == month))
                if number:
                    connection.execute(insert(archives).values(feed=feed, month=month, parts=number))
            dirty = dirty_archives
            for month, mark in marks.items():
                mine = (dirty.c.feed == feed, dirty.c.month == month, dirty.c.mark == mark)
                connection.execute(delete(dirty).where(*mine))

    def forget(self, feed: str) -> None:
        """The feed has no archives any more; the months that it had are to be written when it has some again."""
        with self._database.write() as connection:
            months = connection.execute(select(archives.c.month).where(archives.c.feed == feed)).scalars().all()
            connection.execute(delete(archives).where(archives.c.feed == feed))
            mark_months(connection, ((feed, month) for month in months))


def month_of(moment: datetime) -> str:
    """The month of a moment in UTC, `2026-03`."""
    return f"{moment:%Y-%m}" if moment.year > 999 else f"{moment.year:04}-{moment.month:02}"


def mark_months(connection: Connection, feeds_and_months: Iterable[tuple[str, str]]) -> None:
    """Note that these feeds' archives of these months want to be written anew."""
    marks = [
        {"feed": feed, "month": month, "mark": secrets.token_hex(8)} for feed, month in dict.fromkeys(feeds_and_months)
    ]
    put(connection, dirty_archives, marks)


def _months(oldest: datetime, newest: datetime) -> Iterator[str]:
    for count in range(oldest.year * 12 + oldest.month - 1, newest.year * 12 + newest.month):
        yield f"{count // 12:04}-{count % 12 + 1:02}"
