"""Tasks run on threads of this process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from chaffinch.ports import Task

log = logging.getLogger(__name__)

Perform = Callable[[Task], Iterable[Task]]
"""Does one task; returns what is to be done next. What it raises is logged, and stops nothing else."""

LANES: Mapping[str, int] = {"refresh": 8, "deliver": 2, "ask": 1, "note": 1, "": 2}
"""Threads by verb: what waits for other people's servers must not make the rest wait behind it."""


class InProcess:
    """The Engine of one machine. A task that waits already is not taken twice; one that runs is run once more."""

    def __init__(self, perform: Perform, lanes: Mapping[str, int] = LANES) -> None:
        self._perform = perform
        self._lanes = lanes
        self._change = threading.Condition()
        self._waiting: dict[str, dict[Task, None]] = {lane: {} for lane in lanes}
        """In the order in which they came."""
        self._running: set[Task] = set()
        self._stopping = False
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"{lane or 'house'}-{number}", daemon=True)
            for lane, threads in lanes.items()
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def hint(self, task: Task) -> None:
        """Take a task; forgotten when the engine is being drained, for rows are the truth."""
        lane = task.verb if task.verb in self._lanes else ""
        with self._change:
            if not self._stopping and task not in self._waiting[lane]:
                self._waiting[lane][task] = None
                self._change.notify_all()

    def queued(self) -> Mapping[str, int]:
        """How many tasks wait in each lane; the one of the empty name takes what has none of its own."""
        with self._change:
            return {lane: len(waiting) for lane, waiting in self._waiting.items()}

    def wait_until_idle(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Return when nothing waits and nothing runs, or soon after `stop` says so."""
        with self._change:
            while (self._running or any(self._waiting.values())) and not stop():
                self._change.wait(0.1)

    def drain(self, seconds: float) -> bool:
        """Start nothing more, wait for what runs; False when something was still running at the end."""
        with self._change:
            self._stopping = True
            for waiting in self._waiting.values():
                waiting.clear()
            self._change.notify_all()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self, lane: str) -> None:
        while (task := self._next(lane)) is not None:
            try:
                follow = tuple(self._perform(task))
            except Exception:  # a mistake of ours in one task: logged whole, and the others go on
                log.exception("%s %s failed", task.verb, task.subject)
                follow = ()
            with self._change:  # what follows waits before this is over: in between nobody finds us idle
                for following in follow:
                    self.hint(following)
                self._running.discard(task)
                self._change.notify_all()

    def _next(self, lane: str) -> Task | None:
        """The next task of the lane that is not running already; None when the engine stops."""
        waiting = self._waiting[lane]
        with self._change:
            while True:
                if self._stopping:
                    return None
                task = next((task for task in waiting if task not in self._running), None)
                if task is not None:
                    del waiting[task]
                    self._running.add(task)
                    return task
                self._change.wait()
