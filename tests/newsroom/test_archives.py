"""What no longer fits into a feed stands in monthly archives, and nothing falls between."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import lxml.html
import pytest
from sqlalchemy import Engine, event

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

    def reconfigure(self, old: str, new: str) -> None:
        config = self.folder.parent / "config.toml"
        config.write_text(config.read_text("utf-8").replace(old, new), "utf-8")
        self.room.reconfigure(load(config))

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
    assert changed == ["news/2026-01.atom", "news/2026-01.rss", "news/2026-01.json"]
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
    tasks = [task for task in press.room.sweep() if task.verb == "end notices"]
    follow = [after for task in tasks for after in press.room.perform(task)]
    for task in follow:
        press.room.perform(task)

    assert len(tasks) == 1
    assert [task.subject for task in follow] == ["news"]
    assert "end notices" not in [task.verb for task in press.room.sweep()]
    notice = told[before["Story 1"].id]
    assert (notice.title, notice.content[0].value) == ("Withdrawn", "<p>This article was withdrawn.</p>")
    assert notice.updated > before["Story 1"].updated
    assert notice.published == before["Story 1"].published
    assert "Story 1" not in (press.feeds / "news.json").read_text("utf-8")
    assert "Withdrawn" not in page
    assert [entry.title for entry in press.read("news.atom").entries] == ["Story 2"]


def test_json_feed_and_rss_go_back_as_far(press: Archived) -> None:
    for number in range(20):
        press.write(number, datetime(2026, 1 + number // 7, 1 + number % 7, tzinfo=UTC))
    press.publish()
    atom = {entry.id for document in press.chain() for entry in document.entries}

    items, seen, address = set(), [], "https://press.example/feeds/news.json"
    while address:
        seen.append(address)
        document = json.loads((press.feeds / address.removeprefix("https://press.example/feeds/")).read_bytes())
        assert document["feed_url"] == address
        items |= {item["id"] for item in document["items"]}
        address = document.get("next_url", "")
    guids, name, archives = set(), "news.rss", 0
    while name:
        body = (press.feeds / name).read_text("utf-8")
        archives += "<fh:archive" in body
        guids |= {entry.id for entry in press.read(name).entries}
        name = link(press.read(name), "prev-archive").removeprefix("https://press.example/feeds/")

    assert items == guids == atom
    assert seen[1:] == [f"https://press.example/feeds/news/2026-0{month}.json" for month in (3, 2, 1)]
    assert archives == 3


def test_people_turn_the_pages_from_the_feed_to_the_oldest_article(press: Archived) -> None:
    for number in range(20):
        press.write(number, datetime(2026, 1 + number // 7, 1 + number % 7, tzinfo=UTC))
    press.publish()

    def page(address: str) -> Any:
        return lxml.html.fromstring((press.feeds / address.removeprefix("/feeds/")).read_bytes())

    landing = page("/feeds/news/index.html")
    (overview,) = landing.xpath("//nav[@aria-label='Older articles']/a/@href")
    listed = page(overview).xpath("//ul[@class='months']//a/@href")
    titles, seen, address = set(landing.xpath("//main//h3/a/text()")), [], listed[0]
    while address:
        seen.append(address)
        titles |= set(page(address).xpath("//ul[@class='titles']/li/a/text()"))
        address = "".join(page(address).xpath("//nav[@class='turn']/a[@rel='prev']/@href"))

    assert titles == {f"Story {number}" for number in range(20)}
    assert seen == listed == [f"/feeds/news/2026-0{month}.html" for month in (3, 2, 1)]
    assert page(listed[0]).xpath("//nav[@class='turn']/a[@rel='next']/@href") == ["/feeds/news/"]
    assert page(listed[1]).xpath("//nav[@class='turn']/a[@rel='next']/@href") == [listed[0]]
    for address in (overview, *listed):
        assert page(address).xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert page(address).xpath("//link[@rel='alternate']/@href") == ["https://press.example/feeds/news.atom"]
        assert len(page(address).xpath("//h1")) == 1


def test_an_archive_of_fewer_articles_leaves_no_old_part_behind(
    press: Archived, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chaffinch.publish.archive.A_PART", 4)
    for number in range(13):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()
    before = {path.name for path in press.feeds.glob("news/2026-03*.atom")}

    press.room.hide("https://a.example/3", hidden=True)
    after = {path.name for path in press.feeds.glob("news/2026-03*.atom")}

    assert before - after == {"2026-03-4.atom"}
    assert not list(press.feeds.glob("news/2026-03-4*"))
    assert "2026-03-4" not in "".join(path.read_text("utf-8") for path in press.feeds.glob("news/*.html"))
    assert not [path for path in press.feeds.glob("news/2026*.*") if "lamp quay3x" in path.read_text("utf-8", "ignore")]


def test_a_feed_that_holds_everything_again_has_no_archive_any_more(press: Archived) -> None:
    for number in range(8):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()
    press.reconfigure("limit = 5", "limit = 9")

    press.publish()
    without = sorted(path.name for path in press.feeds.glob("news/*"))
    press.reconfigure("limit = 9", "limit = 5")
    press.publish()

    assert without == ["index.html", "index.html.br", "index.html.gz"]
    assert len({entry.id for document in press.chain() for entry in document.entries}) == 8


def test_a_broken_template_of_the_archive_stops_no_document(press: Archived) -> None:
    for number in range(8):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    templates = press.folder.parent / "templates/web"
    templates.mkdir(parents=True)
    (templates / "month.html").write_text("fine\n{% if %}", "utf-8")
    press.reconfigure(
        'base_url = "https://press.example"', 'base_url = "https://press.example"\ntemplates_dir = "templates"'
    )

    press.publish()
    problems = {problem.subject: problem.text for problem in press.room.status().problems}
    ids = {entry.id for document in press.chain() for entry in document.entries}
    (templates / "month.html").unlink()
    press.room.take_over()
    press.publish()

    assert "month.html:2" in problems["archives of news"]
    assert len(ids) == 8
    assert (press.feeds / "news/2026-03.html").is_file()
    assert not press.room.status().problems


def test_what_is_published_no_more_leaves_the_folder(press: Archived) -> None:
    for number in range(8):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()

    press.reconfigure('slug = "news"', 'slug = "reports"\nformerly = ["news"]')
    press.room.publish("reports")
    renamed = {path.name for path in press.feeds.rglob("*") if path.is_file()}
    press.reconfigure("limit = 5", "limit = 5\nretired = true")
    press.room.publish("reports")
    retired = {path.name for path in press.feeds.rglob("*") if path.is_file()}

    assert "reports.atom" in renamed
    assert not [name for name in renamed if name.startswith("news")]
    assert retired == {"feeds.opml", "feeds.opml.br", "feeds.opml.gz"}


def test_a_feed_that_left_the_config_is_told_of_while_its_files_stand_and_others_files_are_not(
    press: Archived,
) -> None:
    press.write(1, datetime(2026, 3, 1, tzinfo=UTC))
    press.publish()
    (press.feeds / "strange.atom").write_text("<feed><generator>Another</generator></feed>", "utf-8")

    press.reconfigure('slug = "news"', 'slug = "reports"')
    told = [problem for problem in press.room.status().problems if problem.subject.startswith("feed ")]
    press.reconfigure('slug = "reports"', 'slug = "reports"\nformerly = ["news"]')
    press.room.publish("reports")

    assert [problem.subject for problem in told] == ["feed news"]
    assert told[0].text.startswith("not in config.toml any more, but its files stand in ")
    assert not press.room.status().problems
    assert (press.feeds / "strange.atom").exists()


def test_feeds_of_one_source_by_word_and_of_all_archive_what_they_hold(press: Archived) -> None:
    more = '[[feed]]\nslug = "odd"\nlimit = 5\nmatch = "quay1x1 OR quay3x1 OR quay5x1"\n'
    press.reconfigure(
        '[[feed]]\nslug = "news"',
        more + '[[feed]]\nslug = "papers"\nlimit = 5\nsources = ["papers"]\n[[feed]]\nslug = "news"',
    )
    for number in range(12):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()
    press.room.publish("odd")
    press.room.publish("papers")

    assert len(press.read("odd.atom").entries) == 3
    assert not (press.feeds / "odd").joinpath("2026-03.atom").exists()
    assert len(press.read("papers/2026-03.atom").entries) == len(press.read("news/2026-03.atom").entries) == 12


def test_the_home_page_looks_through_nothing_for_a_feed_that_holds_nothing(press: Archived) -> None:
    press.reconfigure('slug = "news"', 'slug = "news"\nmatch = "unheard"')
    for number in range(12):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        found = press.room.front.newest("news", 3)
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert found == []
    assert len(asked) <= 8


def test_the_home_page_shows_what_the_documents_hold_without_what_was_hidden_since(press: Archived) -> None:
    for number in range(8):
        press.write(number, datetime(2026, 3, 1 + number, tzinfo=UTC))
    press.publish()

    before = [article.title for article in press.room.front.newest("news", 3)]
    press.room.hide("https://a.example/7", hidden=True)
    after = [article.title for article in press.room.front.newest("news", 3)]

    assert before == ["Story 7", "Story 6", "Story 5"]
    assert after == ["Story 6", "Story 5", "Story 4"]
