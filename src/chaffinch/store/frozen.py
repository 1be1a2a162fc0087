"""Issues as they stood when they closed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, select

from chaffinch.model import Article, Issue, IssueState
from chaffinch.store.schema import articles, issue_articles, issues
from chaffinch.store.values import revived

_STOOD = select(issue_articles.c.article, issue_articles.c.frozen, articles.c.hidden).join(
    articles, articles.c.id == issue_articles.c.article
)


def frozen(connection: Connection, issue: int) -> dict[int, Article]:
    """An issue's articles by their rows, in the letter's order, as they stood; withdrawn ones say so."""
    here = issue_articles.c.issue == issue, ~issue_articles.c.dropped
    return _read(connection, _STOOD.where(*here).order_by(issue_articles.c.position))


def frozen_elsewhere(connection: Connection, digest: str, wanted: Collection[int]) -> dict[int, Article]:
    """Articles by their rows, as they stood in whatever issues of a digest they were in."""
    if not wanted:
        return {}
    here = issue_articles.c.article.in_(list(wanted)), issues.c.digest == digest
    numbered = _STOOD.join(issues, issues.c.id == issue_articles.c.issue)
    return _read(connection, numbered.where(*here).order_by(issues.c.number))


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


def _read(connection: Connection, stood: Select[Any]) -> dict[int, Article]:
    rows = connection.execute(stood)
    return {row.article: revived(Article, {**row.frozen, "hidden": row.hidden}) for row in rows}
