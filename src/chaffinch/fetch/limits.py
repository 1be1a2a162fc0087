"""How long and how much we take from a server."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one request: times in seconds, sizes in bytes."""

    connect: float = 10.0
    """From the first look-up of the name to the open connection, TLS included."""
    read: float = 20.0
    """Of silence between two bytes."""
    total: float = 60.0
    """From the start to the last byte of the last hop, not counting the wait for our turn."""
    size: int = 8 * MEBIBYTE
    """Of the body, as sent and as decompressed."""
    robots: int = 500 * 1024
    """Of robots.txt; what stands beyond is not read (RFC 9309 §2.5)."""
    redirects: int = 5


LIMITS = Limits()


class Deadline:
    """When one request must be over; asked before each read, so that a slow drip cannot outlive it."""

    def __init__(self, seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._end = monotonic() + seconds

    def left(self, at_most: float) -> float:
        """The seconds that may still pass, at most so many. Raises TimeoutError when none are left."""
        remaining = self._end - self._monotonic()
        if remaining <= 0:
            raise TimeoutError
        return min(remaining, at_most)

    def extend(self, seconds: float) -> None:
        """Give back time that was spent waiting for our turn."""
        self._end += seconds
