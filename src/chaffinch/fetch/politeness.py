"""One request to a host at a time, with a pause between two of them, whoever asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from chaffinch.errors import HostBusy, Stopped, StoreError
from chaffinch.ports import HostRows

GAP = 2.0
_PATIENCE = 30.0
"""Seconds that a turn is waited for on the spot; whoever would have to wait longer comes back another time."""
_LOOKS = 60
"""How often, while a turn is waited for, we look whether we must stop."""
_LONGEST_HOLD = 86_400.0
_LONGEST_TURN = 75.0
"""After so many seconds a turn that other processes know of is over, for whoever had it must have died."""
_MANY_HOSTS = 10_000


@dataclass(slots=True)
class _Host:
    turn: threading.Lock = field(default_factory=threading.Lock)
    visitors: int = 0
    free_at: float = 0.0
    """When the pause after the last request is over, on the monotonic clock."""
    held_until: float = 0.0
    """When the host's own Retry-After is over."""
    why: str = ""


class Politeness:
    """Hands out turns, host by host; shared by all threads of a process, and through `rows` by many processes.

    `wait` sleeps so many seconds and returns True when we must stop.
    """

    def __init__(
        self,
        *,
        gap: float,
        wait: Callable[[float], bool],
        monotonic: Callable[[], float] = time.monotonic,
        rows: HostRows | None = None,
    ) -> None:
        self._rows = rows
        self._gap = gap
        self._wait = wait
        self._monotonic = monotonic
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: str, *, delay: float = 0.0, at_once: bool = False) -> Iterator[None]:
        """While it lasts nobody else asks this host; afterwards the host rests for the gap, or `delay` if longer.

        `at_once` leaves the pause out: this machine itself, or the same request led on by a redirect.
        Raises HostBusy with `retry_after` when the host asked for a longer pause than we wait here, and Stopped.
        """
        state, pause = self._enter(host), max(self._gap, delay)
        try:
            self._queue(host, state)
            try:
                self._pause(host, state, at_once)
                with self._turn_of_all(host, pause, at_once):
                    yield
            finally:
                state.free_at = self._monotonic() + pause
                state.turn.release()
        finally:
            with self._lock:
                state.visitors -= 1

    def hold(self, host: str, seconds: float, why: str = "asked us to wait") -> None:
        """Nobody asks this host before so many seconds have passed (Retry-After); at most a day. Raises StoreError."""
        seconds = min(seconds, _LONGEST_HOLD)
        with self._lock:
            state = self._hosts.setdefault(host, _Host())
            state.held_until = max(state.held_until, self._monotonic() + seconds)
            state.why = why
        if self._rows is not None:
            self._rows.hold(host, seconds, why)

    @contextmanager
    def _turn_of_all(self, host: str, pause: float, at_once: bool) -> Iterator[None]:
        """The turn among all processes; who is first in this one waits for it here."""
        if self._rows is None:
            yield
            return
        waited = 0.0
        while not (turn := self._rows.take(host, _LONGEST_TURN, at_once=at_once)).token:
            if waited + turn.wait > _PATIENCE:
                if turn.wait < 1:  # each turn was short, and went to others
                    raise HostBusy(f"{host} {turn.why} all the while", retry_after=_PATIENCE)
                raise HostBusy(f"{host} {turn.why}: {turn.wait:.0f} seconds are left", retry_after=turn.wait)
            waited += turn.wait
            if self._wait(turn.wait):
                raise Stopped(f"{host}: left for the next run: we were asked to stop")
        try:
            yield
        finally:
            with suppress(StoreError):  # then it runs out by itself
                self._rows.give(host, turn.token, pause)

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
        # A host with many sources must not keep every thread of the worker waiting for it.
        for _ in range(_LOOKS):
            if state.turn.acquire(timeout=_PATIENCE / _LOOKS):
                return
            if self._wait(0):
                raise Stopped(f"{host}: left for the next run: we were asked to stop")
        raise HostBusy(f"{host} is being asked for others all the while", retry_after=_PATIENCE)

    def _pause(self, host: str, state: _Host, at_once: bool) -> None:
        now = self._monotonic()
        held = state.held_until - now
        seconds = max(held, 0.0 if at_once else state.free_at - now)
        if seconds <= 0:
            return
        if seconds > _PATIENCE:
            why = state.why if held > _PATIENCE else "wants long pauses"
            raise HostBusy(f"{host} {why}: {seconds:.0f} seconds are left", retry_after=seconds)
        if self._wait(seconds):
            raise Stopped(f"{host}: left for the next run: we were asked to stop")
