"""A source under a lease: what one visit reads and writes."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import Connection, or_, select, update

from chaffinch.clock import Clock
from chaffinch.errors import ChaffinchError, FetchError, Gone, HostBusy, LeaseLost, Stopped
from chaffinch.model import (
    Article,
    Change,
    Condition,
    Draft,
    Held,
    Listing,
    Outline,
    Page,
    Reference,
    Refresh,
    Repeats,
    Settlement,
    Source,
    SourceKind,
    SourceState,
)
from chaffinch.store import listed, memory, shelf, sketches
from chaffinch.store.archives import mark_months, month_of
from chaffinch.store.articles import insert_article, join_story, mark_dirty, read, update_article
from chaffinch.store.database import Database
from chaffinch.store.schema import aliases, articles, sources
from chaffinch.store.values import as_json, revived

LEASE = timedelta(minutes=10)
A_VISIT = 50
"""Pages fetched in one visit to a site, at most."""
TRIES = 8
"""After so many failures in a row a reference is given up, until its revision changes."""

WITNESSES = 500
"""Pages that are compared with each other to learn what a site repeats, at most."""

Learned = Callable[[Iterable[Outline]], Repeats]
FeedsOf = Callable[[Article], Iterable[str]]
NextVisit = Callable[[Source, SourceState, "Outcome"], datetime]
ConditionOf = Callable[[ChaffinchError | None, datetime | None, datetime], Condition]
"""Of a problem, and since when there was one at each visit, now."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a visit went, for deciding when the next one is."""

    changed: bool
    failures: int
    retry_after: float | None
    now: datetime
    condition: Condition = Condition.WELL


@dataclass(frozen=True, slots=True)
class Office:
    """What every desk needs, whoever's source lies on it."""

    database: Database
    clock: Clock
    authority: str
    feeds_of: FeedsOf
    next_visit: NextVisit
    learned: Learned
    condition_of: ConditionOf = lambda problem, failing_since, now: Condition.WELL
    lease: timedelta = LEASE
    """How long a desk is held without a write; who dies at it is missed after that."""

    def open(self, source: Source) -> SourceDesk | None:
        """The desk of a source, or None while somebody else sits at it."""
        now, token = self.clock(), secrets.token_hex(8)
        free = or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
        with self.database.write() as connection:
            taken = connection.execute(
                update(sources)
                .where(sources.c.slug == source.slug, free)
                .values(lease=token, leased_until=now + self.lease)
            ).rowcount
            if not taken:
                return None
            row = connection.execute(select(sources).where(sources.c.slug == source.slug)).one()
        state = revived(SourceState, row.state or {})
        return SourceDesk(self, source, token, state, row.failures, row.succeeded_at, row.failing_since)


