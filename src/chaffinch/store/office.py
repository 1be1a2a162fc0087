"""Desks are opened: each source's for one visitor at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from chaffinch.clock import Clock
from chaffinch.errors import ChaffinchError
from chaffinch.model import Condition, Outline, Repeats, Source, SourceState
from chaffinch.store.database import Database
from chaffinch.store.desk import SourceDesk
from chaffinch.store.keeping import FeedsOf
from chaffinch.store.schema import sources
from chaffinch.store.values import revived
from chaffinch.store.visit import Outcome
from chaffinch.store.workers import token_of

LEASE = timedelta(minutes=10)

Learned = Callable[[Iterable[Outline]], Repeats]
NextVisit = Callable[[Source, SourceState, Outcome], datetime]
ConditionOf = Callable[[ChaffinchError | None, datetime | None, datetime], Condition]
"""Of a problem, and since when there was one at each visit, now."""


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
    worker: str = ""
    """Who opens them, where its own lease says whether it lives (see `Workers.free`)."""

    def open(self, source: Source) -> SourceDesk | None:
        """The desk of a source, or None while somebody else sits at it."""
        now, token = self.clock(), token_of(self.worker)
        free = or_(sources.c.leased_until.is_(None), sources.c.leased_until <= now)
        with self.database.write_beside() as connection:
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
