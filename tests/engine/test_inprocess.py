"""Tasks on threads: none lost, none doubled, one failure alone."""

import threading
from collections import Counter
from collections.abc import Iterable

from chaffinch.engine.inprocess import InProcess
from chaffinch.ports import Task


def test_what_a_task_leads_to_is_done_too() -> None:
    done: list[Task] = []

    def perform(task: Task) -> Iterable[Task]:
        done.append(task)
        return [Task("publish", "news")] if task.verb == "refresh" else []

    engine = InProcess(perform)
    engine.hint(Task("refresh", "wire"))
    engine.wait_until_idle()

    assert done == [Task("refresh", "wire"), Task("publish", "news")]
    assert engine.drain(5)


def test_a_task_that_waits_already_is_not_taken_twice() -> None:
    release, counts = threading.Event(), Counter[Task]()

    def perform(task: Task) -> Iterable[Task]:
        counts[task] += 1
        release.wait(5)
        return ()

    engine = InProcess(perform, {"": 1})
    for _ in range(10):
        engine.hint(Task("publish", "a"))
        engine.hint(Task("publish", "b"))
    release.set()
    engine.wait_until_idle()

    assert counts[Task("publish", "b")] == 1
    assert counts[Task("publish", "a")] <= 2
    assert engine.drain(5)


def test_a_task_hinted_while_it_runs_is_run_once_more_and_never_beside_itself() -> None:
    started, release, runs = threading.Event(), threading.Event(), Counter[str]()
    together: list[int] = []

    def perform(task: Task) -> Iterable[Task]:
        runs["now"] += 1
        runs["all"] += 1
        together.append(runs["now"])
        started.set()
        release.wait(5)
        runs["now"] -= 1
        return ()

    engine = InProcess(perform, {"": 4})
    engine.hint(Task("deliver", "7"))
    assert started.wait(5)
    engine.hint(Task("deliver", "7"))
    release.set()
    engine.wait_until_idle()

    assert runs["all"] == 2
    assert max(together) == 1
    assert engine.drain(5)


def test_a_task_that_fails_stops_nothing_else() -> None:
    done: list[str] = []

    def perform(task: Task) -> Iterable[Task]:
        if task.subject == "bad":
            raise ZeroDivisionError
        done.append(task.subject)
        return ()

    engine = InProcess(perform, {"": 1})
    for subject in ("bad", "good"):
        engine.hint(Task("publish", subject))
    engine.wait_until_idle()

    assert done == ["good"]
    assert engine.drain(5)


def test_draining_starts_nothing_more_and_says_when_something_still_runs() -> None:
    started, release, done = threading.Event(), threading.Event(), Counter[str]()

    def perform(task: Task) -> Iterable[Task]:
        started.set()
        release.wait(10)
        done[task.subject] += 1
        return ()

    engine = InProcess(perform, {"": 1})
    engine.hint(Task("publish", "first"))
    assert started.wait(5)
    engine.hint(Task("publish", "second"))

    assert not engine.drain(0.05)
    release.set()
    assert engine.drain(5)
    assert done == {"first": 1}