class SourceDesk:
    """The Desk of the ports, over SQL. Each write is one transaction, refused once the lease is lost."""

    def __init__(
        self,
        office: Office,
        source: Source,
        token: str,
        state: SourceState,
        failures: int,
        succeeded_at: datetime | None,
        failing_since: datetime | None = None,
    ) -> None:
        self.source, self.state, self.authority = source, state, office.authority
        self._office, self._token, self._failures = office, token, failures
        self._first = succeeded_at is None
        self._failing_since = failing_since
        self._rows: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self._problem = ""
        self._empty = self._unchanged = False
        self._problems: list[str] = []
        self._passed: list[str] = []
        self._retry_after: float | None = None
        self._again: datetime | None = None
        """When a host may be asked for what it was too busy for."""

    def offer(self, listing: Listing, now: datetime) -> None:
        """Make a row of every reference, put on the shelf what needs no fetching, and save the source's state."""
        with self._write() as connection:
            self.state = listing.state
            connection.execute(
                update(sources).where(sources.c.slug == self.source.slug).values(state=as_json(listing.state))
            )
            found = listed.record(connection, self.source, listing.references, first_visit=self._first, now=now)
            for row_id, reference, wanted in found:
                self._rows[reference.url] = row_id
                if wanted and reference.page is not None:
                    shelf.put(connection, row_id, reference.page, now)
        self._problems += listing.problems
        more = len(listing.problems) - 1
        self._problem = "".join(listing.problems[:1]) + (f" (and {more} more)" if more > 0 else "")
        self._counts["listed"] += len(listing.references)
        self._empty = not listing.references
        self._unchanged = listing.unchanged

    def spread(self) -> int:
        """Put the stored pages on the shelf again, for another extraction; says how many."""
        with self._write() as connection:
            return shelf.spread(connection, self.source.slug)

    def wanted(self, now: datetime) -> Sequence[Reference]:
        """What to fetch on this visit, newest first; a folder's files all, of a site at most A_VISIT."""
        limit = None if self.source.kind is SourceKind.FOLDER else A_VISIT
        with self._office.database.read() as connection:
            found = listed.wanted(connection, self.source.slug, TRIES, limit, now)
        self._rows.update((reference.url, row_id) for row_id, reference in found)
        return [reference for _, reference in found]

    def shelve(self, reference: Reference, page: Page | ChaffinchError, now: datetime) -> None:
        """Keep the page, or the failure with the time of the next try."""
        row_id = self._rows[reference.url]
        with self._write() as connection:
            if isinstance(page, ChaffinchError):
                self._fail(connection, row_id, page, now)
            else:
                shelf.put(connection, row_id, page, now)
                self._counts["fetched"] += 1

    def shelved_pages(self) -> Iterator[Page]:
        """The pages that wait for extraction, one in memory at a time."""
        for _, page in self.shelved():
            yield page

    def learn(self, outlines: Iterable[Outline]) -> Repeats:
        """Remember the outlines; what the source's pages have in common, these included. Nothing to learn: nothing."""
        fresh = list(islice(outlines, WITNESSES))
        if not fresh:
            return Repeats()
        with self._write() as connection:
            before = memory.recall(connection, self.source.slug)
            memory.remember(connection, self.source.slug, fresh, self._office.clock())
        seen = {outline.url for outline in fresh}
        older = (outline for outline in before if outline.url not in seen)
        return self._office.learned(islice((*fresh, *older), WITNESSES))

    def shelved(self) -> Iterator[tuple[Reference, Page]]:
        """References and pages that wait for extraction, oldest first, one in memory at a time."""
        with self._office.database.read() as connection:
            waiting = shelf.waiting(connection, self.source.slug, TRIES, self._office.clock())
        for row_id, reference in waiting:
            with self._office.database.read() as connection:
                page = shelf.take(connection, row_id)
            if page is not None:
                self._rows[reference.url] = row_id
                yield reference, page

    def known(self, draft: Draft) -> Sequence[Article]:
        """The articles that share a name with the draft, in the order of its names' strength."""
        names = draft.aliases
        with self._office.database.read() as connection:
            held = {
                row.alias: row.article for row in connection.execute(select(aliases).where(aliases.c.alias.in_(names)))
            }
            ids = list(dict.fromkeys(held[name] for name in names if name in held))
            rows = connection.execute(select(articles.c.uri, articles.c.id).where(articles.c.id.in_(ids)))
            uris = {row.uri: row.id for row in rows}
            found = read(connection, articles.c.id.in_(ids))
        return sorted(found, key=lambda article: ids.index(uris[article.id]))

    def alike(self, sketch: Sequence[int]) -> Sequence[Article]:
        """The articles that share most with a sketch, of any source, hidden ones too; those that share most first."""
        with self._office.database.read() as connection:
            return sketches.sharing(connection, sketch)

    def beside(self, reference: Reference, others: Sequence[Article]) -> Collection[str]:
        """The ids of those of `others` that the source listed side by side with this reference."""
        with self._office.database.read() as connection:
            return listed.beside(connection, self._rows[reference.url], others)

    def reruled(self, reference: Reference) -> bool:
        """Whether its page is extracted again because the owner changed the rules."""
        with self._office.database.read() as connection:
            return shelf.is_reruled(connection, self._rows[reference.url])

    def held(self, reference: Reference) -> Held | None:
        """What was said of a reference whose article waits until its text is stable."""
        with self._office.database.read() as connection:
            return listed.held(connection, self._rows[reference.url])

    def keep(self, reference: Reference, settlement: Settlement | ChaffinchError, now: datetime) -> None:
        """Write what was decided, and mark the feeds that hold the article, before or after."""
        row_id = self._rows[reference.url]
        with self._write() as connection:
            if isinstance(settlement, ChaffinchError):
                self._fail(connection, row_id, settlement, now)
                return
            article = settlement.article
            if settlement.held is not None:
                if not listed.hold(connection, row_id, settlement.held, settlement.reason):
                    shelf.extracted(connection, row_id)  # it is fetched again; what a listing holds stays on the shelf
                return
            if article is None:
                self._counts["passed_over"] += 1
                self._passed.append(f"{reference.url}: no article: {settlement.reason}")
                shelf.extracted(connection, row_id)
                listed.settled(connection, row_id, "passed", now, problem=settlement.reason)
                return
            if settlement.change is Change.NEW:
                if self._minted_meanwhile(connection, article):
                    return  # it stays on the shelf: the next visit finds the article and settles against it
                article = replace(article, backfilled=listed.backfilled(connection, row_id))
            kept = self._write_article(connection, article, settlement.change)
            if settlement.sketch:
                sketches.remember(connection, kept, settlement.sketch)
            self._counts[settlement.change.value] += 1
            shelf.extracted(connection, row_id)
            listed.settled(connection, row_id, "kept", now, article=kept, problem=settlement.reason)

    def close(self, now: datetime, problem: ChaffinchError | None = None) -> Refresh:
        """End the visit: say how it went, and when the next one is. Gives the lease back."""
        with self._write() as connection:
            counts = listed.standing(connection, self.source.slug)
            held, look_again = listed.holding(connection, self.source.slug)
            left = counts.get("wanted", 0) + counts.get("shelved", 0) - held
            short = self._run_dry(connection, counts) or listed.shortfall(connection, self.source.slug)
            text = str(problem) if problem else self._problem or short
            failures = self._failures + 1 if problem else 0
            if isinstance(problem, FetchError):
                self._retry_after = problem.retry_after
            changed = bool(self._counts["new"] + self._counts["updated"])
            failing_since = (self._failing_since or now) if problem else None
            condition = self._office.condition_of(problem, failing_since, now)
            outcome = Outcome(changed, failures, self._retry_after, now, condition)
            going_on = left and self._counts.total() > self._counts["listed"]
            next_visit = self._office.next_visit(self.source, self.state, outcome)
            soonest = min(filter(None, (next_visit, look_again, self._again)))
            visited = {
                "visited_at": now,
                "failures": failures,
                "failing_since": failing_since,
                "condition": condition.value,
                "problem": text,
                "next_at": now if going_on else soonest,
            }
            if problem is None:
                visited["succeeded_at"] = now
            connection.execute(
                update(sources)
                .where(sources.c.slug == self.source.slug)
                .values(lease=None, leased_until=None, **_as_visited(visited, problem, now))
            )
        problems = [text, *(p for p in self._problems if p != text)] if text else [*self._problems, *self._passed]
        return Refresh(
            source=self.source.slug,
            listed=self._counts["listed"],
            fetched=self._counts["fetched"],
            new=self._counts["new"],
            updated=self._counts["updated"],
            unchanged=self._counts["unchanged"] + self._counts["worse"],
            passed_over=self._counts["passed_over"],
            failed=self._counts["failed"],
            left=left,
            problems=tuple(problems),
        )

    def leave(self) -> None:
        """Give the lease back, where `close` was not reached. Raises StoreError."""
        with self._office.database.write() as connection:
            connection.execute(
                update(sources)
                .where(sources.c.slug == self.source.slug, sources.c.lease == self._token)
                .values(lease=None, leased_until=None)
            )

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._office.database.write() as connection:
            held = connection.execute(
                update(sources)
                .where(sources.c.slug == self.source.slug, sources.c.lease == self._token)
                .values(leased_until=self._office.clock() + self._office.lease)
            ).rowcount
            if not held:
                raise LeaseLost(f"source {self.source.slug}: another worker has taken over")
            yield connection

    def _fail(self, connection: Connection, row_id: int, error: ChaffinchError, now: datetime) -> None:
        if isinstance(error, Stopped):
            return
        if isinstance(error, HostBusy):
            again = now + timedelta(seconds=error.retry_after or 0.0)
            listed.put_off(connection, row_id, again)
            self._again = min(self._again or again, again)
            return
        wait = timedelta(minutes=min(5 * 4 ** listed.tries_of(connection, row_id), 24 * 60))
        if isinstance(error, FetchError) and error.retry_after:
            wait = max(wait, timedelta(seconds=error.retry_after))
            self._retry_after = max(self._retry_after or 0, error.retry_after)
        self._counts["failed"] += 1
        self._problems.append(str(error))
        if self.source.kind is SourceKind.FOLDER and isinstance(error, FetchError):
            listed.failed(connection, row_id, str(error), now, gone=0)  # to look at a file again costs nothing
            return
        gone = TRIES if isinstance(error, Gone) else None
        listed.failed(connection, row_id, str(error), now + wait, gone=gone)

    def _run_dry(self, connection: Connection, counts: Mapping[str, int]) -> str:
        """Whether a site that had articles lists none; "not modified" means as before. A folder may be empty."""
        if not self._empty or not counts.get("kept") or self.source.kind is SourceKind.FOLDER:
            return ""
        if self._unchanged:
            before = connection.execute(
                select(sources.c.problem).where(sources.c.slug == self.source.slug)
            ).scalar_one()
            return listed.NOTHING if before == listed.NOTHING else ""
        return listed.NOTHING

    def _minted_meanwhile(self, connection: Connection, article: Article) -> bool:
        taken = select(aliases.c.alias).where(aliases.c.alias.in_(article.aliases))
        return connection.execute(taken).first() is not None

    def _write_article(self, connection: Connection, article: Article, change: Change) -> int:
        before = [] if change is Change.NEW else read(connection, articles.c.uri == article.id)
        article = replace(
            article,
            sources=tuple(dict.fromkeys((*article.sources, self.source.slug))),
            tags=tuple(tag for tag in article.tags if tag not in self.source.tags),
        )
        row_id = insert_article(connection, article) if change is Change.NEW else update_article(connection, article)
        after = read(connection, articles.c.id == row_id)
        if before != after:
            others = join_story(connection, article.story) if change is Change.NEW and article.story else []
            others = others or (read(connection, articles.c.story == article.story) if article.story else [])
            versions = (*before, *after, *others)
            held = {(feed, month_of(one.published)) for one in versions for feed in self._office.feeds_of(one)}
            mark_dirty(connection, sorted({feed for feed, _ in held}))
            mark_months(connection, sorted(held))
        return row_id


def _as_visited(visited: dict[str, object], problem: ChaffinchError | None, now: datetime) -> dict[str, object]:
    """What a visit leaves behind; of one that did not take place, at most when to try again."""
    if isinstance(problem, HostBusy):
        return {"next_at": now + timedelta(seconds=problem.retry_after or 0.0)}
    return {} if isinstance(problem, Stopped) else visited
