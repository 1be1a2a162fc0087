"""The worker daemon: clocks, threads, the web server and the signals that end or reload it."""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from types import FrameType

from starlette.types import ASGIApp

from chaffinch.cli.notifying import beating, ready, reloading, stopping
from chaffinch.config import Config, load
from chaffinch.engine.inprocess import InProcess
from chaffinch.errors import ChaffinchError
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from chaffinch.schedule import Schedule
from chaffinch.store.holding import held
from chaffinch.web import metrics
from chaffinch.web.app import build
from chaffinch.web.server import Server

log = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds that work under way has, all together, to come to its next safe place."""
A_LONG_RUN = 1_000
"""Sweeps of one `run --once`: more than this never ends."""


def run(config: Config) -> None:
    """Work until SIGTERM or SIGINT; SIGHUP reads the config anew. Raises BusyError, StoreError, ConfigError."""
    with held(config.press.data_dir), _open(config) as room:
        signals = _Signals()
        door = build(room.front)
        server = Server(door, config.web)
        server.start()
        engine = InProcess(beating(partial(_counted, room), _is_a_look))
        room.hint = engine.hint
        schedule = Schedule(engine, lambda: room.post.next_closings())
        figures = _serve_figures(config, metrics.build(room.front.figures, door.requests, engine.queued))
        schedule.start()
        ready(f"serving {config.press.base_url} on {server.address}")
        log.info("serving %s on %s; %d sources", config.press.base_url, server.address, len(config.sources))
        while signals.next() == signal.SIGHUP:
            reloading()
            _reload(room, config)
            ready(f"serving {config.press.base_url} on {server.address}")
        stopping()
        log.info("stopping: work under way comes to its next safe place")
        until = time.monotonic() + DRAIN
        room.stop()
        schedule.stop()
        server.stop(1.0)
        if figures is not None:
            figures.stop(0.5)
        if not engine.drain(max(0.0, until - time.monotonic())):
            log.warning("some work did not end in time; it resumes with the next start")


def run_once(config: Config) -> bool:
    """Do everything that is due, in order: sources, feeds, issues, letters; False when a signal ended it before."""
    with held(config.press.data_dir), _open(config) as room:
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
            log.info("done: nothing more is due; %d articles are held", room.parts.articles.count())
        return not signals.ended()


def _serve_figures(config: Config, app: ASGIApp) -> Server | None:
    """The server of `/metrics`, started, where the config wants one."""
    if config.web.metrics_bind is None:
        return None
    server = Server(app, config.web, "metrics_bind")
    server.start()
    log.info("figures stand on %s/metrics", server.address)
    return server


def _is_a_look(task: Task) -> bool:
    """Whether it is the look at what is due, which the clock wants every few seconds."""
    return task.verb == "sweep"


def _counted(room: Newsroom, task: Task) -> Iterable[Task]:
    if _is_a_look(task):
        room.parts.tally.count("sweeps", "")
    return room.perform(task)


@contextmanager
def _open(config: Config) -> Iterator[Newsroom]:
    """A newsroom that has the data directory to itself."""
    room = Newsroom(config)
    try:
        room.recover()
        room.take_over()
        room.renew()
        yield room
    finally:
        room.close()


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
        return self._came.get()

    def _take(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGHUP:
            self._ended = True
            self._then()
        self._came.put(number)
