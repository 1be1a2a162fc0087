"""Machines that share a press know which of them live."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaffinch.cli import machines
from chaffinch.cli.daemon import run_once
from chaffinch.cli.machines import Clocks, living
from chaffinch.config import load
from chaffinch.errors import StoreError
from chaffinch.newsroom import Newsroom
from chaffinch.store.leases import Leases
from chaffinch.store.workers import Workers


@pytest.fixture
def room(postgresql: str, tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(f'[press]\ndatabase_url = "{postgresql}"\n', "utf-8")
    made = Newsroom(load(tmp_path / "config.toml"), children=1)
    yield made
    made.close()


def test_a_command_lives_for_as_long_as_it_works(room: Newsroom) -> None:
    with living(room):
        assert room.parts.workers.alive() == [room.parts.worker]

    assert room.parts.workers.alive() == []
    assert room.parts.workers.dead() == [room.parts.worker]


def test_run_once_lives_for_as_long_as_it_works(room: Newsroom, tmp_path: Path) -> None:
    assert run_once(load(tmp_path / "config.toml"))

    assert room.parts.workers.alive() == []
    assert len(room.parts.workers.dead()) == 1


def test_the_last_that_a_command_says_is_that_it_ends(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    told, saying, ended = list[str](), threading.Event(), threading.Event()
    live, die = room.live, Workers.die

    def slowly(name: str, seconds: float) -> None:
        if threading.current_thread() is not threading.main_thread():
            saying.set()
            ended.wait(0.3)
        live(name, seconds)
        told.append("lives")

    def ends(workers: Workers, name: str) -> None:
        die(workers, name)
        told.append("ends")
        ended.set()

    monkeypatch.setattr(machines, "PUMP", 0.001)
    monkeypatch.setattr(room, "live", slowly)
    monkeypatch.setattr(Workers, "die", ends)

    with living(room):
        assert saying.wait(20)
    for thread in threading.enumerate():
        if thread.name == "living":
            thread.join(20)

    assert told[-1] == "ends"
    assert room.parts.workers.alive() == []


def test_nobody_is_buried_until_everybody_had_time_to_tell_after_the_database_was_away(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    clocks, workers = Clocks(room, monotonic=lambda: now), room.parts.workers
    hold = Leases.hold
    workers.live("neighbour", -1)

    def away(*_: object) -> bool:
        raise StoreError("away")

    monkeypatch.setattr(Leases, "hold", away)
    assert not clocks.count()
    monkeypatch.setattr(Leases, "hold", hold)

    assert clocks.count()
    assert workers.dead() == ["neighbour"]
    now += 60
    assert clocks.count()
    assert workers.dead() == []
