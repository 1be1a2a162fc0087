"""A hub hears of each change, sooner or later, and nothing waits for it."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import feedparser
import pytest

from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.publish.websub import TRIES

CONFIG = """
[press]
base_url = "https://press.example"
[[source]]
slug = "papers"
location = "papers"
[[feed]]
slug = "news"
hub = "{hub}"
[fetch]
allow_private = ["127.0.0.0/8"]
"""


class Hub:
    """A hub that keeps what it is told, and answers as it is told to."""

    def __init__(self) -> None:
        self.status, self.heard = 204, list[dict[str, list[str]]]()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                hub.heard.append(parse_qs(body))
                self.send_response(hub.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Telling:
    def __init__(self, home: Path) -> None:
        self.hub, self.now, self.home = Hub(), datetime(2026, 4, 1, tzinfo=UTC), home
        (home / "papers").mkdir()
        (home / "config.toml").write_text(CONFIG.format(hub=self.hub.url), "utf-8")
        self.room = Newsroom(load(home / "config.toml"), lambda: self.now, children=1)
        self.room.take_over()

    def change(self, text: str) -> None:
        (self.home / "papers" / "a.txt").write_text(f"The ferry\n\n{text} " * 20, "utf-8")
        self.now += timedelta(minutes=1)
        self.room.refresh("papers")
        self.room.publish("news")

    def tell(self) -> None:
        for task in self.room.sweep():
            if task.verb == "ping":
                self.room.perform(task)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Telling]:
    press = Telling(tmp_path)
    yield press
    press.hub.server.shutdown()
    press.room.close()


def test_a_change_is_told_once_and_nothing_when_nothing_changed(press: Telling) -> None:
    press.change("It sails again from Monday on.")
    press.tell()
    press.room.publish("news")
    press.tell()

    (told,) = press.hub.heard
    assert told["hub.mode"] == ["publish"]
    assert "https://press.example/feeds/news.atom" in told["hub.url"]


def test_the_documents_name_the_hub(press: Telling) -> None:
    press.change("It sails again from Monday on.")

    folder = press.room.parts.config.press.feeds_dir
    for name in ("news.atom", "news.rss"):
        links = feedparser.parse((folder / name).read_bytes()).feed.links
        assert [link.href for link in links if link.rel == "hub"] == [press.hub.url]
    assert press.hub.url in (folder / "news.json").read_text("utf-8")


def test_a_hub_that_fails_is_told_later_and_meanwhile_the_owner_knows(press: Telling) -> None:
    press.hub.status = 503
    press.change("It sails again from Monday on.")
    press.tell()
    press.tell()
    noted = [problem.subject for problem in press.room.status().problems]
    press.hub.status = 202
    press.now += timedelta(minutes=2)
    press.tell()

    assert len(press.hub.heard) == 2
    assert noted == ["hub of feed news"]
    assert press.room.status().problems == ()
    assert not list(press.room.parts.pings.due(press.now + timedelta(days=9)))


def test_a_hub_that_never_answers_is_given_up_until_the_next_change(press: Telling) -> None:
    press.hub.status = 500
    press.change("It sails again from Monday on.")
    for _ in range(TRIES + 3):
        press.tell()
        press.now += timedelta(hours=7)
    given_up = len(press.hub.heard)
    press.change("It does not sail after all, they said.")
    press.tell()

    assert (given_up, len(press.hub.heard)) == (TRIES, TRIES + 1)
