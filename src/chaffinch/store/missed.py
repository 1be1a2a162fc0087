"""Who is behind is told what they missed.

Somebody paused, chose a cadence that comes more often, or had a letter that could not be delivered: issues went by
that they would have had. The next letter brings those issues' articles after its own, so that nothing is silently left
out; within bounds, for a letter is no archive.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from chaffinch.model import Article, DeliveryState, Issue, IssueState, Subscription
from chaffinch.store.frozen import frozen
from chaffinch.store.schema import deliveries, issues, letter_articles

LONGEST = timedelta(days=31)
"""Issues that closed so long before are in the archive only."""
MOST = 100
"""Missed articles in one letter."""

NOT_HAD = (DeliveryState.FAILED.value, DeliveryState.SKIPPED.value)
"""States of a letter that did not reach its reader."""


class Missed:
    """What issues before one have brought, read when the first reader needs it."""

    def __init__(self, connection: Connection, issue: Issue) -> None:
        self._issue = issue
        self._earlier = connection.execute(
            select(issues.c.id, issues.c.closed_at, issues.c.released_at)
            .where(
                issues.c.digest == issue.digest,
                issues.c.cadence == issue.cadence,
                issues.c.number < issue.number,
                issues.c.state == IssueState.OPEN.value,
                issues.c.closed_at >= issue.closed_at - LONGEST,
            )
            .order_by(issues.c.number.desc())
        ).all()
        self._contents: dict[int, dict[int, Article]] = {}

    def of(
        self,
        connection: Connection,
        people: Sequence[Subscription],
        choose: Callable[[Sequence[Article], Subscription, Collection[str]], Sequence[Article]],
    ) -> Mapping[str, Sequence[int]]:
        """The rows of the articles that these people missed, those of the latest issue first; most missed nothing."""
        behind = self._behind(connection, people)
        since = self._last_letters(connection, [reader.id for reader in behind])
        found: dict[str, Sequence[int]] = {}
        for reader in behind:
            if reader.id in since:
                found[reader.id] = self._missed_by(connection, reader, since[reader.id], choose)
        return found

    def _behind(self, connection: Connection, people: Sequence[Subscription]) -> list[Subscription]:
        """Those who stood when the issue before was released, and have had no letter of it."""
        if not self._earlier:
            return []
        before = self._earlier[0]
        standing = [
            one for one in people if one.confirmed and before.released_at and one.confirmed <= before.released_at
        ]
        had_it = set(
            connection.execute(
                select(deliveries.c.subscription).where(
                    deliveries.c.issue == before.id,
                    deliveries.c.subscription.in_([reader.id for reader in standing]),
                    deliveries.c.state.not_in(NOT_HAD),
                )
            ).scalars()
        )
        return [reader for reader in standing if reader.id not in had_it]

    def _last_letters(self, connection: Connection, people: Sequence[str]) -> Mapping[str, datetime]:
        """When the issue closed of which they had their last letter; whoever never had one missed nothing."""
        if not people:
            return {}
        rows = connection.execute(
            select(deliveries.c.subscription, func.max(issues.c.closed_at).label("closed"))
            .join(issues, issues.c.id == deliveries.c.issue)
            .where(
                deliveries.c.subscription.in_(people),
                deliveries.c.state.not_in(NOT_HAD),
                issues.c.digest == self._issue.digest,
                issues.c.id != self._issue.id,
            )
            .group_by(deliveries.c.subscription)
        )
        return {row.subscription: row.closed for row in rows}

    def _missed_by(
        self, connection: Connection, reader: Subscription, since: datetime, choose: Callable[..., Sequence[Article]]
    ) -> Sequence[int]:
        went_by = [
            one
            for one in self._earlier
            if one.closed_at > since and reader.confirmed and one.released_at >= reader.confirmed
        ]
        articles: dict[int, Article] = {}
        for one in went_by:
            articles |= self._of(connection, one)
        had = set(
            connection.execute(
                select(letter_articles.c.article)
                .join(deliveries, deliveries.c.letter == letter_articles.c.letter)
                .where(
                    deliveries.c.subscription == reader.id,
                    deliveries.c.state.not_in(NOT_HAD),
                    letter_articles.c.article.in_(list(articles)),
                )
            ).scalars()
        )
        rows = {article.id: row for row, article in articles.items() if row not in had}
        chosen = choose([article for row, article in articles.items() if row not in had], reader, frozenset())
        return [rows[article.id] for article in chosen][:MOST]

    def _of(self, connection: Connection, issue: Any) -> dict[int, Article]:
        if issue.id not in self._contents:
            self._contents[issue.id] = frozen(connection, issue.id)
        return self._contents[issue.id]
