"""One story of two sources is one entry, or two that know each other."""

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from chaffinch.config import Web, load
from chaffinch.newsroom import Newsroom
from chaffinch.web.app import build
from chaffinch.web.server import Server

STORY = """---
url: https://{host}/ferry
publisher: {publisher}
published: 2026-03-01T06:00:00+00:00
title: {title}
---
The ferry between Saltmere and the island sails again from Monday, after eleven weeks in which nobody could say when.

Its captain told us on the quay that the new engine had been tried out at night and in rain, and that both of them had
slept badly before and well after. The council pays for half of the repair, the island for the other half, and both say
that it was too much. Tickets cost what they cost before the winter, and bicycles travel free until the end of May.
"""

CONFIG = """
[press]
base_url = "https://press.example"
[[source]]
slug = "gazette"
location = "gazette"
[[source]]
slug = "courier"
location = "courier"
[[feed]]
slug = "merged"
[[feed]]
slug = "apart"
merge = false
[[feed]]
slug = "courier-only"
sources = ["courier"]
[[digest]]
slug = "daily"
feeds = ["merged"]
when = ["daily 07:00"]
[mail]
from = "The Press <digest@press.example>"
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    for folder, publisher, title in (
        ("gazette", "Gazette", "The ferry sails again"),
        ("courier", "Courier", "Island ferry is back"),
    ):
        (tmp_path / folder).mkdir()
        text = STORY.format(host=f"{folder}.example", publisher=publisher, title=title)
        (tmp_path / folder / "ferry.txt").write_text(text, "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    moments = (now + timedelta(seconds=second) for second in range(100_000))
    room = Newsroom(load(tmp_path / "config.toml"), lambda: next(moments), children=1)
    room.take_over()
    yield room
    room.close()


def entries(room: Newsroom, feed: str) -> list[feedparser.FeedParserDict]:
    room.publish(feed)
    found: list[feedparser.FeedParserDict] = feedparser.parse(
        (room.parts.config.press.feeds_dir / f"{feed}.atom").read_bytes()
    ).entries
    return found


def test_one_story_is_one_entry_that_names_all_its_sources(room: Newsroom) -> None:
    room.refresh("gazette")
    (before,) = entries(room, "merged")
    room.refresh("courier")

    (after,) = entries(room, "merged")

    assert (after.id, after.published, after.updated) == (before.id, before.published, before.updated)
    assert [link.href for link in after.links if link.rel == "via"] == ["https://courier.example/ferry"]
    assert '<a href="https://courier.example/ferry">Courier</a>' in after.content[0].value


OTHER = """---
url: https://courier.example/ferry
publisher: Courier
published: 2026-03-01T06:00:00+00:00
title: Island ferry is back
---
Nobody at the Courier knew anything on Sunday night but that a ship with lights had been seen beyond the northern pier.

We shall write more as soon as somebody answers the telephone at the harbour office, which has been closed since Friday
because of a wedding; until then our readers are asked to look out of their windows, and to tell us what they see there.
"""


def test_an_edit_that_brings_two_reports_together_makes_them_one_story(room: Newsroom, tmp_path: Path) -> None:
    report = (tmp_path / "courier" / "ferry.txt").read_text("utf-8")
    (tmp_path / "courier" / "ferry.txt").write_text(OTHER, "utf-8")
    room.refresh("gazette")
    room.refresh("courier")
    before = {entry.title: entry.id for entry in entries(room, "merged")}

    (tmp_path / "courier" / "ferry.txt").write_text(report, "utf-8")
    room.refresh("courier")
    dirty = set(room.parts.articles.dirty())
    (after,) = entries(room, "merged")
    apart = {entry.title: entry.id for entry in entries(room, "apart")}

    assert set(before) == {"The ferry sails again", "Island ferry is back"}
    assert {"merged", "apart"} <= dirty
    assert after.id == before["The ferry sails again"]
    assert [link.href for link in after.links if link.rel == "via"] == ["https://courier.example/ferry"]
    assert apart == before


def test_a_feed_that_does_not_merge_shows_the_coverage_linked_as_the_same_story(room: Newsroom) -> None:
    room.refresh("gazette")
    room.refresh("courier")

    found = {entry.title: entry for entry in entries(room, "apart")}

    assert set(found) == {"The ferry sails again", "Island ferry is back"}
    related = [link.href for link in found["Island ferry is back"].links if link.rel == "related"]
    assert related == ["https://gazette.example/ferry"]


def test_a_feed_without_the_first_source_shows_the_second(room: Newsroom) -> None:
    room.refresh("gazette")
    room.refresh("courier")

    assert [entry.title for entry in entries(room, "courier-only")] == ["Island ferry is back"]


def test_when_the_first_is_withdrawn_the_second_stands_in_its_place(room: Newsroom) -> None:
    room.refresh("gazette")
    room.refresh("courier")
    room.hide("https://gazette.example/ferry", hidden=True)

    found = [entry for entry in entries(room, "merged") if "withdrawn" not in entry.title.lower()]

    assert [entry.title for entry in found] == ["Island ferry is back"]
    assert not [link for link in found[0].links if link.rel == "via"]


def test_an_articles_page_says_where_the_same_story_stands(room: Newsroom) -> None:
    room.refresh("gazette")
    room.refresh("courier")
    server = Server(build(room.front), Web(bind="127.0.0.1:0"))
    server.start()
    try:
        key = room.article("https://gazette.example/ferry").key
        with urllib.request.urlopen(f"{server.address}/articles/{key}") as answer:
            shown = answer.read().decode()
    finally:
        server.stop(2)

    assert '<a href="https://courier.example/ferry" dir="auto">Island ferry is back</a>' in shown


def test_what_only_private_feeds_hold_is_named_nowhere_else(room: Newsroom, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    told = CONFIG.replace('slug = "merged"', 'slug = "merged"\nsources = ["gazette"]').replace(
        'slug = "apart"', 'slug = "apart"\nsources = ["gazette"]'
    )
    config.write_text(told.replace('slug = "courier-only"', 'slug = "courier-only"\nprivate = true'), "utf-8")
    room.reconfigure(load(config))
    room.refresh("gazette")
    room.refresh("courier")

    (merged,) = entries(room, "merged")
    key = room.article("https://gazette.example/ferry").key
    page = room.front.article(key)

    assert "courier" not in str(merged)
    assert page is not None
    assert page.also == ()


def test_a_letter_tells_a_story_once(room: Newsroom) -> None:
    room.refresh("gazette")
    room.refresh("courier")

    told = room.post.preview("daily").issue.articles

    assert [article.title for article in told] == ["The ferry sails again"]
