"""Letters leave no faster than the server is to be given them, nor at night."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from chaffinch.mailing.cadence import first_at


def quiet_until(hours: str, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours that are now end, such as `22:00-06:00` on the zone's clocks; None when it is not quiet."""
    if not hours:
        return None
    begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in hours.split("-"))
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    quiet = begin <= minute < end if begin <= end else minute >= begin or minute < end
    return first_at(end, zone, now) if quiet else None


class Pace:
    """Called before each message, it waits until the next one may go. Safe to share between threads."""

    def __init__(
        self,
        per_second: float,
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        turn: Callable[[int], float] = lambda letters: 0.0,
    ) -> None:
        """`turn` says in how many seconds so many letters may begin to leave, where others write to the server, too."""
        self._gap = 1 / per_second
        self._together = max(1, math.ceil(per_second))
        """A second's worth of letters is asked for at once."""
        self._monotonic = monotonic
        self._sleep = sleep
        self._turn = turn
        self._next = self._end = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            now = self._monotonic()
            mine = max(self._next, now)
            if mine >= self._end:
                begin = now + self._turn(self._together)
                mine, self._end = max(begin, self._next), begin + self._together * self._gap
            self._next = mine + self._gap
        if mine > now:
            self._sleep(mine - now)
