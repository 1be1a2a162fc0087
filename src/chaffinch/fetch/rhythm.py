"""How often a source publishes, hour by hour of the day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

_HOUR, _DAY = 3600.0, 86_400.0
_HALF_LIFE = 14 * _DAY
_PRIOR_RATE = 1 / _DAY
_PRIOR_WEIGHT = _HOUR
"""Seconds of looking that the prior is worth: a source that shows its rhythm soon outweighs it."""
_HOUR_WEIGHT = _HOUR
"""The same for an hour of the day, whose prior is the mean."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Articles a second, in UTC."""

    mean: float
    by_hour: tuple[float, ...]


def rhythm_of(published_at: Sequence[datetime], *, changed: bool, now: datetime) -> Rhythm:
    """The rates behind what was published, each article counting half as much for every 14 days of its age.

    The mean is taken against a prior of one article a day, each hour's against the mean. What was `changed` without
    a date counts as published now. Dates in the future count as now.
    """
    ages = [max((now - at).total_seconds(), 0.0) for at in published_at]
    if changed and not ages:
        ages = [0.0]
    # A listing shows only its last articles: what lies before the oldest was not looked at.
    span = max(ages, default=0.0)
    weights = [_decay(age) for age in ages]
    looked_at = (1 - _decay(span)) * _HALF_LIFE / math.log(2)
    mean = (math.fsum(weights) + _PRIOR_RATE * _PRIOR_WEIGHT) / (looked_at + _PRIOR_WEIGHT)
    if span < _DAY:
        return Rhythm(mean, (mean,) * 24)
    published = [0.0] * 24
    for at, weight in zip(published_at, weights, strict=True):
        published[at.hour] += weight
    exposure = _exposure(span, now.hour)
    seen = [
        (published[h] / 2 + (published[h - 1] + published[(h + 1) % 24]) / 4 + mean * _HOUR_WEIGHT)
        / (exposure[h] / 2 + (exposure[h - 1] + exposure[(h + 1) % 24]) / 4 + _HOUR_WEIGHT)
        for h in range(24)
    ]
    return Rhythm(mean, tuple(seen))


def _exposure(span: float, hour: int) -> list[float]:
    """How long each hour of the day was looked at in the last `span` seconds, in seconds that decay with age."""
    days = int(span // _DAY)
    whole = _HOUR * (1 - _decay(days * _DAY)) / (1 - _decay(_DAY))
    hours = [whole] * 24
    for back in range(int((span - days * _DAY) // _HOUR)):
        hours[(hour - 1 - back) % 24] += _HOUR * _decay(days * _DAY)
    return hours


def _decay(age: float) -> float:
    return math.exp2(-age / _HALF_LIFE)
