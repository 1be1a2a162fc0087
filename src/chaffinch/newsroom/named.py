"""Digests and issues are found by what they are called."""

from __future__ import annotations

from collections.abc import Mapping

from chaffinch.errors import ConfigError, InputError, StoreError
from chaffinch.model import Digest, Issue, IssueState
from chaffinch.newsroom.parts import Parts


def digest_of(parts: Parts, slug: str) -> Digest:
    """The digest of this name. Raises ConfigError when there is none."""
    found = next((digest for digest in parts.config.digests if digest.slug == slug), None)
    if found is None:
        raise ConfigError(f'no digest has the slug "{slug}"; `chaffinch status` lists them')
    return found


def issue_of(parts: Parts, issue_id: int) -> Issue:
    """The issue of this id. Raises StoreError when it is not there."""
    issue = parts.issues.by_id(issue_id)
    if issue is None:
        raise StoreError(f"issue {issue_id} is not there any more")
    return issue


def held_of(parts: Parts, slug: str) -> Issue:
    """The oldest issue of a digest that waits for the owner. Raises InputError when none does."""
    held = parts.issues.list(digest_of(parts, slug).slug, state=IssueState.HELD)
    if not held:
        raise InputError(f"digest {slug}: no issue is held; `chaffinch digest list {slug}` shows them all")
    return held[-1]


def waits(issue: Issue) -> str:
    """The problem's subject under which the owner is told that an issue waits for them."""
    return f"digest {issue.digest} No. {issue.number}"


def letters_of(issue: Issue) -> str:
    """The one under which they are told what keeps its letters."""
    return f"letters {issue.digest} No. {issue.number}"


def doubts_of(issue: Issue) -> str:
    """The one under which they are told that letters of it are in doubt."""
    return f"doubts {issue.digest} No. {issue.number}"


def titles_of(parts: Parts) -> Mapping[str, str]:
    """What the sources are called, by slug."""
    return {health.slug: health.title or health.slug for health in parts.sources.health()}
