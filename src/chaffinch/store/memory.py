"""A source's pages are remembered as outlines, so that what they repeat can be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from struct import pack, unpack

from sqlalchemy import Connection, delete, select

from chaffinch.model import Outline
from chaffinch.store.schema import outlines
from chaffinch.store.storable import storable
from chaffinch.store.upserts import put

REMEMBERED = 200
"""Outlines kept a source; the oldest go first, so that a redesign is soon forgotten."""


def remember(connection: Connection, source: str, fresh: Sequence[Outline], now: datetime) -> None:
    """Keep these outlines, in place of older ones of the same pages and of the oldest."""
    mine = outlines.c.source == source
    rows = [
        {
            "source": source,
            "url": storable(outline.url),
            "fingerprints": pack(f">{len(outline.fingerprints)}q", *outline.fingerprints),
            "seen": now,
        }
        for outline in fresh[-REMEMBERED:]
    ]
    put(connection, outlines, rows)
    newest = select(outlines.c.url).where(mine).order_by(outlines.c.seen.desc(), outlines.c.url).limit(REMEMBERED)
    connection.execute(delete(outlines).where(mine, outlines.c.url.not_in(newest)))


def recall(connection: Connection, source: str) -> list[Outline]:
    """The outlines remembered of a source, newest first."""
    rows = connection.execute(
        select(outlines.c.url, outlines.c.fingerprints)
        .where(outlines.c.source == source)
        .order_by(outlines.c.seen.desc(), outlines.c.url)
    )
    return [Outline(row.url, unpack(f">{len(row.fingerprints) // 8}q", row.fingerprints)) for row in rows]
