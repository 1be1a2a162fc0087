"""How one address went through the line: what `why` tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from chaffinch.store.database import Database
from chaffinch.store.schema import articles, issue_articles, issues, pages, references


@dataclass(frozen=True, slots=True)
class Trace:
    """One reference's way."""

    source: str
    url: str
    listed: datetime
    fetched: datetime | None
    state: str
    problem: str
    tries: int
    next_at: datetime | None
    settled: datetime | None
    article: str | None
    """The article's key."""


class Traces:
    """Finds how articles went."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, urls: Sequence[str], key: str | None) -> Sequence[Trace]:
        """Every reference of one of these addresses, or that led to the article of this key."""
        named = references.c.url.in_(urls)
        with self._database.read() as connection:
            rows = connection.execute(
                select(references, pages.c.fetched, articles.c.key)
                .join(pages, pages.c.reference == references.c.id, isouter=True)
                .join(articles, articles.c.id == references.c.article, isouter=True)
                .where(named if key is None else named | (articles.c.key == key))
                .order_by(references.c.first_listed)
            ).all()
        return [
            Trace(
                row.source,
                row.url,
                row.first_listed,
                row.fetched,
                row.state,
                row.problem,
                row.tries,
                row.next_at,
                row.settled_at,
                row.key,
            )
            for row in rows
        ]

    def issues_with(self, key: str) -> Sequence[tuple[str, int]]:
        """The issues that hold the article of this key: digest and number."""
        with self._database.read() as connection:
            return [
                (row.digest, row.number)
                for row in connection.execute(
                    select(issues.c.digest, issues.c.number)
                    .join(issue_articles, issue_articles.c.issue == issues.c.id)
                    .join(articles, articles.c.id == issue_articles.c.article)
                    .where(articles.c.key == key)
                    .order_by(issues.c.closed_at)
                )
            ]
