"""What no longer fits into a feed stands in monthly archives, and nothing falls between."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from chaffinch.config import load
from chaffinch.newsroom import Newsroom

CONFIG = """
[press]
base_url = "https://press.example"
[[source]]
slug = "papers"
location = "papers"
[[feed]]
slug = "news"
limit = 5
"""
HISTORY = "http://purl.org/syndication/history/1.0"


class Archived:
    """A press of one folder, whose clock goes on a second with each look."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "papers"
        self.folder.mkdir()
        (home / "config.toml").write_text(CONFIG, "utf-8")
        self.now = datetime(2026, 4, 1, tzinfo=UTC)
        self.room = Newsroom(load(home / "config.toml"), self.clock, children=1)
        self.room.take_over()
        self.room.renew()
        self.feeds = self.room.parts.config.press.feeds_dir

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def write(self, number: int, published: datetime, more: str = "") -> None:
        text = " ".join(f"quay{number}x{word} lamp" for word in range(40))
        (self.folder / f"{number}.txt").write_text(
            f"---\nurl: https://a.example/{number}\npublished: {published.isoformat()}\ntitle: Story {number}\n---\n"
            f"{text}. {more}\n",
            "utf-8",
        )

    def publish(self) -> list[str]:
        self.room.refresh("papers")
        return list(self.room.publish("news"))

    def read(self, name: str) -> feedparser.FeedParserDict:
        return feedparser.parse((self.feeds / name).read_bytes())

    def chain(self) -> list[feedparser.FeedParserDict]:
        """The feed, then its archives as a reader finds them, newest first."""
        found, name = [], "news.atom"
        while name:
            found.append(self.read(name))
            name = link(found[-1], "prev-archive").removeprefix("https://press.example/feeds/")
        return found


def link(document: feedparser.FeedParserDict, rel: str) -> str:
    return next((found.href for found in document.feed.links if found.rel == rel), "")


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Archived]:
    press = Archived(tmp_path)
    yield press
    press.room.close()


def test_a_feed_that_holds_everything_has_no_archive(press: Archived) -> None:
    press.write(1, datetime(2026, 3, 1, tzinfo=UTC))

    press.publish()

    assert len(press.chain()) == 1
    assert not list(press.feeds.glob("news/*.atom"))


def test_following_the_archives_finds_every_article(press: Archived) -> None:
    for number in range(20):
        press.write(number, datetime(2026, 1 + number // 7, 1 + number % 7, tzinfo=UTC))

    press.publish()

    current, *archives = press.chain()
    assert [link(document, "self").rpartition("/")[2] for document in archives] == [
        "2026-03.atom", "2026-02.atom", "2026-01.atom"
    ]  # fmt: skip
    assert len(current.entries) == 5
    ids = {entry.id for document in (current, *archives) for entry in document.entries}
    assert len(ids) == 20
    for document in archives:
        assert link(document, "current") == "https://press.example/feeds/news.atom"
        assert "<fh:archive" in (press.feeds / "news" / link(document, "self").rpartition("/")[2]).read_text("utf-8")
    assert link(archives[1], "next-archive") == "https://press.example/feeds/news/2026-03.atom"
    assert link(archives[0], "next-archive") == ""


def test_only_what_changed_is_written_again(press: Archived) -> None:
    for number in range(20):
        press.write(number, datetime(2026, 1 + number // 7, 1 + number % 7, tzinfo=UTC))
    press.publish()
    nothing = press.publish()

    press.write(3, datetime(2026, 1, 4, tzinfo=UTC), "And there is more to say of it now.")
    changed = press.publish()

    assert nothing == []
    assert changed == ["news/2026-01.atom"]
    assert "more to say" in (press.feeds / "news/2026-01.atom").read_text("utf-8")


def test_a_busy_month_has_several_documents(press: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaffinch.publish.archive.A_PART", 4)
    for number in range(15):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()
    before = {path.name: path.read_bytes() for path in press.feeds.glob("news/*.atom")}
    press.write(99, datetime(2026, 3, 20, tzinfo=UTC))
    press.publish()

    assert sorted(before) == ["2026-03-2.atom", "2026-03-3.atom", "2026-03-4.atom", "2026-03.atom"]
    after = {path.name: path.read_bytes() for path in press.feeds.glob("news/*.atom")}
    assert [name for name in before if before[name] != after[name]] == ["2026-03-4.atom"]
    assert len({entry.id for document in press.chain() for entry in document.entries}) == 16


def test_a_withdrawn_article_says_so_under_its_id_before_it_goes(press: Archived) -> None:
    press.write(1, datetime(2026, 3, 1, tzinfo=UTC))
    press.write(2, datetime(2026, 3, 2, tzinfo=UTC))
    press.publish()
    before = {entry.title: entry for entry in press.read("news.atom").entries}

    press.room.hide("https://a.example/1", hidden=True)
    told = {entry.id: entry for entry in press.read("news.atom").entries}
    page = (press.feeds / "news/index.html").read_text("utf-8")
    press.now += timedelta(days=8)
    press.room.publish("news")

    notice = told[before["Story 1"].id]
    assert (notice.title, notice.content[0].value) == ("Withdrawn", "<p>This article was withdrawn.</p>")
    assert notice.updated > before["Story 1"].updated
    assert notice.published == before["Story 1"].published
    assert "Story 1" not in (press.feeds / "news.json").read_text("utf-8")
    assert "Withdrawn" not in page
    assert [entry.title for entry in press.read("news.atom").entries] == ["Story 2"]
