"""A cadence as people say it."""

from __future__ import annotations

from chaffinch.errors import ConfigError
from chaffinch.mailing.cadence import parse
from chaffinch.pages import Tongue


def said(cadence: str, tongue: Tongue) -> str:
    """`weekly mon 07:00` is "Every Monday at 07:00"; what is no cadence stays as it is."""
    try:
        meant = parse(cadence)
    except ConfigError:
        return cadence
    if len(meant.minutes) > 1:
        return tongue.say_many("Every hour", "Every {count} hours", 24 // len(meant.minutes))
    time = tongue.clock(meant.minutes[0])
    if meant.monthday is not None:
        return tongue.say("Every month on day {day}, at {time}", day=meant.monthday, time=time)
    if meant.last:
        return tongue.say("On the last {day} of a month, at {time}", day=_day(meant.weekdays, tongue), time=time)
    if len(meant.weekdays) == 1:
        return tongue.say("Every {day} at {time}", day=_day(meant.weekdays, tongue), time=time)
    if len(meant.weekdays) < 7:
        return tongue.say("Monday to Friday at {time}", time=time)
    return tongue.say("Every day at {time}", time=time)


def _day(weekdays: frozenset[int], tongue: Tongue) -> str:
    return tongue.name_of_day(min(weekdays))
