"""Dates as sources write them, and which of them to believe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[Tt ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?)?",
    re.ASCII,
)
_SLOW_CLOCK = timedelta(minutes=10)
_MOST = 50


def iso(written: str) -> datetime | None:
    """A day (midnight) or a moment in W3C's and RFC 3339's forms, UTC where no zone is given; None for all else."""
    match = _ISO.fullmatch(written.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, _, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        return datetime(
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            min(int(second or 0), 59),  # a leap second
            int((fraction or "0").ljust(6, "0")[:6]),
            timezone(offset),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def believable(at: datetime | None, seen: datetime | None) -> datetime | None:
    """The date itself, or None where it lies after the moment it was `seen`, or so early that it means nothing."""
    if at is None or at.year < 1971 or (seen is not None and at > seen + _SLOW_CLOCK):
        return None
    return at


def rhythm(dates: Iterable[datetime | None]) -> tuple[datetime, ...]:
    """The newest 50 dates, newest first: what a source's state remembers."""
    return tuple(sorted((at for at in dates if at is not None), reverse=True)[:_MOST])
