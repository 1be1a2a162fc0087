"""A cadence says at which moments a digest closes its issues.

All moments are computed by us, day by day on the zone's own calendar: ready-made cron implementations fire twice or
not at all on the nights when clocks are changed, and skip the months that have no 31st.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chaffinch.errors import ConfigError

FORMS = (
    "daily 07:00",
    "weekdays 07:00",
    "weekly mon 07:00",
    "monthly 1 07:00",
    "monthly last fri 07:00",
    "every 6h",
)
"""One example of each accepted form."""

_DAY = timedelta(days=1)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_HOURS = re.compile(r"every ([1-9]\d?) ?h", re.ASCII)
_LONGEST = 70
"""Days within which every cadence has a slot: two months, and some."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Which local days have slots, and at which minutes of such a day."""

    text: str
    """The one way to write it; equal cadences have equal texts."""
    minutes: tuple[int, ...]
    """Since local midnight, ascending."""
    weekdays: frozenset[int] = frozenset(range(7))
    """Monday is 0."""
    monthday: int | None = None
    """1 to 31; where the month is shorter, its last day."""
    last: bool = False
    """Only the last such weekday of a month."""

    def falls_on(self, day: date) -> bool:
        """Whether a local day has slots."""
        length = calendar.monthrange(day.year, day.month)[1]
        if self.monthday is not None:
            return day.day == min(self.monthday, length)
        return day.weekday() in self.weekdays and (not self.last or day.day > length - 7)


def parse(text: str) -> Cadence:
    """The cadence that a text means. Raises ConfigError with the accepted forms."""
    words = text.lower().split()
    if hours := _HOURS.fullmatch(" ".join(words)):
        step = int(hours[1])
        if step > 24 or 24 % step:
            raise ConfigError(f'"{text}": the hours must divide a day evenly: every 1h, 2h, 3h, 4h, 6h, 8h, 12h or 24h')
        return Cadence(f"every {step}h", tuple(range(0, 24 * 60, step * 60)))
    minute = _minute(words[-1]) if words else None
    if minute is not None:
        at = f"{minute // 60:02}:{minute % 60:02}"
        match words[:-1]:
            case ["daily"]:
                return Cadence(f"daily {at}", (minute,))
            case ["weekdays"]:
                return Cadence(f"weekdays {at}", (minute,), frozenset(range(5)))
            case ["weekly", name] if (day := _weekday(name)) is not None:
                return Cadence(f"weekly {name[:3]} {at}", (minute,), frozenset([day]))
            case ["monthly", "last", name] if (day := _weekday(name)) is not None:
                return Cadence(f"monthly last {name[:3]} {at}", (minute,), frozenset([day]), last=True)
            case ["monthly", number] if re.fullmatch(r"[1-9]|[12]\d|3[01]", number, re.ASCII):
                return Cadence(f"monthly {number} {at}", (minute,), monthday=int(number))
    raise ConfigError(f'"{text}" is no cadence; write it as one of: {", ".join(FORMS)}')


def next_slot(cadence: Cadence, zone: str, after: datetime) -> datetime:
    """The first slot later than `after`, in UTC.

    Each local day of a `daily` cadence has exactly one: on the night that skips the hour the letter comes as much
    later, on the night that repeats it the letter comes the first time.
    """
    return _first(cadence, zone, after, +1, lambda moment: moment > after)


def last_slot(cadence: Cadence, zone: str, now: datetime) -> datetime:
    """The latest slot that is not later than `now`, in UTC."""
    return _first(cadence, zone, now, -1, lambda moment: moment <= now)


def first_at(minute: int, zone: str, not_before: datetime) -> datetime:
    """The first moment, not before the one given, when it is `minute` minutes past midnight in the zone; in UTC."""
    return _first(Cadence("", (minute,)), zone, not_before, +1, lambda moment: moment >= not_before)


def _first(cadence: Cadence, zone: str, start: datetime, step: int, fits: Callable[[datetime], bool]) -> datetime:
    calendar_zone = ZoneInfo(zone)
    today = start.astimezone(calendar_zone).date()
    for distance in range(-2, _LONGEST):  # zones have moved across the date line: look a little behind, too
        day = today + step * distance * _DAY
        if cadence.falls_on(day):
            moments = sorted(set(_moments(cadence, calendar_zone, day)), reverse=step < 0)
            for moment in moments:
                if fits(moment):
                    return moment
    raise AssertionError(f"{cadence.text} has no slot within {_LONGEST} days")


def _moments(cadence: Cadence, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    for minute in cadence.minutes:
        wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
        # A wall time that is skipped is read with the old offset and so comes later; where that would be another
        # day (some zones change at midnight), the new offset makes it come earlier. A day that the zone skipped as a
        # whole has no moments.
        for fold in (0, 1):
            moment = wall.replace(fold=fold).astimezone(UTC)
            if moment.astimezone(zone).date() == day:
                yield moment
                break


def _minute(text: str) -> int | None:
    match = _CLOCK.fullmatch(text)
    return int(match[1]) * 60 + int(match[2]) if match else None


def _weekday(name: str) -> int | None:
    return next((n for n, weekday in enumerate(_WEEKDAYS) if name in (weekday, weekday[:3])), None)
