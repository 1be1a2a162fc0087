"""When a source is visited next: as often as it publishes, no oftener than it asks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chaffinch import __version__
from chaffinch.fetch.rhythm import Rhythm, rhythm_of
from chaffinch.model import Condition, Source, SourceKind, SourceState
from chaffinch.urls import is_web

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The next visit to a source that is visited no more."""
_DAY = 86_400.0
_SHORTEST, _LONGEST = 300.0, 6 * 3600.0
_BACKOFF_FIRST, _BACKOFF_LONGEST = 300.0, _DAY
_BLOCKED_FIRST = _DAY / 2
_BROKEN_FIRST, _BROKEN_LONGEST = 6 * _DAY, 7 * _DAY
_FOLDER_EVERY = 60.0
_LEAST_EVERY = 1.0
_WHOLE_EVERY = timedelta(days=14)
_WAITING: Mapping[str, float] = {"fast": 600.0, "normal": 1800.0, "slow": 7200.0}
"""Article-seconds that articles may wait unseen, all together, before it is time for a visit."""


def next_visit(
    source: Source,
    state: SourceState,
    *,
    changed: bool,
    failures: int,
    retry_after: float | None,
    now: datetime,
    jitter: Callable[[], float],
    condition: Condition = Condition.WELL,
) -> datetime:
    """When to come again. `jitter` gives numbers from 0 to 1; `failures` counts those in a row, this visit's included.

    The owner's `every` wins; else the interval is where the expected waiting of unseen articles reaches what
    `freshness` allows, between 5 minutes and 6 hours, never less than the source's ttl (at most a day), and not in
    the hours and on the days that it asks us to skip. Failures back off with full jitter, 5 minutes to 24 hours;
    in front of a challenge 12 to 24 hours; what is broken is looked at once a week, what is gone NEVER. A Retry-After
    (seconds, at most a day) is always kept. A folder costs nothing to look at: every minute, failures or not.
    """
    if source.every is not None:
        seconds = max(source.every.total_seconds(), _LEAST_EVERY)
    elif source.kind is SourceKind.FOLDER or not is_web(source.location):
        seconds = _FOLDER_EVERY
    else:
        rhythm = rhythm_of(state.published_at, changed=changed, now=now)
        seconds = interval(rhythm, source.freshness, now) * (0.95 + 0.1 * jitter())
        seconds = max(seconds, min(_seconds(state.ttl), _DAY))
        if failures == 0:
            seconds = _outside(state, now, seconds)
    if failures > 0 and is_web(source.location):
        if condition is Condition.GONE:
            return NEVER
        seconds = max(seconds if source.every is not None else 0.0, _backoff(failures, condition, jitter()))
    seconds = max(seconds, min(retry_after or 0.0, _DAY))
    return now + timedelta(seconds=seconds)


def interval(rhythm: Rhythm, freshness: str, now: datetime) -> float:
    """Seconds until unseen articles have waited, all together, as long as `freshness` lets them: 5 min to 6 h.

    With n articles unseen, the waiting grows by n seconds a second, and n by the rate of the hour.
    """
    left, unseen, seconds = _WAITING.get(freshness, _WAITING["normal"]), 0.0, 0.0
    to_the_hour = 3600.0 - (now.minute * 60 + now.second)
    hour = now.hour
    while seconds < _LONGEST:
        length, rate = min(to_the_hour, _LONGEST - seconds), rhythm.by_hour[hour % 24]
        grown = unseen * length + rate * length * length / 2
        if grown >= left:
            seconds += (math.sqrt(unseen * unseen + 2 * rate * left) - unseen) / rate if rate > 0 else left / unseen
            break
        left, unseen, seconds = left - grown, unseen + rate * length, seconds + length
        to_the_hour, hour = 3600.0, hour + 1
    return min(max(seconds, _SHORTEST), _LONGEST)


def recalled(state: SourceState, now: datetime) -> SourceState:
    """The state for a visit now: its validators are left out where the whole document is wanted again.

    That is once in 14 days, for servers that say "not modified" of what was, and after another version of the
    program has read it last, which may have understood less.
    """
    fresh = state.whole_at is not None and timedelta(0) <= now - state.whole_at < _WHOLE_EVERY
    return state if fresh and state.read_by == __version__ else replace(state, validators={})


def _outside(state: SourceState, now: datetime, seconds: float) -> float:
    """The same or more seconds, so that the visit is in no hour and on no day to be skipped; all of them are none."""
    if not 0 < len(state.skip_hours) < 24 and not 0 < len(state.skip_days) < 7:
        return seconds
    days = state.skip_days if len(state.skip_days) < 7 else frozenset[int]()
    hours = state.skip_hours if len(state.skip_hours) < 24 else frozenset[int]()
    at = now + timedelta(seconds=seconds)
    while at.weekday() in days or at.hour in hours:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        seconds = (at - now).total_seconds() + seconds % 600  # not all sources in the first second of the hour
    return seconds


def _backoff(failures: int, condition: Condition, jitter: float) -> float:
    first, longest = _BACKOFF_FIRST, min(_BACKOFF_FIRST * 2.0 ** min(failures, 20), _BACKOFF_LONGEST)
    if condition is Condition.BLOCKED:
        first, longest = _BLOCKED_FIRST, _BACKOFF_LONGEST
    elif condition is Condition.BROKEN:
        first, longest = _BROKEN_FIRST, _BROKEN_LONGEST
    return first + jitter * (longest - first)


def _seconds(length: timedelta | None) -> float:
    return length.total_seconds() if length is not None else 0.0
