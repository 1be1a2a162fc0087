"""Tasks are hinted through PostgreSQL to whichever machine is free."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import psycopg
import psycopg_pool
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager

from chaffinch.engine.inprocess import LANES, Perform
from chaffinch.errors import StoreError
from chaffinch.ports import Task
from chaffinch.text import one_line

log = logging.getLogger(__name__)

_SCHEMA_LOCK = 0x43_48_51_55
"""The advisory lock under which the queue's tables are made: of processes that start at once, one does it."""
_HOUSE = "house"
"""The queue of the lane that has no name: procrastinate wants one."""
_A_BATCH = 200
"""Hints told in one statement."""
_QUEUED = "SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = ANY(%(keys)s)"
_TAKEN_OFF = "DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing' RETURNING id"
_WAITING = "SELECT queue_name AS lane, count(*) AS number FROM procrastinate_jobs WHERE status = 'todo' GROUP BY 1"

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things are waited for, in seconds."""

    beat: float = 10.0
    """Between two signs of life of a worker."""
    stalled: float = 30.0
    """Without a sign of life: after that a worker is dead, and what it was at is somebody else's."""
    look: float = 5.0
    """Between two looks for tasks of which no notification came."""
    again: float = 2.0
    """After the database went away, before it is tried again."""
    stuck: float = 60.0
    """Without a look for tasks of any sort: after that something holds us, and only a new start helps."""


