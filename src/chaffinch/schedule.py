"""Every clock: APScheduler says when, and only hints; the work is done elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from chaffinch.clock import Clock, system_clock
from chaffinch.ports import Engine, Task

PUMP = 5
"""Seconds between two looks at what is due."""
HOUSEKEEPING = "17 3 * * *"
_JUMP = 5.0

NextClosings = Callable[[], Mapping[str, datetime]]
"""When each digest closes its next issue."""


class Schedule:
    """The pump, the closing of issues at their hours, housekeeping. Nothing is due twice because a clock fired twice.

    Its own trigger arithmetic is never asked about time zones: our own next slots are handed to it as dates. Of many
    machines' clocks only those `count` that say so when they fire. `beside` is done at each look, on every machine.
    """

    def __init__(
        self,
        engine: Engine,
        closings: NextClosings,
        clock: Clock = system_clock,
        counts: Callable[[], bool] = lambda: True,
        beside: Callable[[], object] = lambda: None,
    ) -> None:
        self._engine, self._closings, self._clock = engine, closings, clock
        self._counts, self._beside = counts, beside
        self._set: dict[str, datetime] = {}
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._stopped = threading.Event()
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def start(self) -> None:
        """Start ticking; the first look at what is due is taken at once."""
        self._scheduler.add_job(self._pump, IntervalTrigger(seconds=PUMP, timezone=UTC), next_run_time=self._clock())
        self._scheduler.add_job(self._tick, CronTrigger.from_crontab(HOUSEKEEPING, UTC), args=[Task("keep house")])
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Tick no more."""
        self._stopped.set()
        self._scheduler.shutdown(wait=False)

    def _tick(self, task: Task) -> None:
        if self._counts():
            self._engine.hint(task)

    def _pump(self) -> None:
        self._beside()
        self._tick(Task("sweep"))
        for digest, moment in self._closings().items():
            if self._set.get(digest) != moment:
                self._set[digest] = moment
                self._scheduler.add_job(
                    self._tick,
                    DateTrigger(moment, UTC),
                    args=[Task("close", digest)],
                    id=f"close {digest}",
                    replace_existing=True,
                )

    def _watch(self) -> None:
        """Wake the scheduler after the wall clock jumped: it sleeps by that clock and would oversleep."""
        apart = time.time() - time.monotonic()
        while not self._stopped.wait(1):
            now_apart = time.time() - time.monotonic()
            if abs(now_apart - apart) > _JUMP:
                apart = now_apart
                for job in self._scheduler.get_jobs():
                    if isinstance(job.trigger, IntervalTrigger):
                        job.modify(next_run_time=datetime.now(UTC))
                self._scheduler.wakeup()
