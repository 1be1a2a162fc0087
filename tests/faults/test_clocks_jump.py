"""The clock jumps, feeds are read while they are written: nothing comes twice, is lost, or torn."""

import gzip
import json
import threading
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from tests.faults.conftest import story
from tests.loopback import Clock

CONFIG = """
[[source]]
location = "articles"
slug = "quay"
every = "1m"
[[feed]]
slug = "news"
[[digest]]
slug = "daily"
when = ["daily 07:00"]
recipients = ["ann@example.org"]
[mail]
from = "x@example.org"
folder = "outbox"
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


def work(room: Newsroom) -> None:
    tasks = deque([Task("sweep")])
    while tasks:
        tasks.extend(room.perform(tasks.popleft()))


def told(home: Path) -> list[str]:
    """Every article that a letter tells of, once for each letter that does."""
    letters = [message_from_bytes(file.read_bytes()) for file in (home / "outbox").glob("*.eml")]
    texts = [
        part.get_payload(decode=True)
        for letter in letters
        for part in letter.walk()
        if part.get_content_type() == "text/plain"
    ]
    words = [text.decode() if isinstance(text, bytes) else "" for text in texts]
    return [name for text in words for name in ("Marigold", "Petrel", "Kestrel") if f"The {name} returns" in text]


@pytest.mark.parametrize("jump", [timedelta(days=-2), timedelta(hours=-1), timedelta(days=400)], ids=str)
def test_a_clock_that_jumps_loses_no_article_and_tells_none_twice(
    room: Newsroom, clock: Clock, tmp_path: Path, jump: timedelta
) -> None:
    for name, then in (("Marigold", timedelta(days=1)), ("Petrel", jump), ("Kestrel", timedelta(days=1))):
        (tmp_path / "articles" / f"{name}.txt").write_text(story(name), "utf-8")
        work(room)
        clock.now += then
        work(room)
    for _ in range(4):  # whatever the jump was, time goes on
        clock.now += timedelta(days=1)
        work(room)

    items = json.loads((tmp_path / "feeds" / "news.json").read_bytes())["items"]
    assert sorted(item["title"] for item in items) == [
        f"The {n} returns to the harbour" for n in ("Kestrel", "Marigold", "Petrel")
    ]
    assert len({item["id"] for item in items}) == 3
    assert len(told(tmp_path)) == len(set(told(tmp_path))), "no article twice in the mail"
    assert not room.status().problems


def test_whoever_reads_while_we_write_gets_the_old_file_or_the_new_one(room: Newsroom, tmp_path: Path) -> None:
    for name in ("Marigold", "Petrel", "Kestrel"):
        (tmp_path / "articles" / f"{name}.txt").write_text(story(name), "utf-8")
    work(room)
    key = next(iter(room.parts.articles.newest(("quay",)))).key
    file, ended, torn, read = tmp_path / "feeds" / "news.json", threading.Event(), list[str](), list[int]()

    def reading() -> None:
        while not ended.is_set():
            for body in (file.read_bytes(), gzip.decompress(file.with_name("news.json.gz").read_bytes())):
                try:
                    read.append(len(json.loads(body)["items"]))
                except ValueError as error:
                    torn.append(str(error))

    readers = [threading.Thread(target=reading) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(8):
        room.hide(key, hidden=number % 2 == 0)
    ended.set()
    for reader in readers:
        reader.join()

    assert torn == []
    assert set(read) <= {2, 3}
    assert read
