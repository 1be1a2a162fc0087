"""A burst of visits builds a feed once, and nothing of it is left out."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.duties import A_MOMENT
from chaffinch.ports import Task
from tests.faults.conftest import story
from tests.loopback import Clock

CONFIG = """
[[source]]
location = "articles"
slug = "quay"
[[feed]]
slug = "news"
"""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Newsroom]:
    (tmp_path / "articles").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    room = Newsroom(load(tmp_path / "config.toml"), clock, children=1)
    room.take_over()
    yield room
    room.close()


def visited_with(room: Newsroom, folder: Path, title: str) -> list[Task]:
    """What a visit that finds one more article leads to."""
    (folder / "articles" / f"{title}.txt").write_text(story(title), "utf-8")
    return list(room.perform(Task("refresh", "quay")))


def test_a_feed_that_was_just_built_is_left_to_the_next_look(room: Newsroom, clock: Clock, tmp_path: Path) -> None:
    first = visited_with(room, tmp_path, "Marigold")
    for task in first:
        list(room.perform(task))
    second = visited_with(room, tmp_path, "Eels")
    looked = [task for task in room.sweep() if task.verb == "publish"]
    for task in looked:
        list(room.perform(task))
    built = (tmp_path / "feeds" / "news.atom").read_text("utf-8")
    clock.now += A_MOMENT + timedelta(seconds=1)
    later = visited_with(room, tmp_path, "Harbour")

    assert (first, second, looked, later) == (
        [Task("publish", "news")],
        [],
        [Task("publish", "news")],
        [Task("publish", "news")],
    )
    assert "Eels" in built


def test_a_clock_that_is_put_back_keeps_no_feed_waiting(room: Newsroom, clock: Clock, tmp_path: Path) -> None:
    for task in visited_with(room, tmp_path, "Marigold"):
        list(room.perform(task))
    clock.now -= timedelta(hours=1)

    assert visited_with(room, tmp_path, "Eels") == [Task("publish", "news")]
