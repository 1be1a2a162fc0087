"""The shelf holds fetched pages: until they are extracted, and after that for another time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, delete, insert, or_, select, update

from chaffinch.model import Metadata, Page, Reference
from chaffinch.store.schema import pages, references
from chaffinch.store.values import as_json, revived

_LARGEST = 64 << 20
"""Bytes a page may have once unpacked: far above what is fetched, far below what hurts."""


def put(connection: Connection, reference: int, page: Page, now: datetime) -> None:
    """Keep a page, compressed, in the place of an older one of the same reference."""
    connection.execute(delete(pages).where(pages.c.reference == reference))
    connection.execute(
        insert(pages).values(
            reference=reference,
            url=page.url,
            media_type=page.media_type,
            charset=page.charset,
            told=None if page.told is None else as_json(page.told),
            body=zstandard.compress(page.body, 3),
            fetched=page.fetched or now,
            extracted=False,
        )
    )
    connection.execute(
        update(references)
        .where(references.c.id == reference)
        .values(state="shelved", tries=0, next_at=None, problem="")
    )


def spread(connection: Connection, source: str, *, reruled: bool = False) -> int:
    """Put the stored pages of a source up for another extraction; says how many. `reruled`: under other rules."""
    mine = pages.c.reference.in_(select(references.c.id).where(references.c.source == source))
    connection.execute(update(pages).where(mine).values(extracted=False, reruled=pages.c.reruled | reruled))
    stored = references.c.id.in_(select(pages.c.reference).where(mine))
    return connection.execute(update(references).where(stored).values(state="shelved", tries=0, next_at=None)).rowcount


def waiting(connection: Connection, source: str, tries: int, now: datetime) -> Sequence[tuple[int, Reference]]:
    """What waits for extraction and has not failed `tries` times, oldest first."""
    rows = connection.execute(
        select(references.c.id, references.c.listed)
        .join(pages, pages.c.reference == references.c.id)
        .where(references.c.source == source, pages.c.extracted.is_(False), references.c.tries < tries)
        .where(or_(references.c.next_at.is_(None), references.c.next_at <= now))
        .order_by(references.c.published.nulls_last(), references.c.place.desc(), references.c.id)
    )
    return [(row.id, revived(Reference, row.listed)) for row in rows]


def take(connection: Connection, reference: int) -> Page | None:
    """The page of a reference; it stays on the shelf."""
    row: Any = connection.execute(select(pages).where(pages.c.reference == reference)).one_or_none()
    if row is None:
        return None
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
    connection.execute(update(pages).where(pages.c.reference == reference).values(extracted=True, reruled=False))


def is_reruled(connection: Connection, reference: int) -> bool:
    """Whether its page waits because the owner changed the rules."""
    return bool(connection.execute(select(pages.c.reruled).where(pages.c.reference == reference)).scalar())
