"""A press works on one machine or on many, as its database allows."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Protocol

from chaffinch.cli.notifying import alive, beating
from chaffinch.engine.inprocess import InProcess
from chaffinch.errors import StoreError
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Engine, Task
from chaffinch.schedule import PUMP

log = logging.getLogger(__name__)

_CLOCKS = "clocks"
_LEASE = PUMP * 4.0
"""Seconds after which another machine's clocks count, when the one whose did has died."""


class WorkingEngine(Engine, Protocol):
    """An engine that also tells what waits."""

    def queued(self) -> Mapping[str, int]: ...


def started(room: Newsroom, clocks: Clocks) -> WorkingEngine:
    """The engine that fits the press's database, at work; `clocks` watch over it. Raises StoreError."""
    if not room.shared:
        return InProcess(beating(partial(_counted, room), _is_a_look))
    from chaffinch.engine.distributed import Distributed  # its libraries are an extra

    engine = Distributed(str(room.parts.config.press.database_url), partial(_unless_resting, room))
    clocks.turns = engine.turns
    return engine


class Clocks:
    """Whose clocks count: always ours on one machine; of many those of the machine that holds the lease."""

    def __init__(self, room: Newsroom, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._room = room
        self._name, self._monotonic = _our_name(), monotonic
        self._lost = float("-inf")
        """When we last could not reach the database."""
        self._behind = ""
        self._beside()  # before the first visit: its lease is to bear our name
        self.turns: Callable[[], bool] = lambda: False
        """Whether this machine's engine goes round. That somebody looks at what is due does not say it of many."""

    def count(self) -> bool:
        """Whether a tick of ours counts now; none does while the database is away."""
        if not self._room.shared:
            return True
        try:
            ours = self._room.parts.leases.hold(_CLOCKS, self._name, _LEASE)
            if ours and self._monotonic() - self._lost > _LEASE:  # they lost it too, and are to have time to tell
                self._room.bury()
        except StoreError:
            self._lost = self._monotonic()
            return False
        return ours

    def beside(self) -> None:
        """What every machine does at each look: it shows what others have published, and that it is alive.

        The watchdog hears of it for as long as the engine goes round; on one machine it hears of the looks themselves.
        """
        self._beside()
        if self._room.shared and self.turns():
            alive()

    def give(self) -> None:
        """Let another machine's clocks count at once."""
        if self._room.shared:
            with suppress(StoreError):
                self._room.parts.leases.give(_CLOCKS, self._name)
                self._room.parts.workers.die(self._name)

    def _beside(self) -> None:
        if self._room.shared:
            with suppress(StoreError):  # without a database nobody knows of us, and nobody can ask
                self._room.live(self._name, _LEASE)
                self._room.follow()
            self._tell_of_what_is_not_shown(self._room.parts.mirror.behind)

    def _tell_of_what_is_not_shown(self, behind: str) -> None:
        """Once, in the log: a disk that is full is this machine's alone, and no row tells of it."""
        if behind and behind != self._behind:
            log.warning("what others publish is not shown here: %s", behind)
        elif self._behind and not behind:
            log.info("what others publish is shown again")
        self._behind = behind


@contextmanager
def living(room: Newsroom) -> Iterator[None]:
    """While it lasts other machines know that we live; when we are killed meanwhile, what we hold is soon theirs."""
    name, over = _our_name(), threading.Event()

    def tell() -> None:
        while not over.wait(PUMP):
            with suppress(StoreError):
                room.live(name, _LEASE)

    room.live(name, _LEASE)
    telling = threading.Thread(target=tell, name="living", daemon=True)
    telling.start()
    try:
        yield
    finally:
        over.set()
        telling.join()  # else it may say after us that we live, or ask a database that is closed
        with suppress(StoreError):
            room.parts.workers.die(name)


def _our_name() -> str:
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}".replace(":", "-")


def _is_a_look(task: Task) -> bool:
    """Whether it is the look at what is due, which the clock wants every few seconds."""
    return task.verb == "sweep"


def _counted(room: Newsroom, task: Task) -> Iterable[Task]:
    if _is_a_look(task):
        room.parts.tally.count("sweeps", "")
    return room.perform(task)


def _unless_resting(room: Newsroom, task: Task) -> Iterable[Task]:
    return () if room.rests(task) else _counted(room, task)
