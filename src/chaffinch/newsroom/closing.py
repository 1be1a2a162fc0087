"""A digest's issue is closed when its hour has come."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from chaffinch.killpoints import passing
from chaffinch.mailing.cadence import next_slot, parse
from chaffinch.mailing.digest import compose, due, release_at, state_at_closing
from chaffinch.model import Article, Digest, Issue, IssueState
from chaffinch.newsroom.named import digest_of, waits
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.sending import enqueue

log = logging.getLogger(__name__)

OVERLAP = timedelta(days=1)
"""An article that was being written while an issue closed is looked for again; what issues held is left out anyway."""
LOOKED_AT = 2_000
"""Articles looked at for one issue, at most."""


def due_digests(parts: Parts, now: datetime) -> Iterator[str]:
    """The digests that have an issue to close."""
    for digest in parts.config.digests:
        if any(_due_slot(parts, digest, cadence, now) for cadence in digest.cadences):
            yield digest.slug


def next_closings(parts: Parts) -> Mapping[str, datetime]:
    """When each digest closes its next issue."""
    now = parts.clock()
    return {
        digest.slug: min(next_slot(parse(cadence), digest.timezone, now) for cadence in digest.cadences)
        for digest in parts.config.digests
    }


def close(parts: Parts, slug: str) -> Sequence[Issue]:
    """Close what is due of a digest; a slot that was closed before is not closed again."""
    digest, now = digest_of(parts, slug), parts.clock()
    closed = []
    for cadence in digest.cadences:
        slot = _due_slot(parts, digest, cadence, now)
        if slot is not None:
            issue = _close(parts, digest, cadence, slot, now)
            closed += [issue] if issue else []
    return closed


def close_now(parts: Parts, slug: str) -> Sequence[Issue]:
    """Close what waits, whatever the hour, and release it: the owner asked for it."""
    digest, now = digest_of(parts, slug), parts.clock()
    closed = []
    for cadence in digest.cadences:
        issue = _close(parts, digest, cadence, now, now, IssueState.OPEN)
        closed += [issue] if issue else []
    return closed


def contents_of(parts: Parts, digest: Digest, cadence: str, *, opening: bool) -> tuple[Article, ...]:
    """What the next issue holds: new since the last issue of this cadence, and in none of them."""
    before = parts.issues.last_closing(digest.slug, cadence)
    already = parts.issues.already(digest.slug, cadence)
    candidates = islice(_candidates(parts, digest, before, already), LOOKED_AT)
    return compose(digest, candidates, already, opening=opening and before is None)


def _candidates(parts: Parts, digest: Digest, before: datetime | None, already: Collection[str]) -> Iterator[Article]:
    feeds = [feed for feed in parts.config.feeds if not digest.feeds or feed.slug in digest.feeds]
    held: Iterable[Article] = parts.articles.newest()
    if before is not None:
        held = parts.articles.since(before - OVERLAP, backfilled=False)
    new = (article for article in held if not article.hidden and article.id not in already)
    return (article for article in new if any(parts.is_entry(feed, article) for feed in feeds))


def _tell_of_those_left_out(parts: Parts, digest: Digest, issue: Issue, before: datetime | None) -> None:
    """The owner hears of articles for which an issue had no room, when no later one looks back as far as to them."""
    subject, lost = f"digest {digest.slug}, {issue.cadence}", 0
    if before is not None and len(issue.articles) >= LOOKED_AT:
        left = _candidates(parts, digest, before, parts.issues.already(digest.slug, issue.cadence))
        lost = sum(article.first_seen < issue.closed_at - OVERLAP for article in left)
    if lost:
        said = (
            f"No. {issue.number} has room for {LOOKED_AT:,} articles: the {lost:,} oldest that waited stand in no issue"
        )
        parts.problems.note(subject, f"{said}; let it close more often, or give it fewer feeds", issue.closed_at)
    else:
        parts.problems.over(subject)


def _close(
    parts: Parts, digest: Digest, cadence: str, slot: datetime, now: datetime, state: IssueState | None = None
) -> Issue | None:
    issues, opening = parts.issues, _opening(parts, digest)
    before = issues.last_closing(digest.slug, cadence)
    contents = contents_of(parts, digest, cadence, opening=opening)
    if opening and not contents:
        return None  # the slot stays open: the first issue comes as soon as there is something to read
    first = not issues.count(digest.slug)
    transport = parts.config.mail.transport
    state = state or state_at_closing(digest, first=first, transport=transport)
    at = release_at(digest, now, first=first, transport=transport)
    issue = issues.close(digest.slug, cadence, slot, contents, state, now, at)
    if issue is None:
        return None
    passing("closed")
    _tell_of_those_left_out(parts, digest, issue, before)
    log.info("digest %s: closed No. %d; articles: %d", digest.slug, issue.number, len(issue.articles))
    if issue.state is IssueState.HELD:
        what_to_do = f"it waits: `chaffinch digest preview {digest.slug}`, then `digest approve` or `digest skip`"
        parts.problems.note(waits(issue), what_to_do, now)
        return issue
    return enqueue(parts, issue)


def _due_slot(parts: Parts, digest: Digest, cadence: str, now: datetime) -> datetime | None:
    slot = due(digest, cadence, parts.issues.closed(digest.slug, cadence), now)
    if slot is not None and _opening(parts, digest) and not _everything_visited(parts):
        return None
    return slot


def _opening(parts: Parts, digest: Digest) -> bool:
    """Whether this would be the very first issue of a press that sends nothing: it opens with what is there."""
    return parts.config.mail.transport == "folder" and not parts.issues.count(digest.slug)


def _everything_visited(parts: Parts) -> bool:
    paused = {source.slug for source in parts.config.sources if source.paused}
    return all(health.visited_at or health.slug in paused for health in parts.sources.health())
