"""Issues as they are listed: each in a line, however many articles it has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from chaffinch.model import Headline, IssueState
from chaffinch.store.database import Database
from chaffinch.store.schema import articles, issue_articles, issues


class Headlines:
    """Looks through a digest's issues without reading them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def released(self, digest: str, limit: int, before: int | None = None) -> Sequence[Headline]:
        """A digest's released issues, newest first; `before` a number, to page on. Withdrawn articles do not count."""
        listed = [issues.c.digest == digest, issues.c.state == IssueState.OPEN.value]
        if before is not None:
            listed.append(issues.c.number < before)
        chosen = select(issues.c.id).where(*listed).order_by(issues.c.number.desc()).limit(limit).subquery()
        shown = (
            select(
                issue_articles.c.issue, func.count().label("articles"), func.min(issue_articles.c.position).label("at")
            )
            .join(articles, articles.c.id == issue_articles.c.article)
            .where(issue_articles.c.issue.in_(select(chosen.c.id)), ~issue_articles.c.dropped, ~articles.c.hidden)
            .group_by(issue_articles.c.issue)
            .subquery()
        )
        first = (issue_articles.c.issue == shown.c.issue) & (issue_articles.c.position == shown.c.at)
        wanted = (
            select(
                issues.c.number,
                issues.c.closed_at,
                func.coalesce(shown.c.articles, 0).label("articles"),
                func.coalesce(issue_articles.c.frozen["title"].as_string(), "").label("title"),
            )
            .outerjoin(shown, shown.c.issue == issues.c.id)
            .outerjoin(issue_articles, first)
            .where(issues.c.id.in_(select(chosen.c.id)))
            .order_by(issues.c.number.desc())
        )
        with self._database.read() as connection:
            return [Headline(row.number, row.closed_at, row.articles, row.title) for row in connection.execute(wanted)]
