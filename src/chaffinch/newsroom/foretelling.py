"""Who would get a letter between two moments, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaffinch.mailing.cadence import next_slot, parse
from chaffinch.mailing.delivery import due_at
from chaffinch.model import Status, Subscription
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
    readers = list(parts.subscriptions.list(slug, status=Status.CONFIRMED))
    for cadence in digest.cadences:
        wanted, slot = parse(cadence), begin - timedelta(microseconds=1)
        while (slot := next_slot(wanted, digest.timezone, slot)) <= end:
            for reader in readers:
                if reader.cadence == cadence and not (reader.paused_until and reader.paused_until > slot):
                    yield Leaving(slot, cadence, due_at(reader, digest, slot), reader)
