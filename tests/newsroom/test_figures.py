"""A whole press in figures: what was polled, read, sent, and how much room is left."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chaffinch.clock import Clock
from chaffinch.config import load
from chaffinch.errors import StoreError
from chaffinch.model import Refresh
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.space import SPARE, Space, space_at
from chaffinch.newsroom.tally import Tally
from chaffinch.ports import Task
from tests.faults.conftest import story
from tests.loopback import Clock as Turned

CONFIG = """
[[source]]
location = "articles"
slug = "quay"
every = "1h"
[[feed]]
slug = "news"
[[digest]]
slug = "daily"
when = ["daily 07:00"]
recipients = ["ann@example.org", "bob@example.org"]
[mail]
from = "x@example.org"
folder = "outbox"
"""


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Newsroom]:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "marigold.txt").write_text(story("Marigold"), "utf-8")
    (tmp_path / "articles" / "empty.txt").write_text("\n", "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    room = Newsroom(load(tmp_path / "config.toml"), clock, children=1)
    room.take_over()
    yield room
    room.close()


def figures(room: Newsroom) -> dict[str, dict[tuple[str, ...], float]]:
    return {figure.name: dict(figure.values) for figure in room.front.figures()}


def test_a_visit_a_letter_and_the_passing_of_time_show(room: Newsroom, clock: Turned) -> None:
    before = figures(room)
    for task in room.sweep():
        for follow in room.perform(task):
            for last in room.perform(follow):
                room.perform(last)
    clock.now += timedelta(hours=1, minutes=5)

    after = figures(room)

    assert (before["sources_due"], before["lateness_seconds"]) == ({(): 1}, {(): 0})
    assert (after["sources_due"], after["lateness_seconds"]) == ({(): 1}, {(): 300})
    assert after["polls"] == {("changed",): 1, ("unchanged",): 0, ("failed",): 0}
    assert after["pages"] == {("article",): 1, ("no_article",): 1, ("failed",): 0}
    assert after["extraction_yield_ratio"] == {(): 0.5}
    assert after["articles"] == {("new",): 1, ("updated",): 0}
    assert after["articles_held"] == {(): 1}
    assert after["feeds_unbuilt"] == {(): 0}
    assert after["subscriptions"]["daily", "confirmed"] == 2
    assert set(after["feed_since_publish_seconds"]) == {("news",)}
    assert after["database_up"] == {(): 1}


def test_a_source_that_is_paused_is_not_late(tmp_path: Path, room: Newsroom, clock: Turned) -> None:
    for task in room.sweep():
        room.perform(task)
    (tmp_path / "config.toml").write_text(CONFIG.replace('every = "1h"', 'every = "1h"\npaused = true'), "utf-8")
    room.reconfigure(load(tmp_path / "config.toml"))
    clock.now += timedelta(days=9)

    assert figures(room)["sources_due"] == {(): 0}
    assert figures(room)["lateness_seconds"] == {(): 0}


def test_letters_are_counted_by_where_they_stand(room: Newsroom) -> None:
    for task in room.sweep():
        room.perform(task)
    for task in room.perform(Task("close", "daily")):
        room.perform(task)

    assert figures(room)["deliveries"]["sent",] == 2
    assert figures(room)["issues"] == {("daily", "open"): 1}


def test_no_label_is_an_address_of_any_kind(room: Newsroom) -> None:
    for task in room.sweep():
        room.perform(task)

    values = {value for figure in room.front.figures() for labels in figure.values for value in labels}

    assert not [value for value in values if "@" in value or "/" in value]
    assert len(values) < 60


def test_without_a_database_what_the_process_knows_is_told_still(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise StoreError("chaffinch.db: the disk is full; make room, nothing is lost")

    monkeypatch.setattr(room.parts.database, "read", away)

    found = figures(room)

    assert found["database_up"] == {(): 0}
    assert "deliveries" not in found
    assert found["polls"]["changed",] == 0
    assert room.front.ready() == [
        "chaffinch.db: the disk is full; make room, nothing is lost",
        "no feed was published yet",
    ]


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        (Refresh("a", listed=3, new=1, problems=("one page failed",)), "changed"),
        (Refresh("a", listed=3), "unchanged"),
        (Refresh("a"), "unchanged"),
        (Refresh("a", problems=("no such host",)), "failed"),
    ],
)
def test_a_visit_is_counted_by_what_came_of_it(done: Refresh, outcome: str) -> None:
    tally = Tally()

    tally.visited(done)

    assert {kind for kind, number in tally.of("polls").items() if number} == {outcome}


def room_for(room: Newsroom, free: Callable[[], int]) -> None:
    room.parts = replace(room.parts, measure=lambda folder: Space(free(), 100 * SPARE))


def test_nothing_is_fetched_while_the_disk_is_nearly_full_and_it_goes_on_by_itself(
    room: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    free = [SPARE - 1]
    room_for(room, lambda: free[0])
    caplog.set_level("INFO", "chaffinch")

    short = [[task.verb for task in room.sweep()] for _ in range(3)]
    told = [problem.subject for problem in room.status().problems]
    ready, cautions = room.front.ready(), room.front.cautions()
    free[0] = SPARE
    later = [task.verb for task in room.sweep()]

    assert short == [["publish"]] * 3 or short == [[]] * 3
    assert told == ["disk"]
    assert len([line for line in caplog.messages if "only 200 MB are free" in line]) == 1
    assert "no feed" in " ".join(ready)
    assert "disk" not in " ".join(ready)
    assert len(cautions) == 1
    assert "refresh" in later
    assert not room.status().problems
    assert caplog.messages[-1] == "disk: there is room again, fetching goes on"


def test_who_is_being_stopped_is_not_ready(room: Newsroom) -> None:
    room.publish("news")
    assert room.front.ready() == []

    room.stop()

    assert room.front.ready() == ["it is being stopped"]


def test_run_once_fetches_nothing_either(room: Newsroom) -> None:
    room_for(room, lambda: 0)

    assert list(room.due_at_once()) == []


def test_a_small_disk_has_a_watermark_of_its_own_size() -> None:
    assert not Space(21_000, 1_000_000).is_low
    assert Space(19_000, 1_000_000).is_low
    assert not Space(SPARE, 10**13).is_low


def test_room_is_known_for_a_folder_that_is_not_there_yet(tmp_path: Path) -> None:
    here, there = space_at(tmp_path), space_at(tmp_path / "not" / "yet")

    assert here is not None
    assert there is not None
    assert there.size == here.size
