"""A letter leaves at its reader's own hour, one on each of their days.

An issue closes by the clocks of the digest, a reader's hour comes by their own, and where the two are changed on
different nights the hour may come to lie before the closing for a part of the year. Taken literally, "the first such
hour after the closing" would then bring two letters on one day in spring, none on one day in autumn. So whether a
reader waits for the hour of the same day or of the next is settled once for the whole year: an hour that has just
passed when an issue closes counts as come, and the letter leaves so much later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chaffinch.mailing.cadence import Cadence, first_at, last_slot, next_slot, parse
from chaffinch.model import Digest, Issue, Subscription

LATE = timedelta(hours=12)
"""An issue that is released so much after a reader's hour still goes to them at once."""

_DAY = timedelta(days=1)
_YEAR = tuple(datetime(2026, 1, 3, tzinfo=UTC) + timedelta(days=7 * week) for week in range(52))
"""Any year does: what counts is how far two zones' clocks are apart in each week of it."""
_EVENING = 20 * 60
"""From this minute on no letter may be late, for it would be the next day."""


def leaves_at(subscription: Subscription, digest: Digest, issue: Issue) -> datetime:
    """When the letter of a released issue leaves for one subscriber.

    Each issue has a day of the subscriber's own, whatever the clocks do. A cadence that comes several times a day has
    no hour: its letters leave when their issue is released. Likewise for an issue that the owner closed by hand, which
    leaves at the first such hour from then on.
    """
    released = issue.released_at or issue.closed_at
    if subscription.hour is None:
        return released
    zone = subscription.timezone or digest.timezone
    hold = timedelta() if digest.approve or digest.hold is None else digest.hold
    cadence = _parsed(issue.cadence)
    if len(cadence.minutes) > 1:
        return released
    if not _is_slot(cadence, digest.timezone, issue.slot):
        return first_at(subscription.hour, zone, released)
    own = _own(cadence.minutes[0], digest.timezone, hold, subscription.hour, zone, issue.slot)
    if own >= released:
        return own
    return released if released - own <= LATE else first_at(subscription.hour, zone, released)


@lru_cache(maxsize=100)
def _parsed(cadence: str) -> Cadence:
    return parse(cadence)


@lru_cache(maxsize=1_000)
def _is_slot(cadence: Cadence, zone: str, slot: datetime) -> bool:
    return last_slot(cadence, zone, slot) == slot


@lru_cache(maxsize=100_000)
def _own(closing: int, home: str, hold: timedelta, hour: int, zone: str, slot: datetime) -> datetime:
    """The coming of the hour that belongs to a slot: of those around it the one that is as far off as always."""
    opens = slot + hold
    following = first_at(hour, zone, opens)
    around = (_before(hour, zone, opens), following, first_at(hour, zone, following + timedelta(microseconds=1)))
    usual = _usual_wait(closing, home, hold, hour, zone)
    return min(around, key=lambda moment: abs(moment - opens - usual))


@lru_cache(maxsize=100_000)
def _usual_wait(closing: int, home: str, hold: timedelta, hour: int, zone: str) -> timedelta:
    """How long after an issue's opening the hour comes, in the middle of the year's waits; below zero when it is late.

    It is less than a day in every week, unless the hour is so late in the evening that being late is no way out.
    """
    closes = Cadence("", (closing,))
    waits = []
    for week in _telling_weeks(home, zone):
        opens = next_slot(closes, home, week) + hold
        waits.append(first_at(hour, zone, opens) - opens)
    if max(waits) - min(waits) > _DAY / 2:  # they lie on both sides of the closing
        if hour < _EVENING:
            waits = [wait - _DAY if wait > _DAY / 2 else wait for wait in waits]
        else:
            waits = [wait + _DAY if wait < _DAY / 2 else wait for wait in waits]
    return (max(waits) + min(waits)) / 2


@lru_cache(maxsize=10_000)
def _telling_weeks(home: str, zone: str) -> tuple[datetime, ...]:
    """One week of each way in which the two zones' clocks stand to each other in a year."""
    found: dict[object, datetime] = {}
    for week in _YEAR:
        stand = (week.astimezone(ZoneInfo(home)).utcoffset(), week.astimezone(ZoneInfo(zone)).utcoffset())
        found.setdefault(stand, week)
    return tuple(found.values())


def _before(hour: int, zone: str, moment: datetime) -> datetime:
    return last_slot(Cadence("", (hour,)), zone, moment - timedelta(microseconds=1))
