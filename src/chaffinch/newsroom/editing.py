"""The owner has the last word on an issue that is held."""

from __future__ import annotations

from collections.abc import Callable

from chaffinch.errors import InputError
from chaffinch.killpoints import passing
from chaffinch.model import Article, Issue, IssueState
from chaffinch.newsroom.named import held_of, issue_of, letters_of, waits
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.sending import enqueue


def release(parts: Parts, slug: str) -> Issue:
    """Release the oldest issue that is held. Raises InputError when none is."""
    return release_issue(parts, held_of(parts, slug).id)


def release_issue(parts: Parts, issue_id: int) -> Issue:
    """Release an issue that is held; released before, it stays so. Raises StoreError when it is not there."""
    issue = issue_of(parts, issue_id)
    if issue.state is not IssueState.HELD:
        return issue
    parts.issues.release(issue.id, parts.clock())
    passing("released")
    parts.problems.over(waits(issue))
    return enqueue(parts, issue_of(parts, issue.id))


def skip(parts: Parts, slug: str) -> Issue:
    """Never send the oldest issue that is held. Raises InputError when none is."""
    return skip_issue(parts, held_of(parts, slug))


def skip_issue(parts: Parts, issue: Issue) -> Issue:
    """Never send an issue, or what is left of it."""
    parts.issues.skip(issue.id)
    parts.problems.over(waits(issue))
    parts.problems.over(letters_of(issue))
    return issue_of(parts, issue.id)


def annotate(parts: Parts, slug: str, note: str) -> Issue:
    """Put the owner's words at the head of the oldest issue that is held. Raises InputError when none is."""
    issue = held_of(parts, slug)
    parts.issues.annotate(issue.id, note)
    return issue_of(parts, issue.id)


def pin(parts: Parts, slug: str, article: Article) -> Issue:
    """Put an article first in the oldest issue that is held. Raises InputError when it is not in it."""
    return _place(parts, slug, article, parts.issues.pin)


def drop(parts: Parts, slug: str, article: Article) -> Issue:
    """Take an article out of the oldest issue that is held, and of every later one. Raises InputError likewise."""
    return _place(parts, slug, article, parts.issues.drop)


def _place(parts: Parts, slug: str, article: Article, place: Callable[[int, str], bool]) -> Issue:
    issue = held_of(parts, slug)
    if not place(issue.id, article.id):
        raise InputError(f"digest {slug}: No. {issue.number} does not hold {article.title!r}")
    return issue_of(parts, issue.id)
