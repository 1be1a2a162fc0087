"""Who would get a letter between two moments, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaffinch.mailing.cadence import next_slot, parse
from chaffinch.mailing.hours import leaves_at
from chaffinch.model import Digest, Issue, IssueState, Status, Subscription
from chaffinch.newsroom.named import digest_of
from chaffinch.newsroom.parts import Parts


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter that would leave."""

    closes: datetime
    cadence: str
    leaves: datetime
    reader: Subscription


def simulate(parts: Parts, slug: str, begin: datetime, end: datetime) -> Iterator[Leaving]:
    """Who would get a letter between two moments, if there were something new each time; by when it leaves."""
    digest = digest_of(parts, slug)
    for cadence in digest.cadences:
        wanted, slot = parse(cadence), begin - timedelta(microseconds=1)
        while (slot := next_slot(wanted, digest.timezone, slot)) <= end:
            issue = _closed_then(digest, cadence, slot)
            for reader in parts.subscriptions.list(slug, status=Status.CONFIRMED):
                if reader.cadence == cadence and not (reader.paused_until and reader.paused_until > slot):
                    yield Leaving(slot, cadence, leaves_at(reader, digest, issue), reader)


def _closed_then(digest: Digest, cadence: str, slot: datetime) -> Issue:
    """The issue as it would be, released as early as it may be."""
    released = slot if digest.approve or digest.hold is None else slot + digest.hold
    return Issue(0, digest.slug, cadence, slot, 0, IssueState.OPEN, slot, released_at=released)
