"""The worker daemon: a press that works until a signal ends it."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from queue import Empty, SimpleQueue
from types import FrameType

from starlette.types import ASGIApp

from chaffinch.cli.awaiting import awaited
from chaffinch.cli.machines import Clocks, living, started
from chaffinch.cli.notifying import ready, reloading, stopping
from chaffinch.clock import Clock
from chaffinch.config import Config, load
from chaffinch.engine.inprocess import InProcess
from chaffinch.errors import ChaffinchError, ConfigError
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from chaffinch.schedule import Schedule
from chaffinch.store.holding import held
from chaffinch.web import metrics
from chaffinch.web.app import build
from chaffinch.web.metrics import Requests
from chaffinch.web.server import Server

log = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds that work under way has, all together, to come to its next safe place."""
A_LONG_RUN = 1_000
"""Sweeps of one `run --once`: more than this never ends."""


def run(config: Config) -> None:
    """Work until SIGTERM or SIGINT; SIGHUP reads the config anew. Raises BusyError, StoreError, ConfigError."""
    with _alone(config), _open(config, opened=_patiently) as room:
        door = build(room.front)
        server = Server(door, config.web)
        server.start()
        told = f"serving {config.press.base_url} on {server.address}"
        _work(room, config, f"{told}; {len(config.sources)} sources", door.requests, lambda: server.stop(1.0))


def work(config: Config) -> None:
    """Be one more machine of a press on PostgreSQL, without a web server. Raises StoreError, ConfigError."""
    if config.press.database_url is None:
        raise ConfigError("press.database_url: a press on SQLite has one machine; name a PostgreSQL to add others")
    with _open(config, opened=_patiently) as room:
        _work(room, config, f"one more worker; {len(config.sources)} sources", Requests(), lambda: None)


def _work(room: Newsroom, config: Config, told: str, requests: Requests, end: Callable[[], object]) -> None:
    """Get done what is due until a signal ends it; then call `end`, and come to a safe place."""
    signals = _Signals()
    clocks = Clocks(room)
    engine = started(room, clocks)
    room.hint = engine.hint
    schedule = Schedule(engine, lambda: room.post.next_closings(), counts=clocks.count, beside=clocks.beside)
    figures = _serve_figures(config, metrics.build(room.front.figures, requests, engine.queued))
    schedule.start()
    ready(told)
    log.info("%s", told, extra={"event": "started"})
    while signals.next() == signal.SIGHUP:
        reloading()
        _reload(room, config)
        ready(told)
    stopping()
    log.info("stopping: work under way comes to its next safe place")
    until = time.monotonic() + DRAIN
    room.stop()
    schedule.stop()
    end()
    if figures is not None:
        figures.stop(0.5)
    if not engine.drain(max(0.0, until - time.monotonic())):
        log.warning("some work did not end in time; it resumes with the next start")
    clocks.give()


def run_once(config: Config, clock: Clock | None = None) -> bool:
    """Do everything that is due, in order: sources, feeds, issues, letters; False when a signal ended it before."""
    with _alone(config), _open(config, clock) as room, living(room) if room.shared else nullcontext():
        signals = _Signals(room.stop)
        engine = InProcess(room.perform)
        for task in room.due_at_once():
            engine.hint(task)
        engine.wait_until_idle(signals.ended)
        for _ in range(A_LONG_RUN):  # what one round leads to, and what a visit left over, is due in the next
            due = tuple(room.sweep())
            if not due or signals.ended():
                break
            for task in due:
                engine.hint(task)
            engine.wait_until_idle(signals.ended)
        engine.hint(Task("keep house"))
        engine.wait_until_idle(signals.ended)
        engine.drain(DRAIN)
        if signals.ended():
            log.info("stopped before the end; the next run goes on from here")
        else:
            log.info("done: nothing more is due; articles held: %d", room.parts.articles.count())
        return not signals.ended()


def _serve_figures(config: Config, app: ASGIApp) -> Server | None:
    """The server of `/metrics`, started, where the config wants one."""
    if config.web.metrics_bind is None:
        return None
    server = Server(app, config.web, "metrics_bind")
    server.start()
    log.info("figures stand on %s/metrics", server.address)
    return server


def _alone(config: Config) -> AbstractContextManager[None]:
    """The data directory to ourselves, where it holds the press; where PostgreSQL does, rows keep us apart."""
    return held(config.press.data_dir) if config.press.database_url is None else nullcontext()


@contextmanager
def _open(
    config: Config,
    clock: Clock | None = None,
    opened: Callable[[Callable[[], Newsroom]], Newsroom] = lambda make: make(),
) -> Iterator[Newsroom]:
    """A newsroom that is ready to work; `opened` may be patient with a database that is not there yet."""
    room = opened(lambda: Newsroom(config, clock))
    try:
        if not room.shared:  # what others hold on other machines is not ours to tidy up: it runs out by itself
            room.recover()
        room.take_over()
        room.renew()
        yield room
    finally:
        room.close()


def _patiently(make: Callable[[], Newsroom]) -> Newsroom:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as a container's first process we would not hear it else
    signal.signal(signal.SIGHUP, lambda *_: None)  # nothing works yet that could read a config anew
    return awaited(make)


def _reload(room: Newsroom, config: Config) -> None:
    try:
        room.reconfigure(load(config.path))
    except ChaffinchError as error:
        for line in str(error).splitlines():
            log.warning("%s", line)
        log.warning("the config was not taken over; the old one stays in force")
    else:
        log.info("the config was taken over")


class _Signals:
    """SIGTERM and SIGINT end, calling `then`; SIGHUP reloads."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        # A handler runs in the middle of whatever the main thread does: only what may be entered twice may be used.
        self._came: SimpleQueue[int] = SimpleQueue()
        self._ended = False
        self._then = then
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._take)

    def ended(self) -> bool:
        """Whether we were asked to end."""
        return self._ended

    def next(self) -> int:
        """Sleep until a signal comes; its number."""
        while True:
            with suppress(Empty):  # one that comes just before the sleep wakes nobody: it is found a second later
                return self._came.get(timeout=1)

    def _take(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGHUP:
            self._ended = True
            self._then()
        self._came.put(number)
