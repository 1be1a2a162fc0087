"""The references that a source has listed, and what became of each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from chaffinch.model import Article, Held, Reference, Source, SourceKind
from chaffinch.store.schema import articles, pages, references
from chaffinch.store.storable import storable
from chaffinch.store.values import as_json, revived

KEPT_OLD = "the old version is kept"
"""How the reason ends that `identity.settle` gives for a worse extraction."""
NOTHING = "it lists nothing any more, though it did before"
_CHUNK = 500

# Built once: to build a statement takes SQLAlchemy as long as to run it.
_SETTLED = (
    update(references)
    .where(references.c.id == bindparam("this"))
    .values(
        state=bindparam("state"),
        problem=bindparam("problem"),
        settled_at=bindparam("settled_at"),
        tries=0,
        next_at=None,
        held=None,
    )
)
_SETTLED_AS = _SETTLED.values(article=bindparam("article"))


def record(
    connection: Connection, source: Source, found: Sequence[Reference], *, first_visit: bool, now: datetime
) -> Sequence[tuple[int, Reference, bool]]:
    """Make or renew the rows of a listing; each with its id, and whether the article is wanted.

    It is when it is new, or has another revision than last time. On the first visit a site's articles beyond
    `backfill` are passed over; a folder's never are. Rows that say the same are not written again.
    """
    named = [_named(source, reference) for reference in found]
    by_url, by_guid = _known(connection, source.slug, named)
    recorded, listing = list[tuple[int, Reference, bool]](), secrets.token_hex(8)
    new: dict[str, tuple[dict[str, Any], Reference]] = {}
    for place, reference in enumerate(named):
        row = by_url.get(reference.url) or by_guid.get(reference.guid or "")
        values = _values(reference, place)
        if row is None and reference.url in new:  # it stands in the listing twice
            recorded += _made(connection, new)
            row = _known(connection, source.slug, [reference])[0][reference.url]
            by_url[reference.url] = row
        if row is None:
            late = first_visit and source.kind is not SourceKind.FOLDER and place >= source.backfill
            values |= {
                "source": source.slug,
                "first_listed": now,
                "listing": listing,
                "backfilled": first_visit,
                "state": "passed" if late else "wanted",
                "problem": "older than the backfill" if late else "",
            }
            new[reference.url] = values, reference
            continue
        changed = bool(reference.revision) and row.revision != reference.revision
        if changed:
            # What is stored is the old revision: extracted now, it would pass for the new one.
            connection.execute(delete(pages).where(pages.c.reference == row.id))
            values |= {"state": "wanted", "tries": 0, "next_at": None}
        if any(getattr(row, name) != value for name, value in values.items()):
            connection.execute(update(references).where(references.c.id == row.id).values(**values))
        recorded.append((row.id, reference, changed))
    for ids in _chunks([row_id for row_id, _, _ in recorded]):
        connection.execute(update(references).where(references.c.id.in_(ids)).values(listing=listing))
    return [*recorded, *_made(connection, new)]


def beside(connection: Connection, reference: int, others: Sequence[Article]) -> frozenset[str]:
    """Which of these articles, by id, the source listed in one listing with this reference, as another one."""
    here = select(references.c.source, references.c.listing).where(references.c.id == reference).subquery()
    rows = connection.execute(
        select(articles.c.uri)
        .join(references, references.c.article == articles.c.id)
        .join(here, (here.c.source == references.c.source) & (here.c.listing == references.c.listing))
        .where(articles.c.uri.in_([article.id for article in others]), references.c.id != reference)
    )
    return frozenset(rows.scalars())


def _made(
    connection: Connection, new: dict[str, tuple[dict[str, Any], Reference]]
) -> list[tuple[int, Reference, bool]]:
    """Make these rows, in one statement; none of them is new any more."""
    rows = list(new.values())
    new.clear()
    if not rows:
        return []
    asked = insert(references).returning(references.c.url, references.c.id)
    ids = {row.url: row.id for row in connection.execute(asked, [values for values, _ in rows])}
    return [(ids[reference.url], reference, values["state"] == "wanted") for values, reference in rows]


def _named(source: Source, reference: Reference) -> Reference:
    """The reference with its guid made the source's own: two sources may both have an article "1"."""
    guid = storable(f"{source.slug}:{reference.guid}") if reference.guid else reference.guid
    return replace(reference, url=storable(reference.url), guid=guid)


def _values(reference: Reference, place: int) -> dict[str, Any]:
    return {
        "url": reference.url,
        "guid": reference.guid,
        "revision": reference.revision,
        "listed": as_json(replace(reference, page=None)),
        "published": reference.published,
        "place": place,
        "whole": reference.page is not None,
    }


def _known(
    connection: Connection, source: str, found: Sequence[Reference]
) -> tuple[dict[str, Row[Any]], dict[str, Row[Any]]]:
    by_url: dict[str, Row[Any]] = {}
    by_guid: dict[str, Row[Any]] = {}
    mine = references.c.source == source
    for urls in _chunks([reference.url for reference in found]):
        rows = connection.execute(select(references).where(mine, references.c.url.in_(urls)))
        by_url.update((row.url, row) for row in rows)
    moved = [reference.guid for reference in found if reference.guid and reference.url not in by_url]
    for guids in _chunks(moved):
        rows = connection.execute(select(references).where(mine, references.c.guid.in_(guids)))
        by_guid.update((row.guid, row) for row in rows)
    return by_url, by_guid


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))


def wanted(
    connection: Connection, source: str, tries: int, limit: int | None, now: datetime
) -> Sequence[tuple[int, Reference]]:
    """What is to be fetched now and has not failed `tries` times, newest first; never what waits on the shelf."""
    rows = connection.execute(
        select(references.c.id, references.c.listed)
        .where(references.c.source == source, references.c.state.in_(("wanted", "failed")))
        .where(references.c.tries < tries)
        .where(or_(references.c.next_at.is_(None), references.c.next_at <= now))
        .where(~select(pages.c.reference).where(pages.c.reference == references.c.id, ~pages.c.extracted).exists())
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


def put_off(connection: Connection, reference: int, next_at: datetime) -> None:
    """It could not be asked for; nothing is wrong with it."""
    connection.execute(update(references).where(references.c.id == reference).values(next_at=next_at))


def tries_of(connection: Connection, reference: int) -> int:
    """How often in a row it has failed."""
    return int(connection.execute(select(references.c.tries).where(references.c.id == reference)).scalar_one())


def settled(
    connection: Connection, reference: int, state: str, now: datetime, *, article: int | None = None, problem: str = ""
) -> None:
    """It was extracted: kept as an article, or passed over for a reason."""
    told = {"this": reference, "state": state, "problem": problem, "settled_at": now}
    if article is None:
        connection.execute(_SETTLED, told)
    else:
        connection.execute(_SETTLED_AS, {**told, "article": article})


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
    shrunk = select(func.count()).where(mine, references.c.state == "kept", references.c.problem.endswith(KEPT_OLD))
    number = connection.execute(shrunk).scalar_one()
    if number > 1:
        return (
            f"extraction is suddenly short: {number} articles lost most of their text, so their old versions are kept"
        )
    return ""
