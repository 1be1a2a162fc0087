"""When a source is visited next: as often as it publishes, no oftener than it asks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from chaffinch.model import Source, SourceKind, SourceState
from chaffinch.urls import is_web

_DAY = 86_400.0
_HALF_LIFE = 14 * _DAY
_PRIOR_RATE = 1 / _DAY
_PRIOR_WEIGHT = 3600.0
"""Seconds of looking that the prior is worth: a source that shows its rhythm soon outweighs it."""
_SHORTEST, _LONGEST = 300.0, 6 * 3600.0
_BACKOFF_FIRST, _BACKOFF_LONGEST = 300.0, _DAY
_FOLDER_EVERY = 60.0
_LEAST_EVERY = 1.0
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
) -> datetime:
    """When to come again. `jitter` gives numbers from 0 to 1; `failures` counts those in a row, this visit's included.

    The owner's `every` wins; else the interval is where the expected waiting of unseen articles reaches what
    `freshness` allows, between 5 minutes and 6 hours, never less than the source's ttl (at most a day).
    Failures back off with full jitter, 5 minutes to 24 hours. A Retry-After (seconds, at most a day) is always kept.
    A folder costs nothing to look at: every minute, failures or not.
    """
    if source.every is not None:
        seconds = max(source.every.total_seconds(), _LEAST_EVERY)
    elif source.kind is SourceKind.FOLDER or not is_web(source.location):
        seconds = _FOLDER_EVERY
    else:
        per_second = rate(state.published_at, changed=changed, now=now)
        seconds = math.sqrt(2 * _WAITING.get(source.freshness, _WAITING["normal"]) / per_second)
        seconds = min(max(seconds, _SHORTEST), _LONGEST) * (0.95 + 0.1 * jitter())
        seconds = max(seconds, min(_seconds(state.ttl), _DAY))
    if failures > 0 and is_web(source.location):
        seconds = max(seconds if source.every is not None else 0.0, _backoff(failures, jitter()))
    seconds = max(seconds, min(retry_after or 0.0, _DAY))
    return now + timedelta(seconds=seconds)


def rate(published_at: Sequence[datetime], *, changed: bool, now: datetime) -> float:
    """Articles a second: those seen, each counting half as much for every 14 days of its age, against the prior.

    What was `changed` without a date counts as published now. Dates in the future count as now.
    """
    ages = [max((now - at).total_seconds(), 0.0) for at in published_at]
    if changed and not ages:
        ages = [0.0]
    weight = math.fsum(math.exp2(-age / _HALF_LIFE) for age in ages)
    # A listing shows only its last articles: what lies before the oldest was not looked at.
    looked_at = (1 - math.exp2(-max(ages, default=0.0) / _HALF_LIFE)) * _HALF_LIFE / math.log(2)
    return (weight + _PRIOR_RATE * _PRIOR_WEIGHT) / (looked_at + _PRIOR_WEIGHT)


def _backoff(failures: int, jitter: float) -> float:
    longest = min(_BACKOFF_FIRST * 2.0 ** min(failures, 20), _BACKOFF_LONGEST)
    return _BACKOFF_FIRST + jitter * (longest - _BACKOFF_FIRST)


def _seconds(length: timedelta | None) -> float:
    return length.total_seconds() if length is not None else 0.0
