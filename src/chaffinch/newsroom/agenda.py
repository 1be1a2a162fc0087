"""What is due is read from the rows, whoever hinted or did not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from chaffinch.model import SourceKind
from chaffinch.newsroom import notices
from chaffinch.newsroom.holding import Holding
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.post import Post
from chaffinch.newsroom.returns import Returns
from chaffinch.newsroom.signups import SignUps
from chaffinch.ports import Task
from chaffinch.publish.membership import NOTICE

A_SWEEP = 1_000
"""Sources that one look takes up, at most: the longest due first, and the next look is in seconds."""


def due(parts: Parts, now: datetime) -> Iterator[Task]:
    """Every task that is due at a moment, those of sources first; none of theirs while a disk is nearly full."""
    post = Post(parts)
    for slug in parts.sources.due(now, A_SWEEP + parts.paused) if parts.has_room() else ():
        source = parts.source(slug)
        if source is not None and not source.paused:
            yield Task("refresh", slug)
    known = {feed.slug for feed in parts.config.feeds}
    yield from (Task("publish", slug) for slug in parts.articles.dirty() if slug in known)
    yield from (Task("close", slug) for slug in post.due(now))
    yield from (Task("deliver", str(issue)) for issue in post.with_due_letters(now))
    yield from Holding(parts).due()
    if Returns(parts).waiting():
        yield Task("bounces")
    yield from (Task("ping", slug) for slug in parts.pings.due(now))
    if parts.articles.notices_over(now - NOTICE):
        yield Task("end notices")
    yield from (Task("ask", subscription) for subscription in SignUps(parts).unasked())
    yield from notices.due(parts)


def due_at_once(parts: Parts) -> Iterator[Task]:
    """What `run --once` visits: every source that is due, and every folder."""
    slugs = set(parts.sources.due(parts.clock()))
    for source in parts.config.sources if parts.has_room() else ():
        if not source.paused and (source.slug in slugs or source.kind is SourceKind.FOLDER):
            yield Task("refresh", source.slug)
