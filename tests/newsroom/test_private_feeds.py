"""A private feed is read by whoever was given a token, and by nobody else."""

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from chaffinch.config import Config, Web, load
from chaffinch.errors import ConfigError, InputError
from chaffinch.newsroom import Newsroom
from chaffinch.web.app import build
from chaffinch.web.server import Server
from tests.databases import Where

CONFIG = """
[press]
base_url = "https://press.example"
[[source]]
slug = "papers"
location = "papers"
[[feed]]
slug = "secret"
private = {private}
[[feed]]
slug = "open"
match = "nothing matches this"
"""


class Private:
    def __init__(self, home: Path) -> None:
        self.home, self.now = home, datetime(2026, 4, 1, tzinfo=UTC)
        (home / "papers").mkdir()
        text = "---\npublished: 2026-03-01\n---\nThe ferry\n\n" + "It sails again from Monday on, they say. " * 20
        (home / "papers" / "a.txt").write_text(text, "utf-8")
        self.room = Newsroom(self.config("false"), lambda: self.now, children=1)
        self.room.take_over()
        self.room.refresh("papers")
        self.server = Server(build(self.room.front), Web(bind="127.0.0.1:0"))
        self.server.start()
        self.publish()

    def config(self, private: str) -> Config:
        (self.home / "config.toml").write_text(CONFIG.format(private=private), "utf-8")
        return load(self.home / "config.toml")

    def publish(self) -> None:
        self.now += timedelta(minutes=1)
        for feed in ("secret", "open"):
            self.room.publish(feed)

    def get(self, address: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=5)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", address.removeprefix("https://press.example"), headers=named)
        return connection.getresponse()


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Private]:
    press = Private(tmp_path)
    press.room.reconfigure(press.config("true"))
    press.publish()
    yield press
    press.server.stop(2)
    press.room.close()


def test_a_private_feed_in_which_nothing_changed_is_not_touched(where: Where, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    text = "---\npublished: 2026-03-01\n---\nThe ferry\n\n" + "It sails again from Monday on, they say. " * 20
    (tmp_path / "papers" / "a.txt").write_text(text, "utf-8")
    place = f'database_url = "{where}"\n' if isinstance(where, str) else ""
    written = CONFIG.format(private="true").replace("[press]\n", f"[press]\n{place}")
    (tmp_path / "config.toml").write_text(written, "utf-8")
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    room.take_over()
    room.refresh("papers")

    first, second = room.publish("secret"), room.publish("secret")
    room.close()

    assert {"secret.atom", "secret.json", "secret.rss"} <= set(first)
    assert second == ()


def test_who_has_a_token_reads_until_it_is_taken_back(press: Private) -> None:
    atom, *_ = press.room.feed_keys.give("secret", "Ann")
    first = press.get(atom)
    body = first.read()
    again = press.get(atom, If_None_Match=first.headers["ETag"])
    press.room.feed_keys.take_back("secret", "Ann")

    feed = feedparser.parse(body)
    assert [entry.title for entry in feed.entries] == ["The ferry"]
    assert [link.href for link in feed.feed.links if link.rel == "self"] == [atom]
    assert first.headers["Cache-Control"].startswith("private")
    assert first.headers["X-Robots-Tag"] == "noindex"
    assert (first.status, again.status, press.get(atom).status) == (200, 304, 404)


def test_nobody_else_finds_anything_of_it(press: Private) -> None:
    key = next(iter(press.room.parts.articles.newest())).key

    assert press.get("/private/guessed/secret.atom").status == 404
    assert press.get("/feeds/secret.atom").status == 404
    assert press.get(f"/articles/{key}").status == 404
    assert b"ferry" not in press.get("/search?q=ferry").read().partition(b"<h2")[2]
    assert b"secret" not in press.get("/").read()
    assert b"secret" not in press.get("/feeds.opml").read()
    assert not [path for path in (press.home / "feeds").rglob("*") if "secret" in str(path) and path.is_file()]


def test_an_article_without_an_address_has_its_page_behind_the_token(press: Private) -> None:
    atom, *_ = press.room.feed_keys.give("secret", "Ann")
    (entry,) = feedparser.parse(press.get(atom).read()).entries

    page = press.get(entry.link)
    told = page.read().decode()
    press.room.hide(next(iter(press.room.parts.articles.newest())).key, hidden=True)
    withdrawn = press.get(entry.link)
    withdrawn.read()
    press.room.feed_keys.take_back("secret", "Ann")

    assert entry.link.startswith(atom.removesuffix("secret.atom") + "articles/")
    assert page.status == 200
    assert "It sails again from Monday on" in told
    assert page.headers["Cache-Control"].startswith("private")
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "the-token-of-this-reader" not in told
    assert (withdrawn.status, press.get(entry.link).status) == (410, 404)


def test_a_token_opens_no_page_of_another_private_feed(press: Private) -> None:
    text = (press.home / "config.toml").read_text(
        "utf-8"
    ) + '[[feed]]\nslug = "other"\nprivate = true\nmatch = "zebra"\n'
    (press.home / "config.toml").write_text(text, "utf-8")
    press.room.reconfigure(load(press.home / "config.toml"))
    other, *_ = press.room.feed_keys.give("other", "Bob")
    key = next(iter(press.room.parts.articles.newest())).key

    assert press.get(other.replace("other.atom", f"articles/{key}")).status == 404
    assert press.get(f"/private/guessed/articles/{key}").status == 404


def test_one_token_opens_one_feed_and_a_new_one_ends_the_old(press: Private) -> None:
    old, *_ = press.room.feed_keys.give("secret", "Ann")
    new, *_ = press.room.feed_keys.give("secret", "Ann")

    assert (press.get(old).status, press.get(new).status) == (404, 200)
    assert press.get(new.replace("secret.atom", "open.atom")).status == 404
    assert [reader for reader, _ in press.room.feed_keys.readers("secret")] == ["Ann"]


def test_mistakes_are_one_clear_line(press: Private) -> None:
    with pytest.raises(ConfigError, match="everybody may read it"):
        press.room.feed_keys.give("open", "Ann")
    with pytest.raises(InputError, match="has no addresses"):
        press.room.feed_keys.take_back("secret", "Bob")
