"""A source's pages are remembered as outlines, so that what they repeat can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from struct import pack, unpack

from sqlalchemy import Connection, delete, insert, select

from chaffinch.model import Outline, Repeats
from chaffinch.store.schema import outlines

REMEMBERED = 200
"""Outlines kept a source; the oldest go first, so that a redesign is soon forgotten."""


def learn(connection: Connection, source: str, fresh: Sequence[Outline], now: datetime) -> Repeats:
    """Remember these outlines; how many of the source's remembered pages hold each block, these included."""
    mine = outlines.c.source == source
    for outline in fresh:
        connection.execute(delete(outlines).where(mine, outlines.c.url == outline.url))
        distinct = tuple(dict.fromkeys(outline.fingerprints))
        packed = pack(f">{len(distinct)}q", *distinct)
        connection.execute(insert(outlines).values(source=source, url=outline.url, fingerprints=packed, seen=now))
    held = connection.execute(
        select(outlines.c.url, outlines.c.fingerprints).where(mine).order_by(outlines.c.seen.desc(), outlines.c.url)
    ).all()
    forgotten = [row.url for row in held[max(REMEMBERED, len(fresh)) :]]
    for url in forgotten:
        connection.execute(delete(outlines).where(mine, outlines.c.url == url))
    counts: Counter[int] = Counter()
    for row in held:
        counts.update(unpack(f">{len(row.fingerprints) // 8}q", row.fingerprints))
    repeated = {block: number for block, number in counts.items() if number > 1}
    return Repeats(len(held), repeated)
