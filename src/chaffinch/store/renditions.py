"""What is published has rows, for machines that share no folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import zstandard
from sqlalchemy import Connection, func, insert, or_, select, update

from chaffinch.model import Rendition
from chaffinch.store.database import Database
from chaffinch.store.schema import renditions

_LARGEST = 64 << 20
"""Bytes a document may have once unpacked: far above what is published."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it is published, or was."""

    name: str
    private: bool
    body: bytes | None
    """None: it was taken away."""
    modified: datetime
    revision: int


class Renditions:
    """The documents that every machine shows, with the same bytes and the same time on each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, made: Sequence[Rendition], now: datetime, *, private: bool) -> tuple[str, ...]:
        """Keep documents, all in one transaction; the names of those that changed.

        One whose bytes are the same is not touched. One that changes is as old as `now`, in whole seconds, or one
        second younger than it was.
        """
        changed = []
        with self._database.write() as connection:
            revision = _last(connection)
            for rendition in made:
                before = connection.execute(select(renditions).where(renditions.c.name == rendition.name)).one_or_none()
                same = before is not None and before.private == private and before.body is not None
                if before is not None and same and _unpacked(before.body) == rendition.body:
                    continue
                revision += 1
                moment = now.replace(microsecond=0)
                if before is not None:
                    moment = max(moment, before.modified + timedelta(seconds=1))
                body = zstandard.compress(rendition.body, 3)
                values = {"private": private, "body": body, "modified": moment, "revision": revision}
                if before is None:
                    connection.execute(insert(renditions).values(name=rendition.name, **values))
                else:
                    connection.execute(update(renditions).where(renditions.c.name == rendition.name).values(values))
                changed.append(rendition.name)
        return tuple(changed)

    def take_away(self, now: datetime, *, names: Sequence[str] = (), beginnings: Sequence[str] = ()) -> None:
        """Public documents of these names, or whose names begin so, are published no more; private ones stay."""
        named = [renditions.c.name.in_(names), *(renditions.c.name.startswith(b, autoescape=True) for b in beginnings)]
        with self._database.write() as connection:
            gone = select(renditions.c.name).where(
                or_(*named), renditions.c.body.is_not(None), renditions.c.private.is_(False)
            )
            for name in connection.execute(gone).scalars().all():
                values = {"body": None, "modified": now.replace(microsecond=0), "revision": _last(connection) + 1}
                connection.execute(update(renditions).where(renditions.c.name == name).values(values))

    def since(self, revision: int) -> Iterator[Shown]:
        """What has changed after a revision, in its order, one body in memory at a time."""
        while True:
            with self._database.read() as connection:
                later = select(renditions).where(renditions.c.revision > revision).order_by(renditions.c.revision)
                row = connection.execute(later.limit(1)).one_or_none()
            if row is None:
                return
            body = None if row.body is None else _unpacked(row.body)
            yield Shown(row.name, row.private, body, row.modified, row.revision)
            revision = row.revision


def _last(connection: Connection) -> int:
    return connection.execute(select(func.max(renditions.c.revision))).scalar() or 0


def _unpacked(body: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompress(body, max_output_size=_LARGEST)
