"""One request to a host at a time, with a pause between two of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from chaffinch.errors import FetchError, Stopped

GAP = 2.0
_PATIENCE = 30.0
"""Seconds that a turn is waited for on the spot; whoever would have to wait longer comes back another time."""
_LONGEST_HOLD = 86_400.0
_MANY_HOSTS = 10_000


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    visitors: int = 0
    free_at: float = 0.0
    """When the pause after the last request is over, on the monotonic clock."""
    held_until: float = 0.0
    """When the host's own Retry-After is over."""


class Politeness:
    """Hands out turns, host by host; shared by all threads of a worker.

    `wait` sleeps so many seconds and returns True when we must stop.
    """

    def __init__(
        self, *, gap: float, wait: Callable[[float], bool], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._gap = gap
        self._wait = wait
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, *, delay: float = 0.0, at_once: bool = False) -> Iterator[None]:
        """While it lasts no other thread asks this host; afterwards the host rests for the gap, or `delay` if longer.

        `at_once` leaves the pause out: this machine itself, or the same request led on by a redirect.
        Raises FetchError with `retry_after` when the host asked for a longer pause than we wait here, and Stopped.
        """
        state = self._enter(host)
        try:
            self._queue(host, state)
            try:
                self._pause(host, state, at_once)
                yield
            finally:
                state.free_at = self._monotonic() + max(self._gap, delay)
                state.turn.release()
        finally:
            with self._lock:
                state.visitors -= 1

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks this host before so many seconds have passed (Retry-After); at most a day."""
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.held_until = max(state.held_until, self._monotonic() + min(seconds, _LONGEST_HOLD))

    def _enter(self, host: str) -> _Host:
        with self._lock:
            if len(self._hosts) >= _MANY_HOSTS:
                self._forget()
            state = self._hosts.setdefault(host, _Host())
            state.visitors += 1
            return state

    def _forget(self) -> None:
        now = self._monotonic()
        for name, state in list(self._hosts.items()):
            if not state.visitors and max(state.free_at, state.held_until) <= now:
                del self._hosts[name]

    def _queue(self, host: str, state: _Host) -> None:
        while not state.turn.acquire(timeout=0.5):
            if self._wait(0):
                raise Stopped(f"{host}: left for the next run: we were asked to stop")

    def _pause(self, host: str, state: _Host, at_once: bool) -> None:
        now = self._monotonic()
        held = state.held_until - now
        seconds = max(held, 0.0 if at_once else state.free_at - now)
        if seconds <= 0:
            return
        if seconds > _PATIENCE:
            why = "asked us to wait" if held > _PATIENCE else "wants long pauses"
            raise FetchError(f"{host} {why}: {seconds:.0f} seconds are left", retry_after=seconds)
        if self._wait(seconds):
            raise Stopped(f"{host}: left for the next run: we were asked to stop")
