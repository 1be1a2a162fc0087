"""What happens on one visit to a source is counted until it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from chaffinch.errors import ChaffinchError, FetchError, Gone, HostBusy, Stopped
from chaffinch.model import Condition, Listing, Reference, Refresh, Source, SourceKind
from chaffinch.store import listed
from chaffinch.store.schema import sources

TRIES = 8
"""After so many failures in a row a reference is given up, until its revision changes."""
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a visit went, for deciding when the next one is."""

    changed: bool
    failures: int
    retry_after: float | None
    now: datetime
    condition: Condition = Condition.WELL


class Visit:
    """One visit so far: how many articles of each fate, and what went wrong."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._counts: Counter[str] = Counter()
        self._problem = ""
        self._problems: list[str] = []
        self._passed: list[str] = []
        self._empty = self._unchanged = False
        self.retry_after: float | None = None
        """The longest that a server asked us to wait, in seconds."""
        self.again: datetime | None = None
        """When a host may be asked for what it was too busy for."""

    def count(self, fate: str) -> None:
        """One more of these: `fetched`, or a `Change`."""
        self._counts[fate] += 1

    def listing(self, listing: Listing) -> None:
        """The source has listed its articles."""
        self._problems += listing.problems
        more = len(listing.problems) - 1
        self._problem = "".join(listing.problems[:1]) + (f" (and {more} more)" if more > 0 else "")
        self._counts["listed"] += len(listing.references)
        self._empty, self._unchanged = not listing.references, listing.unchanged

    def pass_over(self, reference: Reference, reason: str) -> None:
        """A page holds no article."""
        self._counts["passed_over"] += 1
        self._passed.append(f"{reference.url}: no article: {reason}")

    def fail(self, connection: Connection, row_id: int, error: ChaffinchError, now: datetime) -> None:
        """A page did not come, or could not be extracted: note when it is tried again."""
        if isinstance(error, Stopped):
            return
        if isinstance(error, HostBusy):
            again = now + timedelta(seconds=error.retry_after or 0.0)
            listed.put_off(connection, row_id, again)
            self.again = min(self.again or again, again)
            return
        wait = min(_FIRST_WAIT * 4 ** min(listed.tries_of(connection, row_id), TRIES), _LONGEST_WAIT)
        if isinstance(error, FetchError) and error.retry_after:
            wait = max(wait, timedelta(seconds=error.retry_after))
            self.retry_after = max(self.retry_after or 0, error.retry_after)
        self._counts["failed"] += 1
        self._problems.append(str(error))
        if self._source.kind is SourceKind.FOLDER and isinstance(error, FetchError):
            listed.failed(connection, row_id, str(error), now, gone=0)  # to look at a file again costs nothing
            return
        gone = TRIES if isinstance(error, Gone) else None
        listed.failed(connection, row_id, str(error), now + wait, gone=gone)

    @property
    def changed(self) -> bool:
        """Whether there is an article that was not there before, or not so."""
        return bool(self._counts["new"] + self._counts["updated"])

    @property
    def busy(self) -> bool:
        """Whether more was done than to look at the listing."""
        return self._counts.total() > self._counts["listed"]

    def wrong(self, connection: Connection, counts: Mapping[str, int]) -> str:
        """What is wrong with the source though it came, in a line; `counts` is how its references stand."""
        return self._problem or self._run_dry(connection, counts) or listed.shortfall(connection, self._source.slug)

    def told(self, wrong: str, left: int) -> Refresh:
        """The visit as others are told of it."""
        problems = [wrong, *(said for said in self._problems if said != wrong)] if wrong else []
        return Refresh(
            source=self._source.slug,
            listed=self._counts["listed"],
            fetched=self._counts["fetched"],
            new=self._counts["new"],
            updated=self._counts["updated"],
            unchanged=self._counts["unchanged"] + self._counts["worse"],
            passed_over=self._counts["passed_over"],
            failed=self._counts["failed"],
            left=left,
            problems=tuple(problems or [*self._problems, *self._passed]),
        )

    def _run_dry(self, connection: Connection, counts: Mapping[str, int]) -> str:
        """Whether a site that had articles lists none; "not modified" means as before. A folder may be empty."""
        if not self._empty or not counts.get("kept") or self._source.kind is SourceKind.FOLDER:
            return ""
        if self._unchanged:
            mine = select(sources.c.problem).where(sources.c.slug == self._source.slug)
            return listed.NOTHING if connection.execute(mine).scalar_one() == listed.NOTHING else ""
        return listed.NOTHING
