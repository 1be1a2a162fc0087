"""The shelf holds fetched pages: until they are extracted, and after that for another time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, Row, bindparam, func, or_, select, update

from chaffinch.model import Held, Metadata, Page, Reference
from chaffinch.store.schema import pages, references
from chaffinch.store.upserts import put as put_rows
from chaffinch.store.values import as_json, revived

_LARGEST = 64 << 20
"""Bytes a page may have once unpacked: far above what is fetched, far below what hurts."""
_AN_ARMFUL = 1 << 20
"""Bytes, compressed, of the pages that are taken at once; a larger one is taken by itself."""
_MOST = 32
"""Pages that are taken at once, at most."""

# Built once: to build a statement takes SQLAlchemy as long as to run it.
_SHELVED = (
    update(references)
    .where(references.c.id == bindparam("this"))
    .values(state="shelved", tries=0, next_at=None, problem="")
)
_EXTRACTED = update(pages).where(pages.c.reference == bindparam("this")).values(extracted=True, reruled=False)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reference whose page waits for extraction, with all that is noted of it."""

    row_id: int
    reference: Reference
    size: int
    """Of the page, in bytes as it is stored."""
    backfilled: bool
    """Whether the source's first visit found it."""
    reruled: bool
    """Whether it waits because the owner changed the rules."""
    held: Held | None
    """What was noted of one that waits until its text is stable."""


def put(connection: Connection, reference: int, page: Page, now: datetime) -> None:
    """Keep a page, compressed, in the place of an older one of the same reference."""
    row = {
        "reference": reference,
        "url": page.url,
        "media_type": page.media_type,
        "charset": page.charset,
        "told": None if page.told is None else as_json(page.told),
        "body": zstandard.compress(page.body, 3),
        "fetched": page.fetched or now,
        "extracted": False,
        "reruled": False,
    }
    put_rows(connection, pages, [row])
    connection.execute(_SHELVED, {"this": reference})


def spread(connection: Connection, source: str, *, reruled: bool = False) -> int:
    """Put the stored pages of a source up for another extraction; says how many. `reruled`: under other rules."""
    mine = pages.c.reference.in_(select(references.c.id).where(references.c.source == source))
    connection.execute(update(pages).where(mine).values(extracted=False, reruled=pages.c.reruled | reruled))
    stored = references.c.id.in_(select(pages.c.reference).where(mine))
    return connection.execute(update(references).where(stored).values(state="shelved", tries=0, next_at=None)).rowcount


def waiting(connection: Connection, source: str, tries: int, now: datetime) -> Sequence[Waiting]:
    """What waits for extraction and has not failed `tries` times, oldest first."""
    noted = (references.c.id, references.c.listed, references.c.backfilled, references.c.held, pages.c.reruled)
    rows = connection.execute(
        select(*noted, func.length(pages.c.body).label("size"))
        .join(pages, pages.c.reference == references.c.id)
        .where(references.c.source == source, pages.c.extracted.is_(False), references.c.tries < tries)
        .where(or_(references.c.next_at.is_(None), references.c.next_at <= now))
        .order_by(references.c.published.nulls_last(), references.c.place.desc(), references.c.id)
    )
    return [
        Waiting(
            row.id,
            revived(Reference, row.listed),
            row.size,
            row.backfilled,
            row.reruled,
            None if row.held is None else revived(Held, row.held),
        )
        for row in rows
    ]


def armfuls(waiting: Sequence[Waiting]) -> Iterator[Sequence[Waiting]]:
    """What waits, cut into what is taken at once, so that few pages are in memory at a time however large they are."""
    armful: list[Waiting] = []
    size = 0
    for one in waiting:
        if armful and (size + one.size > _AN_ARMFUL or len(armful) == _MOST):
            yield armful
            armful, size = [], 0
        armful.append(one)
        size += one.size
    if armful:
        yield armful


def take(connection: Connection, wanted: Sequence[Waiting]) -> Mapping[int, Packed]:
    """The pages of these, by their rows; they stay on the shelf."""
    mine = pages.c.reference.in_([one.row_id for one in wanted])
    return {row.reference: Packed(row) for row in connection.execute(select(pages).where(mine))}


class Packed:
    """A page as it lies on the shelf."""

    def __init__(self, row: Row[Any]) -> None:
        self._row = row

    def unpacked(self) -> Page:
        """The page; it is in memory twice now, and so is wanted one at a time."""
        row = self._row
        return Page(
            url=row.url,
            body=zstandard.ZstdDecompressor().decompress(row.body, max_output_size=_LARGEST),
            media_type=row.media_type,
            charset=row.charset,
            fetched=row.fetched,
            told=None if row.told is None else revived(Metadata, row.told),
        )


def extracted(connection: Connection, reference: int) -> None:
    """Nobody waits for this page any more."""
    connection.execute(_EXTRACTED, {"this": reference})
