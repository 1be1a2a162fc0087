"""The worker daemon: clocks, threads, the web server and the signals that end or reload it."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType

from chaffinch.config import Config, load
from chaffinch.engine.inprocess import InProcess
from chaffinch.errors import ConfigError
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from chaffinch.schedule import Schedule
from chaffinch.store.holding import held
from chaffinch.web.app import build
from chaffinch.web.server import Server

log = logging.getLogger(__name__)

DRAIN = 8.0
"""Seconds that work under way has to come to its next safe place."""


def run(config: Config) -> None:
    """Work until SIGTERM or SIGINT; SIGHUP reads the config anew. Raises BusyError, StoreError, ConfigError."""
    with held(config.press.data_dir):
        room = Newsroom(config)
        room.recover()
        signals = _Signals()
        server = Server(build(room.front), config.web)
        server.start()
        engine = InProcess(room.perform)
        room.hint = engine.hint
        schedule = Schedule(engine, lambda: room.post.next_closings())
        schedule.start()
        log.info("serving %s on %s; %d sources", config.press.base_url, server.address, len(config.sources))
        while not signals.wait():
            _reload(room, config)
        log.info("stopping: work under way comes to its next safe place")
        room.stop()
        schedule.stop()
        server.stop(2.0)
        if not engine.drain(DRAIN):
            log.warning("some work did not end in time; it resumes with the next start")
        room.close()


def run_once(config: Config) -> bool:
    """Do everything that is due, in order: sources, feeds, issues, letters; False when a signal ended it before."""
    with held(config.press.data_dir):
        room = Newsroom(config)
        room.recover()
        signals = _Signals(room.stop)
        engine = InProcess(room.perform)
        for task in room.due_at_once():
            engine.hint(task)
        engine.wait_until_idle(signals.ended)
        for _ in ("what refreshing led to", "the letters of issues closed just now"):
            engine.hint(Task("sweep"))
            engine.wait_until_idle(signals.ended)
        engine.drain(DRAIN)
        room.close()
        if signals.ended():
            log.info("stopped before the end; the next run goes on from here")
        return not signals.ended()


def _reload(room: Newsroom, config: Config) -> None:
    try:
        room.reconfigure(load(config.path))
    except ConfigError as error:
        for line in error.problems:
            log.warning("%s", line)
        log.warning("the config was not taken over; the old one stays in force")
    else:
        log.info("the config was taken over")


class _Signals:
    """SIGTERM and SIGINT end, calling `then`; SIGHUP reloads."""

    def __init__(self, then: Callable[[], None] = lambda: None) -> None:
        self._happened = threading.Event()
        self._ended = False
        self._then = then
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._take)

    def ended(self) -> bool:
        """Whether we were asked to end."""
        return self._ended

    def wait(self) -> bool:
        """Sleep until a signal comes; True when it asks to end, False when it asks to reload."""
        self._happened.wait()
        self._happened.clear()
        return self._ended

    def _take(self, number: int, _: FrameType | None) -> None:
        if number != signal.SIGHUP:
            self._ended = True
            self._then()
        self._happened.set()
