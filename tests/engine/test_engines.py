"""What every engine promises, threads of one process or workers of many machines."""

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from chaffinch.engine.distributed import Distributed, Patience, prepare
from chaffinch.engine.inprocess import InProcess, Perform
from chaffinch.ports import Engine, Task

QUICK = Patience(beat=0.2, stalled=1.0, look=0.1, again=0.1)
LANES = {"refresh": 2, "": 2}

Make = Callable[[Perform], Engine]


@pytest.fixture(params=["inprocess", "distributed"])
def make(request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes engines of a kind; each is drained in the end."""
    engines: list[Engine] = []

    def start(perform: Perform) -> Engine:
        if request.param == "inprocess":
            engines.append(InProcess(perform, LANES))
        else:
            engines.append(Distributed(request.getfixturevalue("postgresql"), perform, LANES, QUICK))
        return engines[-1]

    yield start
    for engine in engines:
        engine.drain(5)


def eventually(happened: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


class Work:
    """Does tasks by noting them; `slow` ones wait until they are let go."""

    def __init__(self) -> None:
        self.done: Counter[Task] = Counter()
        self.running: Counter[Task] = Counter()
        self.beside = 0
        self.started, self.release = threading.Event(), threading.Event()

    def __call__(self, task: Task) -> Iterable[Task]:
        self.running[task] += 1
        self.beside = max(self.beside, self.running[task])
        if task.subject == "slow":
            self.started.set()
            self.release.wait(20)
        self.running[task] -= 1
        if task.subject == "bad":
            raise ZeroDivisionError
        self.done[task] += 1
        return [Task("publish", "news")] if task.verb == "refresh" else ()


def test_a_hint_is_done_once_and_what_it_leads_to_after_it(make: Make) -> None:
    work = Work()
    engine = make(work)

    engine.hint(Task("refresh", "wire"))

    eventually(lambda: work.done[Task("publish", "news")])
    assert work.done == {Task("refresh", "wire"): 1, Task("publish", "news"): 1}


def test_a_task_that_waits_already_is_not_taken_twice_and_never_runs_beside_itself(make: Make) -> None:
    work = Work()
    engine = make(work)
    engine.hint(Task("publish", "slow"))
    assert work.started.wait(20)

    for _ in range(5):
        engine.hint(Task("publish", "slow"))
    engine.hint(Task("publish", "other"))
    eventually(lambda: work.done[Task("publish", "other")])
    work.release.set()

    eventually(lambda: work.done[Task("publish", "slow")] == 2)
    assert work.beside == 1


def test_a_task_that_breaks_stops_nothing_else(make: Make) -> None:
    work = Work()
    engine = make(work)

    for subject in ("bad", "good", "bad", "better"):
        engine.hint(Task("close", subject))

    eventually(lambda: work.done[Task("close", "good")] and work.done[Task("close", "better")])


def test_draining_starts_nothing_more_and_says_when_something_still_runs(make: Make) -> None:
    work = Work()
    engine = make(work)
    engine.hint(Task("publish", "slow"))
    assert work.started.wait(20)

    assert not engine.drain(0.05)
    engine.hint(Task("publish", "late"))
    work.release.set()

    assert engine.drain(20)
    assert work.done == {Task("publish", "slow"): 1}


# ------------------------------------------------------------------------------------------ many machines


def test_two_workers_share_the_tasks_and_do_none_twice(postgresql: str) -> None:
    first, second = Work(), Work()
    engines = [Distributed(postgresql, work, LANES, QUICK) for work in (first, second)]
    tasks = [Task("publish", str(number)) for number in range(40)]

    for task in tasks:
        engines[0].hint(task)

    eventually(lambda: len(first.done) + len(second.done) == len(tasks))
    assert first.done + second.done == Counter(tasks)
    assert all(engine.drain(20) for engine in engines)


KILLED = """
import sys, time
from chaffinch.engine.distributed import Distributed, Patience
from chaffinch.ports import Task

def perform(task):
    print(task.subject, flush=True)
    time.sleep(60)

engine = Distributed(sys.argv[1], perform, {"": 1}, Patience(beat=0.2, stalled=1.0, look=0.1, again=0.1))
engine.hint(Task("publish", "news"))
time.sleep(60)
"""


def test_what_a_killed_worker_was_at_can_be_done_by_another(postgresql: str) -> None:
    killed = subprocess.Popen([sys.executable, "-c", KILLED, postgresql], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "news\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    work = Work()
    engine = Distributed(postgresql, work, LANES, QUICK)

    def swept() -> int:
        engine.hint(Task("publish", "news"))  # as a sweep does, for the rows say that it is due
        return work.done[Task("publish", "news")]

    eventually(swept)
    assert engine.drain(20)


def test_of_two_workers_that_find_a_dead_ones_task_the_second_goes_on(
    postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    import psycopg

    caplog.set_level("INFO", "chaffinch")
    prepare(postgresql)
    works = Work(), Work()
    with psycopg.connect(postgresql, autocommit=True) as other:
        other.execute(_LEFT_BEHIND)
        with other.transaction():
            other.execute("SELECT id FROM procrastinate_jobs FOR UPDATE")
            engines = [
                Distributed(postgresql, work, {queue: 1}, QUICK) for work, queue in zip(works, "ab", strict=True)
            ]
            eventually(lambda: _who_wait_for_rows(postgresql) == 2)  # both have found it

    engines[0].hint(Task("a", "news"))
    engines[1].hint(Task("b", "news"))
    eventually(lambda: works[0].done[Task("a", "news")] and works[1].done[Task("b", "news")])
    drained = [engine.drain(20) for engine in engines]

    assert [record.getMessage() for record in caplog.records] == [
        "a worker died at publish news; it is done again when it is due"
    ]
    assert all(drained)


_LEFT_BEHIND = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
VALUES ('house', 'do', 'publish news', 'publish news', '{}', 'doing')
"""


def _who_wait_for_rows(url: str) -> int:
    import psycopg

    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with psycopg.connect(url) as connection:
        return int(connection.execute(waiting).fetchone()[0])  # type: ignore[index]  # a count is always told


def test_why_the_queue_is_away_is_said(postgresql: str, caplog: pytest.LogCaptureFixture) -> None:
    import psycopg

    engine = Distributed(postgresql, Work(), LANES, QUICK)
    try:
        with psycopg.connect(postgresql, autocommit=True) as other:
            other.execute("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
        engine.hint(Task("publish", "news"))

        eventually(lambda: 'relation "procrastinate_jobs" does not exist' in caplog.text)
    finally:
        engine.drain(5)


def test_a_lost_connection_costs_time_and_nothing_else(postgresql: str) -> None:
    import psycopg

    work = Work()
    engine = Distributed(postgresql, work, LANES, QUICK)
    engine.hint(Task("publish", "before"))
    eventually(lambda: work.done[Task("publish", "before")])

    with psycopg.connect(postgresql, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    def swept() -> int:
        engine.hint(Task("publish", "after"))
        return work.done[Task("publish", "after")]

    eventually(swept)
    assert engine.drain(20)


class Hands:
    """A clock that somebody turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_worker_whose_threads_are_all_held_does_not_go_round(postgresql: str) -> None:
    work, hands = Work(), Hands()
    engine = Distributed(postgresql, work, {"": 1}, QUICK, hands)
    try:
        engine.hint(Task("publish", "news"))
        eventually(lambda: work.done[Task("publish", "news")])
        hands.now += 1_000
        eventually(engine.turns)  # it has nothing to do, and looks
        engine.hint(Task("publish", "slow"))
        assert work.started.wait(20)
        hands.now += 1_000

        assert not engine.turns()

        work.release.set()
        eventually(engine.turns)
    finally:
        work.release.set()
        engine.drain(5)


def test_a_worker_whose_loop_is_held_does_not_go_round(postgresql: str) -> None:
    hands, held, free = Hands(), threading.Event(), threading.Event()
    engine = Distributed(postgresql, Work(), LANES, QUICK, hands)
    try:
        eventually(lambda: engine._loop)

        def hold() -> None:
            held.set()
            free.wait(20)

        assert engine._loop
        engine._loop.call_soon_threadsafe(hold)
        assert held.wait(20)
        hands.now += 1_000

        assert not engine.turns()

        free.set()
        eventually(engine.turns)
    finally:
        free.set()
        engine.drain(5)


def test_a_worker_whose_database_is_away_goes_round_all_the_same(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cannot(_: Distributed) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(Distributed, "_live", cannot)
    hands = Hands()
    engine = Distributed(postgresql, Work(), LANES, QUICK, hands)
    try:
        hands.now += 1_000

        eventually(engine.turns)
    finally:
        engine.drain(5)


def test_the_queues_tables_are_made_once(postgresql: str) -> None:
    prepare(postgresql)
    prepare(postgresql)


def test_how_many_tasks_wait_is_known_by_lane(postgresql: str) -> None:
    work = Work()
    engine = Distributed(postgresql, work, {"refresh": 1, "": 1}, QUICK)
    engine.hint(Task("refresh", "slow"))
    assert work.started.wait(20)
    engine.hint(Task("refresh", "a"))
    engine.hint(Task("refresh", "b"))

    assert engine.queued() == {"refresh": 2}
    work.release.set()
    assert engine.drain(20)