class Distributed:
    """The Engine of many machines. A task that waits already is not taken twice, and never runs beside itself.

    Raises StoreError when the queue's tables cannot be made. Later a database that is away costs lateness: hints are
    lost, and work goes on when it is back.
    """

    def __init__(
        self,
        url: str,
        perform: Perform,
        lanes: Mapping[str, int] = LANES,
        patience: Patience = Patience(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._perform, self._lanes, self._patience = perform, lanes, patience
        self._monotonic, self._turned = monotonic, monotonic()
        _quieten()
        prepare(self._url)
        self._away = False
        self._hints = self._app(SyncPsycopgConnector(conninfo=self._url, min_size=0, max_size=4, timeout=10.0))
        self._hints.open()
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: list[asyncio.Task[None]] = []
        self._thread = threading.Thread(target=self._work, name="worker", daemon=True)
        self._thread.start()

    def hint(self, task: Task) -> None:
        """Tell all machines of a task; lost when the engine is being drained or the database is away."""
        self._tell([task])

    def queued(self) -> Mapping[str, int]:
        """How many tasks wait in each lane, as `InProcess` tells it; nothing while the database is away."""
        try:
            rows = self._hints.connector.execute_query_all(_WAITING)
        except (ConnectorException, psycopg_pool.PoolTimeout):
            return {}
        return {"" if row["lane"] == _HOUSE else row["lane"]: row["number"] for row in rows}

    def turns(self) -> bool:
        """Whether our worker goes round: its lane without a name has lately looked for a task, or for a lost database.

        It does not when its threads are all held by something, when its loop is, or a server that says nothing.
        """
        return self._monotonic() - self._turned <= self._patience.stuck

    def drain(self, seconds: float) -> bool:
        """Start nothing more, wait for what runs here; False when something was still running at the end."""
        self._stopping.set()
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stop_workers)
        self._thread.join(seconds)
        self._hints.close()
        return not self._thread.is_alive()

    # ------------------------------------------------------------------------------------------ telling

    def _tell(self, tasks: Iterable[Task]) -> None:
        tasks = list(dict.fromkeys(tasks))
        if self._stopping.is_set():
            return
        try:
            for begin in range(0, len(tasks), _A_BATCH):
                self._tell_batch(tasks[begin : begin + _A_BATCH])
        except (ConnectorException, psycopg_pool.PoolTimeout) as error:
            self._is_away(error)
        else:
            self._is_back()

    def _tell_batch(self, tasks: Iterable[Task]) -> None:
        keys = {_key(task): task for task in tasks}
        waiting = self._hints.connector.execute_query_all(_QUEUED, keys=list(keys))
        new = [task for key, task in keys.items() if key not in {row["queueing_lock"] for row in waiting}]
        by_lane: dict[str, list[Task]] = {}
        for task in new:
            by_lane.setdefault(self._lane(task), []).append(task)
        for lane, together in by_lane.items():
            for task in together:
                deferrer = self._hints.configure_task("do", queue=lane, lock=_key(task), queueing_lock=_key(task))
                with contextlib.suppress(AlreadyEnqueued):  # another machine was quicker
                    deferrer.defer(verb=task.verb, subject=task.subject)

    def _lane(self, task: Task) -> str:
        return task.verb if task.verb in self._lanes else _HOUSE

    # ------------------------------------------------------------------------------------------ working

    def _work(self) -> None:
        """Be a worker until drained; whatever the database does meanwhile."""
        while not self._stopping.is_set():
            self._turned = self._monotonic()  # a database that is away holds nobody: it is tried again and again
            try:
                asyncio.run(self._live())
            except (ConnectorException, psycopg_pool.PoolTimeout, psycopg.Error, OSError) as error:
                self._is_away(error)
            if self._stopping.wait(self._patience.again):
                return

    async def _live(self) -> None:
        connector = PsycopgConnector(conninfo=self._url, min_size=1, max_size=6, timeout=10.0)
        app = self._app(connector)
        self._note_turns(app)
        async with app.open_async():
            self._is_back()
            self._loop = asyncio.get_running_loop()
            self._workers = [
                asyncio.create_task(self._lane_worker(app, lane or _HOUSE, threads))
                for lane, threads in self._lanes.items()
            ]
            self._workers.append(asyncio.create_task(self._bury(app)))
            if self._stopping.is_set():
                self._stop_workers()
            try:
                await asyncio.wait(self._workers, return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._stop_workers()  # when one lost the database the others have too
                done = await asyncio.gather(*self._workers, return_exceptions=True)
        for error in done:
            if isinstance(error, Exception):
                raise error

    def _note_turns(self, app: App) -> None:
        """Remember when the lane without a name last had an answer to whether there is something to do."""
        fetch = app.job_manager.fetch_job

        async def noted(queues: Iterable[str] | None, worker_id: int) -> Job | None:
            job = await fetch(queues, worker_id)
            if _HOUSE in (queues or ()):
                self._turned = self._monotonic()
            return job

        app.job_manager.fetch_job = noted  # type: ignore[method-assign]  # the library has no place to be told

    async def _lane_worker(self, app: App, lane: str, threads: int) -> None:
        await app.run_worker_async(
            queues=[lane],
            concurrency=threads,
            install_signal_handlers=False,
            delete_jobs="successful",
            fetch_job_polling_interval=self._patience.look,
            update_heartbeat_interval=self._patience.beat,
            stalled_worker_timeout=self._patience.stalled,
        )

    async def _bury(self, app: App) -> None:
        """Take what dead workers were at off the queue: rows say that it is due, and a sweep tells of it anew.

        To run the same job again would wait for ever: its lock is held by itself, its queueing lock by another. All
        machines look for them, and mostly at once when a server is back: to come second is no failure.
        """
        while True:
            for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=self._patience.stalled):
                if await app.connector.execute_query_all_async(_TAKEN_OFF, id=job.id):
                    log.info("a worker died at %s; it is done again when it is due", job.lock)
            await asyncio.sleep(self._patience.beat)

    def _stop_workers(self) -> None:
        for worker in self._workers:
            if not worker.cancelling():  # to be told twice is an order to leave the task that it is at
                worker.cancel()

    def _app(self, connector: BaseConnector) -> App:
        """A task belongs to its app, and an app to one way of connecting: one for telling, one for working."""
        app = App(connector=connector)

        @app.task(name="do")
        async def do(verb: str, subject: str) -> None:
            await _in_a_thread(f"{verb}-{subject}", lambda: self._do(Task(verb, subject)))

        return app

    def _do(self, task: Task) -> None:
        try:
            follow = tuple(self._perform(task))
        except Exception:  # a mistake of ours in one task: logged whole, and the others go on
            log.exception("%s %s failed", task.verb, task.subject)
        else:
            self._tell(follow)

    def _is_away(self, error: BaseException) -> None:
        if not self._away:
            why = error.__cause__ or error  # the library wraps what the driver says, and says nothing itself
            log.warning("the queue cannot be reached, work goes on when it is back: %s", one_line(str(why)))
        self._away = True

    def _is_back(self) -> None:
        if self._away:
            log.info("the queue is reached again")
        self._away = False


def prepare(url: str) -> None:
    """Make the queue's tables where there are none. Raises StoreError."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
            found = connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()
            if found is None or found[0] is None:
                connection.execute(SchemaManager.get_schema())
    except psycopg.Error as error:
        raise StoreError(f"the queue's tables cannot be made: {one_line(str(error))}") from error


def _key(task: Task) -> str:
    return f"{task.verb} {task.subject}"


async def _in_a_thread(name: str, work: Callable[[], _Result]) -> _Result:
    """Do the work on a thread of its own, which does not keep the process alive; a job in a hurry waits for nobody."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Result] = loop.create_future()

    def run() -> None:
        result = work()
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if done.done() else done.set_result(result))

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


def _quieten() -> None:
    """What the libraries say of each job, and at each try of a server that is away, says nothing to an owner."""
    for name in ("procrastinate", "psycopg.pool", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
