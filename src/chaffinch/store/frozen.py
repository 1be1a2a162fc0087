"""Issues as they stood when they closed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from chaffinch.model import Article, Issue, IssueState
from chaffinch.store.schema import articles, issue_articles, issues
from chaffinch.store.values import revived


def frozen(connection: Connection, issue: int) -> dict[int, Article]:
    """An issue's articles by their rows, in the letter's order, as they stood; withdrawn ones say so."""
    rows = connection.execute(
        select(issue_articles.c.article, issue_articles.c.frozen, articles.c.hidden)
        .join(articles, articles.c.id == issue_articles.c.article)
        .where(issue_articles.c.issue == issue, ~issue_articles.c.dropped)
        .order_by(issue_articles.c.position)
    ).all()
    return {row.article: revived(Article, {**row.frozen, "hidden": row.hidden}) for row in rows}


def frozen_elsewhere(connection: Connection, digest: str, wanted: Collection[int]) -> dict[int, Article]:
    """Articles by their rows, as they stood in whatever issues of a digest they were in."""
    if not wanted:
        return {}
    rows = connection.execute(
        select(issue_articles.c.article, issue_articles.c.frozen, articles.c.hidden)
        .join(articles, articles.c.id == issue_articles.c.article)
        .join(issues, issues.c.id == issue_articles.c.issue)
        .where(issue_articles.c.article.in_(list(wanted)), issues.c.digest == digest)
        .order_by(issues.c.number)
    ).all()
    return {row.article: revived(Article, {**row.frozen, "hidden": row.hidden}) for row in rows}


def issue_of(row: Any, contents: tuple[Article, ...]) -> Issue:
    """The noun that a row holds."""
    return Issue(
        id=row.id,
        digest=row.digest,
        cadence=row.cadence,
        slot=row.slot,
        number=row.number,
        state=IssueState(row.state),
        closed_at=row.closed_at,
        articles=contents,
        note=row.note,
        released_at=row.released_at,
        release_at=row.release_at,
    )
