"""Letters leave no faster than the server is to be given them."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Pace:
    """Called before each message, it waits until the next one may go. Safe to share between threads."""

    def __init__(self, per_second: float, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._gap = 1 / per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            now = self._monotonic()
            mine = max(self._next, now)
            self._next = mine + self._gap
        if mine > now:
            self._sleep(mine - now)
