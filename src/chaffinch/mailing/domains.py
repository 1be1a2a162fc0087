"""What providers are to be spared: who said "later" lately, and who has had enough for this hour."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_HOUR = timedelta(hours=1)
_PATIENCE = 3
"""So many recipients in a row of one domain are told "later" before the domain is left alone."""
_FIRST = timedelta(minutes=10)
_LONGEST = timedelta(hours=2)


@dataclass(slots=True)
class _Domain:
    refused: int = 0
    rests: int = 0
    until: datetime | None = None
    taken: deque[datetime] = field(default_factory=deque)


class Domains:
    """Remembers how the recipients' domains fared. Safe to share between threads; a restart forgets it."""

    def __init__(self, per_hour: int | None = None) -> None:
        """`per_hour` is how many letters a domain is given in an hour at most."""
        self._per_hour = per_hour
        self._known: dict[str, _Domain] = {}
        self._lock = threading.Lock()

    def wait(self, domain: str, now: datetime) -> datetime | None:
        """When the domain may be tried again; None when it may be now, and then its letter counts."""
        with self._lock:
            known = self._known.setdefault(domain, _Domain())
            if known.until and now < known.until:
                return known.until
            if self._per_hour is not None:
                while known.taken and known.taken[0] <= now - _HOUR:
                    known.taken.popleft()
                if len(known.taken) >= self._per_hour:
                    return known.taken[0] + _HOUR
                known.taken.append(now)
            return None

    def well(self, domain: str) -> None:
        """It took a letter, or refused just one person."""
        with self._lock:
            known = self._known.setdefault(domain, _Domain())
            known.refused = known.rests = 0

    def later(self, domain: str, now: datetime) -> None:
        """It said "later": several times in a row, and it rests, each time twice as long."""
        with self._lock:
            known = self._known.setdefault(domain, _Domain())
            known.refused += 1
            if known.refused >= _PATIENCE:
                known.until = now + min(_FIRST * 2**known.rests, _LONGEST)
                known.refused, known.rests = 0, min(known.rests + 1, 10)


def domain_of(address: str) -> str:
    """The domain that an address belongs to, lower case."""
    return address.rpartition("@")[2].lower()
