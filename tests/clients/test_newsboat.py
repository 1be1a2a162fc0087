"""newsboat, a reader of many Linux distributions, subscribes to a press."""

import shutil
import sqlite3
import subprocess
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import Harbour, Wire

NEWSBOAT = shutil.which("newsboat")
pytestmark = pytest.mark.skipif(NEWSBOAT is None, reason="there is no newsboat on this machine")


class Newsboat:
    """A newsboat with a home of its own, subscribed to one feed."""

    def __init__(self, home: Path, feed: str) -> None:
        self.home, self.cache = home, home / "cache.db"
        home.mkdir()
        (home / "urls").write_text(feed + "\n", "utf-8")
        (home / "config").touch()

    def reload(self) -> None:
        assert NEWSBOAT is not None
        done = subprocess.run(
            [NEWSBOAT, "-u", self.home / "urls", "-c", self.cache, "-C", self.home / "config", "-x", "reload"],
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            check=False,
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"{self.cache.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    @property
    def unread(self) -> set[str]:
        """The guids of what was not read yet."""
        return {guid for (guid,) in self.rows("SELECT guid FROM rss_item WHERE unread = 1 AND deleted = 0")}

    def read_all(self) -> None:
        """As if somebody had read everything."""
        with closing(sqlite3.connect(self.cache)) as connection:
            connection.execute("UPDATE rss_item SET unread = 0")
            connection.commit()

    @property
    def items(self) -> dict[str, str]:
        """Every entry's guid and text; each is there once."""
        rows = self.rows("SELECT guid, content FROM rss_item WHERE deleted = 0")
        assert len(rows) == len({guid for guid, _ in rows})
        return dict(rows)


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_it_sees_every_article_once_and_in_full(harbour: Harbour, tmp_path: Path, form: str) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address(form))

    newsboat.reload()

    assert newsboat.rows("SELECT title, url FROM rss_feed") == [
        ("News of the Quay", f"{harbour.press.url}/feeds/news/")
    ]
    assert newsboat.rows("SELECT title, author, url, pubDate FROM rss_item ORDER BY pubDate") == [
        ("The Marigold is back", "Mara Lind", "https://quay.example/ships/marigold", 1772409600),
        ("The Petrel is back", "Mara Lind", "https://quay.example/ships/petrel", 1772413200),
        ("The Häher & Sohn is back", "Mara Lind", "https://quay.example/ships/haeher", 1772416800),
    ]
    assert len(newsboat.items) == 3
    for content in newsboat.items.values():
        assert '<a href="https://quay.example/ships/' in content
        assert "The Quay Gazette" in content
        assert harbour.SEEN in content
        assert "is true &amp; &lt;written down&gt;; " in content
        assert content.rstrip().endswith("is not yet in sight.</p>")
    for told in ("out of onions", "a lost anchor", "through the portholes"):
        assert len([content for content in newsboat.items.values() if told in content]) == 1


def test_looking_again_brings_nothing_twice(harbour: Harbour, tmp_path: Path) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address("atom"))
    newsboat.reload()
    before = newsboat.items

    harbour.publish()
    newsboat.reload()
    newsboat.reload()

    assert newsboat.items == before
    with urllib.request.urlopen(harbour.address("atom")) as answer:
        etag = answer.headers["ETag"]
    ((kept,),) = newsboat.rows("SELECT etag FROM rss_feed")
    assert etag.strip('"') in kept


def test_a_new_article_is_one_entry_more(harbour: Harbour, tmp_path: Path) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address("atom"))
    newsboat.reload()
    before = newsboat.items

    harbour.write("Osprey")
    harbour.publish()
    newsboat.reload()

    after = newsboat.items
    assert {guid: after[guid] for guid in before} == before
    (new,) = set(after) - set(before)
    assert "crates of lemons" in after[new]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_an_edited_article_stays_one_entry(harbour: Harbour, tmp_path: Path, form: str) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address(form))
    newsboat.reload()
    before = newsboat.items

    harbour.write("Petrel", hour=1, seen="the mayor was among them, and so was her dog")
    harbour.publish()
    newsboat.reload()

    after = newsboat.items
    assert set(after) == set(before)
    (changed,) = [guid for guid in before if after[guid] != before[guid]]
    assert "so was her dog" in after[changed]


def test_an_article_that_was_renamed_stays_one_entry(harbour: Harbour, tmp_path: Path) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address("atom"))
    newsboat.reload()
    before = set(newsboat.items)

    (file,) = tmp_path.glob("ships/petrel.txt")
    file.rename(file.with_name("the-petrel-again.txt"))
    harbour.publish()
    newsboat.reload()

    assert set(newsboat.items) == before


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_an_unchanged_feed_is_not_sent_again(harbour: Harbour, wire: Wire, tmp_path: Path, form: str) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", wire.address(form))

    for _ in range(4):
        harbour.publish()
        newsboat.reload()

    # It forgets the validators of its very first visit.
    assert wire.statuses == [200, 200, 304, 304]


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_what_was_read_stays_read(harbour: Harbour, tmp_path: Path, form: str) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address(form))
    newsboat.reload()
    before = newsboat.items
    newsboat.read_all()

    harbour.write("Petrel", hour=1, seen="the mayor was among them")
    harbour.write("Osprey")
    harbour.publish()
    newsboat.reload()

    assert newsboat.unread == set(newsboat.items) - set(before)
    assert len(newsboat.unread) == 1


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_two_changes_within_one_second_are_both_seen(harbour: Harbour, tmp_path: Path, form: str) -> None:
    newsboat = Newsboat(tmp_path / "newsboat", harbour.address(form))
    for _ in range(3):
        newsboat.reload()

    for seen in ("half of the town has heard it", "half of the town has smelt it"):
        harbour.write("Petrel", hour=1, seen=seen)
        harbour.hurry()
        newsboat.reload()

        assert len([content for content in newsboat.items.values() if seen in content]) == 1
    assert len(newsboat.items) == 3
