"""The sources we watch: what the config names, and how each has been."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, delete, func, insert, or_, select, union, update

from chaffinch.model import Condition, Outline, Source
from chaffinch.store import memory, shelf
from chaffinch.store.articles import mark_dirty
from chaffinch.store.database import Database
from chaffinch.store.schema import archived_feeds, pages, references, sources

_CHUNK = 1_000
"""Sources of the config taken over in one statement: a hundred thousand rows at once would be 120 MB for a moment."""
_OF_THE_CONFIG = [sources.c[name] for name in ("slug", "rules", "active", "title", "publish", "images", "tags")]


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is, as `status` shows it."""

    slug: str
    title: str
    kind: str
    visited_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime | None
    failures: int
    condition: Condition
    problem: str
    kept: int
    passed: int
    failed: int
    waiting: int


class Sources:
    """Knows which sources are due, and how each is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sync(self, configured: Iterable[Source], feeds: Iterable[str]) -> None:
        """Take over what the config says now. A source that left it keeps its articles and is visited no more.

        When a source's location or rules changed, it is due at once and its stored pages are extracted again. When
        what readers see of one changed (publish, images, tags, title), all `feeds` are marked to be built.
        """
        named, changed, waiting = set[str](), False, iter(configured)
        with self._database.write() as connection:
            while some := tuple(islice(waiting, _CHUNK)):
                named.update(source.slug for source in some)
                changed = _take_over(connection, some) or changed
            active = connection.execute(select(sources.c.slug).where(sources.c.active)).scalars()
            for slug in [slug for slug in active if slug not in named]:
                gone = {"active": False, "problem": "", "lease": None}
                connection.execute(update(sources).where(sources.c.slug == slug).values(gone))
            if changed:
                mark_dirty(connection, feeds)
                connection.execute(delete(archived_feeds))  # their archives are written anew, too

    def due(self, now: datetime, limit: int | None = None) -> Sequence[str]:
        """Slugs of the sources whose time has come and that nobody is visiting, longest due first."""
        free = sources.c.active & or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
        whens = (
            sources.c.next_at.is_(None),
            sources.c.next_at <= now,
            sources.c.visited_at > now,  # by a clock that was ahead: what that visit planned says nothing
        )
        # Each by its index: to ask for all at once would read the whole table.
        each = (select(sources.c.slug, sources.c.next_at).where(when, free) for when in whens)
        found = union(*each).subquery()
        longest_first = select(found.c.slug).order_by(found.c.next_at.nulls_first(), found.c.slug).limit(limit)
        with self._database.read() as connection:
            return connection.execute(longest_first).scalars().all()

    def free(self) -> None:
        """Give back every lease: whoever held them is gone."""
        with self._database.write() as connection:
            connection.execute(update(sources).values(lease=None, leased_until=None))

    def outlines(self, slug: str) -> Sequence[Outline]:
        """What is remembered of a source's pages, newest first."""
        with self._database.read() as connection:
            return memory.recall(connection, slug)

    def forget_pages(self, before: datetime) -> int:
        """Throw away stored pages fetched before a moment and extracted since; says how many."""
        with self._database.write() as connection:
            return connection.execute(delete(pages).where(pages.c.fetched < before, pages.c.extracted)).rowcount

    def health(self) -> Sequence[Health]:
        """Every source of the config, by slug."""
        with self._database.read() as connection:
            counts: dict[str, dict[str, int]] = {}
            for source, state, number in connection.execute(
                select(references.c.source, references.c.state, func.count()).group_by(
                    references.c.source, references.c.state
                )
            ):
                counts.setdefault(source, {})[state] = number
            rows = connection.execute(select(sources).where(sources.c.active).order_by(sources.c.slug)).all()
        return [
            Health(
                slug=row.slug,
                title=row.title or row.state.get("title", ""),
                kind=row.state.get("kind") or "",
                visited_at=row.visited_at,
                succeeded_at=row.succeeded_at,
                next_at=row.next_at,
                failures=row.failures,
                condition=Condition(row.condition),
                problem=row.problem,
                kept=counts.get(row.slug, {}).get("kept", 0),
                passed=counts.get(row.slug, {}).get("passed", 0),
                failed=counts.get(row.slug, {}).get("failed", 0),
                waiting=sum(counts.get(row.slug, {}).get(state, 0) for state in ("wanted", "shelved")),
            )
            for row in rows
        ]


def rules_of(source: Source) -> str:
    """A fingerprint of where a source is and what decides its extractions; with another one it is visited anew."""
    said = repr((source.location, source.kind, source.rules, source.include, source.exclude))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def _take_over(connection: Connection, configured: Sequence[Source]) -> bool:
    """Some of what the config says; whether readers see one of them otherwise than before."""
    here = sources.c.slug.in_([source.slug for source in configured])
    held = {row.slug: row for row in connection.execute(select(*_OF_THE_CONFIG).where(here))}
    new: list[dict[str, object]] = []
    changed = False
    for source in configured:
        seen = {
            "title": source.title,
            "publish": source.publish.value,
            "images": source.images.value,
            "tags": list(source.tags),
        }
        rules, row = rules_of(source), held.get(source.slug)
        if row is None:
            new.append({"slug": source.slug, "rules": rules, **seen})
            continue
        otherwise = any(getattr(row, name) != value for name, value in seen.items())
        changed = changed or otherwise
        due: dict[str, object] = {}
        if row.rules != rules:
            # What was found out about the old location is not true of another, and the pages that are stored
            # may be other articles under other rules.
            due = {"next_at": None, "rules": rules, "state": {}}
            due |= {"failures": 0, "failing_since": None, "condition": ""}
            due |= {"lease": None, "leased_until": None}  # a visit under way belongs to what was before
            shelf.spread(connection, source.slug, reruled=True)
        if due or otherwise or not row.active:
            mine = update(sources).where(sources.c.slug == source.slug)
            connection.execute(mine.values(active=True, **due, **seen))
    if new:
        connection.execute(insert(sources), new)
    return changed
