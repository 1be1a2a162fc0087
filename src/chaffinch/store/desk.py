"""A source under a lease: what one visit reads and writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, update
from sqlalchemy.exc import IntegrityError

from chaffinch.errors import ChaffinchError, FetchError, HostBusy, LeaseLost, Stopped
from chaffinch.model import (
    Article,
    Change,
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
from chaffinch.store.keeping import MintedMeanwhile, keep, keep_new
from chaffinch.store.reading import of_rows, rows_named
from chaffinch.store.schema import sources
from chaffinch.store.values import as_json
from chaffinch.store.visit import TRIES, Outcome, Visit

if TYPE_CHECKING:  # an office opens desks, and each desk knows its office
    from chaffinch.store.office import Office

A_VISIT = 50
"""Pages fetched in one visit to a site, at most."""
WITNESSES = 500
"""Pages that are compared with each other to learn what a site repeats, at most."""

_RENEW = (
    update(sources)
    .where(sources.c.slug == bindparam("source"), sources.c.lease == bindparam("token"))
    .values(leased_until=bindparam("until"))
    .returning(sources.c.tags)
)
"""Built once: to build a statement takes SQLAlchemy as long as to run it."""


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
        self._waiting: dict[str, shelf.Waiting] = {}
        self._tags: Sequence[str] = source.tags
        self._visit = Visit(source)

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
        self._visit.listing(listing)

    def spread(self) -> int:
        """Put the stored pages on the shelf again, for another extraction; says how many."""
        with self._write() as connection:
            return shelf.spread(connection, self.source.slug)

    def wanted(self, now: datetime) -> Sequence[Reference]:
        """What to fetch on this visit, newest first; a folder's files all, of a site at most A_VISIT."""
        limit = None if self.source.kind is SourceKind.FOLDER else A_VISIT
        with self._office.database.ask() as connection:
            found = listed.wanted(connection, self.source.slug, TRIES, limit, now)
        self._rows.update((reference.url, row_id) for row_id, reference in found)
        return [reference for _, reference in found]

    def shelve(self, reference: Reference, page: Page | ChaffinchError, now: datetime) -> None:
        """Keep the page, or the failure with the time of the next try."""
        row_id = self._rows[reference.url]
        with self._write() as connection:
            if isinstance(page, ChaffinchError):
                self._visit.fail(connection, row_id, page, now)
                return
            shelf.put(connection, row_id, page, now)
        self._visit.count("fetched")

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
        """References and pages that wait for extraction, oldest first, an armful in memory at a time."""
        with self._office.database.ask() as connection:
            waiting = shelf.waiting(connection, self.source.slug, TRIES, self._office.clock())
        for armful in shelf.armfuls(waiting):
            with self._office.database.ask() as connection:
                pages = shelf.take(connection, armful)
            for one in armful:
                if (page := pages.get(one.row_id)) is not None:
                    self._rows[one.reference.url] = one.row_id
                    self._waiting[one.reference.url] = one
                    yield one.reference, page.unpacked()

    def known(self, draft: Draft) -> Sequence[Article]:
        """The articles that share a name with the draft, in the order of its names' strength."""
        with self._office.database.ask() as connection:
            rows = rows_named(connection, draft.aliases)
        return self._articles(rows)

    def alike(self, sketch: Sequence[int]) -> Sequence[Article]:
        """The articles that share most with a sketch, of any source, hidden ones too; those that share most first."""
        with self._office.database.ask() as connection:
            rows = sketches.rows_sharing(connection, sketch)
        return self._articles(rows)

    def beside(self, reference: Reference, others: Sequence[Article]) -> Collection[str]:
        """The ids of those of `others` that the source listed side by side with this reference."""
        with self._office.database.ask() as connection:
            return listed.beside(connection, self._rows[reference.url], others)

    def reruled(self, reference: Reference) -> bool:
        """Whether the page that `shelved` gave is extracted again because the owner changed the rules."""
        return self._waiting[reference.url].reruled

    def held(self, reference: Reference) -> Held | None:
        """What was said of a reference that `shelved` gave, whose article waits until its text is stable."""
        return self._waiting[reference.url].held

    def keep(self, reference: Reference, settlement: Settlement | ChaffinchError, now: datetime) -> None:
        """Write what was decided, and mark the feeds that hold the article, before or after."""
        row_id = self._rows[reference.url]
        if isinstance(settlement, ChaffinchError):
            with self._write() as connection:
                self._visit.fail(connection, row_id, settlement, now)
        elif settlement.held is not None:
            with self._write() as connection:
                if not listed.hold(connection, row_id, settlement.held, settlement.reason):
                    shelf.extracted(connection, row_id)  # it is fetched again; what a listing holds stays on the shelf
        elif settlement.article is None:
            with self._write() as connection:
                shelf.extracted(connection, row_id)
                listed.settled(connection, row_id, "passed", now, problem=settlement.reason)
            self._visit.pass_over(reference, settlement.reason)
        elif self._kept(row_id, settlement, settlement.article, now):
            self._visit.count(settlement.change.value)

    def close(self, now: datetime, problem: ChaffinchError | None = None) -> Refresh:
        """End the visit: say how it went, and when the next one is. Gives the lease back."""
        with self._write() as connection:
            counts = listed.standing(connection, self.source.slug)
            held, look_again = listed.holding(connection, self.source.slug)
            left = counts.get("wanted", 0) + counts.get("shelved", 0) - held
            wrong = str(problem) if problem else self._visit.wrong(connection, counts)
            retry_after = problem.retry_after if isinstance(problem, FetchError) else self._visit.retry_after
            failures = self._failures + 1 if problem else 0
            failing_since = (self._failing_since or now) if problem else None
            condition = self._office.condition_of(problem, failing_since, now)
            outcome = Outcome(self._visit.changed, failures, retry_after, now, condition)
            next_visit = self._office.next_visit(self.source, self.state, outcome)
            soonest = min(filter(None, (next_visit, look_again, self._visit.again)))
            visited = {
                "visited_at": now,
                "failures": failures,
                "failing_since": failing_since,
                "condition": condition.value,
                "problem": wrong,
                "next_at": now if left and self._visit.busy else soonest,
            }
            if problem is None:
                visited["succeeded_at"] = now
            connection.execute(
                update(sources)
                .where(sources.c.slug == self.source.slug)
                .values(lease=None, leased_until=None, **_as_visited(visited, problem, now))
            )
        return self._visit.told(wrong, left)

    def leave(self) -> None:
        """Give the lease back, where `close` was not reached. Raises StoreError."""
        with self._office.database.write_beside() as connection:
            connection.execute(
                update(sources)
                .where(sources.c.slug == self.source.slug, sources.c.lease == self._token)
                .values(lease=None, leased_until=None)
            )

    def _articles(self, rows: Sequence[int]) -> Sequence[Article]:
        if not rows:  # mostly: who is new resembles nobody
            return []
        with self._office.database.read() as connection:
            return of_rows(connection, rows)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._office.database.write_beside() as connection:
            until = self._office.clock() + self._office.lease
            renewed = {"source": self.source.slug, "token": self._token, "until": until}
            held = connection.execute(_RENEW, renewed).one_or_none()
            if held is None:
                raise LeaseLost(f"source {self.source.slug}: another worker has taken over")
            self._tags = held.tags  # a config that was read again may have changed them since the visit began
            yield connection

    def _kept(self, row_id: int, settlement: Settlement, article: Article, now: datetime) -> bool:
        """False when another worker has written the article meanwhile.

        Its page stays on the shelf then: the next visit finds the other article and settles against it.
        """
        change, sketch, feeds_of = settlement.change, settlement.sketch, self._office.feeds_of
        try:
            with self._write() as connection:
                if change is Change.NEW:
                    kept = keep_new(connection, self.source, row_id, article, sketch, feeds_of, self._tags)
                else:
                    kept = keep(connection, self.source, article, sketch, feeds_of)
                shelf.extracted(connection, row_id)
                listed.settled(connection, row_id, "kept", now, article=kept, problem=settlement.reason)
        except MintedMeanwhile:
            return False
        except IntegrityError:
            if change is not Change.NEW:
                raise
            return False
        return True


def _as_visited(visited: dict[str, object], problem: ChaffinchError | None, now: datetime) -> dict[str, object]:
    """What a visit leaves behind; of one that did not take place, at most when to try again."""
    if isinstance(problem, HostBusy):
        return {"next_at": now + timedelta(seconds=problem.retry_after or 0.0)}
    return {} if isinstance(problem, Stopped) else visited
