"""The references that a source has listed, and what became of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from chaffinch.model import Held, Reference, Source, SourceKind
from chaffinch.store.schema import pages, references
from chaffinch.store.values import as_json, revived


def record(
    connection: Connection, source: Source, reference: Reference, place: int, *, first_visit: bool, now: datetime
) -> tuple[int, bool]:
    """Make or renew the row of a reference; its id, and whether the article is wanted, again or for the first time.

    On the first visit a site's articles beyond `backfill` are passed over; a folder's never are.
    """
    mine = references.c.source == source.slug
    if reference.guid:  # two sources may both have an article "1"
        reference = replace(reference, guid=f"{source.slug}:{reference.guid}")
    row = connection.execute(select(references).where(mine, references.c.url == reference.url)).one_or_none()
    if row is None and reference.guid:
        same = select(references).where(mine, references.c.guid == reference.guid).limit(1)
        row = connection.execute(same).one_or_none()
    values: dict[str, Any] = {
        "url": reference.url,
        "guid": reference.guid,
        "revision": reference.revision,
        "listed": as_json(replace(reference, page=None)),
        "published": reference.published,
        "place": place,
        "whole": reference.page is not None,
    }
    if row is None:
        late = first_visit and source.kind is not SourceKind.FOLDER and place >= source.backfill
        values |= {
            "source": source.slug,
            "first_listed": now,
            "backfilled": first_visit,
            "state": "passed" if late else "wanted",
            "problem": "older than the backfill" if late else "",
        }
        row_id = connection.execute(insert(references).values(**values).returning(references.c.id)).scalar_one()
        return row_id, not late
    changed = bool(reference.revision) and row.revision != reference.revision
    if changed:
        values |= {"state": "wanted", "tries": 0, "next_at": None}
    connection.execute(update(references).where(references.c.id == row.id).values(**values))
    return row.id, changed


def wanted(
    connection: Connection, source: str, tries: int, limit: int | None, now: datetime
) -> Sequence[tuple[int, Reference]]:
    """What is to be fetched now and has not failed `tries` times, newest first; never what waits on the shelf."""
    rows = connection.execute(
        select(references.c.id, references.c.listed)
        .where(references.c.source == source, references.c.state.in_(("wanted", "failed")))
        .where(references.c.tries < tries)
        .where(or_(references.c.next_at.is_(None), references.c.next_at <= now))
        .where(references.c.id.not_in(select(pages.c.reference).where(pages.c.extracted.is_(False))))
        .order_by(references.c.published.desc().nulls_last(), references.c.place, references.c.id)
        .limit(limit)
    )
    return [(row.id, revived(Reference, row.listed)) for row in rows]


def failed(connection: Connection, reference: int, problem: str, next_at: datetime, *, gone: int | None = None) -> None:
    """One more failure; `gone` sets how many there have been, for what needs no further try."""
    tries: Any = references.c.tries + 1 if gone is None else gone
    connection.execute(
        update(references)
        .where(references.c.id == reference)
        .values(state="failed", tries=tries, next_at=next_at, problem=problem)
    )


def tries_of(connection: Connection, reference: int) -> int:
    """How often in a row it has failed."""
    return int(connection.execute(select(references.c.tries).where(references.c.id == reference)).scalar_one())


def backfilled(connection: Connection, reference: int) -> bool:
    """Whether the source's first visit found it."""
    return bool(connection.execute(select(references.c.backfilled).where(references.c.id == reference)).scalar_one())


def settled(
    connection: Connection, reference: int, state: str, now: datetime, *, article: int | None = None, problem: str = ""
) -> None:
    """It was extracted: kept as an article, or passed over for a reason."""
    values: dict[str, Any] = {
        "state": state,
        "problem": problem,
        "settled_at": now,
        "tries": 0,
        "next_at": None,
        "held": None,
    }
    if article is not None:
        values["article"] = article
    connection.execute(update(references).where(references.c.id == reference).values(**values))


def held(connection: Connection, reference: int) -> Held | None:
    """What is noted of one that waits until its text is stable."""
    found = connection.execute(select(references.c.held).where(references.c.id == reference)).scalar()
    return None if found is None else revived(Held, found)


def hold(connection: Connection, reference: int, holding: Held, reason: str) -> bool:
    """Look at it again later; whether its page is the listing's own, so that there is nothing to fetch anew."""
    whole = bool(connection.execute(select(references.c.whole).where(references.c.id == reference)).scalar_one())
    connection.execute(
        update(references)
        .where(references.c.id == reference)
        .values(
            state="shelved" if whole else "wanted",
            held=as_json(holding),
            next_at=holding.until,
            tries=0,
            problem=reason,
        )
    )
    return whole


def holding(connection: Connection, source: str) -> tuple[int, datetime | None]:
    """How many articles of a source wait until their text is stable, and when the first of them is looked at again."""
    row = connection.execute(
        select(func.count(), func.min(references.c.next_at)).where(
            references.c.source == source,
            references.c.held.is_not(None),
            references.c.state.in_(("wanted", "shelved")),
        )
    ).one()
    return row[0], row[1]


def standing(connection: Connection, source: str) -> Mapping[str, int]:
    """How many references are in each state."""
    rows = connection.execute(
        select(references.c.state, func.count()).where(references.c.source == source).group_by(references.c.state)
    )
    return {row[0]: row[1] for row in rows}


def shortfall(connection: Connection, source: str) -> str:
    """What is wrong with a source's pages as they stand, in one line; empty when nothing is."""
    counts = standing(connection, source)
    mine = references.c.source == source
    latest = select(references.c.problem).where(mine).order_by(references.c.id.desc()).limit(1)
    if counts.get("failed"):
        said = connection.execute(latest.where(references.c.state == "failed")).scalar_one()
        return said if counts["failed"] == 1 else f"{said} (and {counts['failed'] - 1} more)"
    if counts.get("passed") and not counts.get("kept"):
        said = connection.execute(latest.where(references.c.state == "passed")).scalar_one()
        return f"none of {counts['passed']} pages held an article; the last: {said}"
    return ""
