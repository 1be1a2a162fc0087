"""The whole story: a site with furniture becomes feeds and letters, for one who signs up, says yes and leaves again."""

import re
import urllib.error
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from chaffinch.model import IssueState
from tests.loopback import PostOffice, Press, Site, eventually, link, text_of

STORIES = {
    "ferry": ("The ferry sails again", "ferry"),
    "eels": ("Nine hundred eels are counted", "eels"),
    "bridge": ("The council is split over the bridge", "bridge"),
    "bakery": ("The bakery opens at midnight", "bakery"),
    "clock": ("The tide clock is four minutes slow", "clock"),
}
JUNK = (
    "Subscribe to our newsletter",
    "Please enter your comment!",
    "Most Visited",
    "Share this on",
    "All rights reserved",
)

SOURCES = """
[[source]]
location = "{site}/"
slug = "front"
kind = "index"
every = "1h"
[[source]]
location = "{site}/feed.xml"
slug = "wire"
every = "1h"
"""


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site(STORIES)
    site.shown = ["ferry", "eels", "bridge"]
    yield site
    site.server.shutdown()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.controller.stop()


@pytest.fixture
def press(tmp_path: Path, site: Site, office: PostOffice) -> Iterator[Press]:
    press = Press(tmp_path, office, SOURCES.format(site=site.url))
    yield press
    press.close()


def test_the_whole_story(press: Press, site: Site, office: PostOffice) -> None:
    # The site's articles are listed twice, on a page and in a partial feed, and published once each, whole and clean.
    press.work()
    feed = feedparser.parse(press.get("/feeds/news.atom"))
    assert sorted(entry.title for entry in feed.entries) == sorted(STORIES[name][0] for name in site.shown)
    for entry in feed.entries:
        assert "It was a grey morning" in entry.content[0].value
        assert "keep clear of the old pier" in entry.content[0].value
        assert not [junk for junk in JUNK if junk in entry.content[0].value]
    assert press.room.status().problems == ()

    # Somebody signs up on the web, and gets a letter that asks whether they mean it.
    form = press.get("/digests/daily/")
    stamp = re.search(r'name="stamp" value="([^"]+)"', form)
    assert stamp
    press.clock.now += timedelta(seconds=30)
    press.post("/digests/daily/subscribe", address="reader@home.example", stamp=stamp[1], cadence="daily 07:00")
    eventually(lambda: len(office.letters) == 1)
    (asking,) = office.letters
    assert asking["To"] == "reader@home.example"

    # Looking at the link changes nothing; the button does.
    confirm = link(asking, "confirm")
    press.get(confirm)
    subscriptions = press.room.parts.subscriptions
    assert [row.status for row in subscriptions.list("daily")] == ["pending"]
    press.post(confirm)
    assert [row.status for row in subscriptions.list("daily")] == ["confirmed"]
    eventually(lambda: len(office.letters) == 2)

    # What was found by backfill is in no letter. Two articles come, the hour comes, and the first issue waits.
    site.shown = [*site.shown, "bakery", "clock"]
    press.clock.now = datetime(2026, 3, 2, 20, tzinfo=UTC)
    press.work()
    press.clock.now = datetime(2026, 3, 3, 6, 0, 30, tzinfo=UTC)
    press.work()
    issue = press.room.parts.issues.latest("daily")
    assert issue is not None
    assert (issue.state, len(office.letters)) == (IssueState.HELD, 2)
    assert {article.title for article in issue.articles} == {STORIES[name][0] for name in ("bakery", "clock")}

    # The owner approves; one letter goes to the one subscriber, once.
    press.room.post.release("daily")
    press.work()
    press.work()
    assert len(office.letters) == 3
    letter = office.letters[-1]
    assert "The bakery opens at midnight" in text_of(letter)
    assert not [junk for junk in JUNK if junk in text_of(letter)]
    assert "The Daily Quay" in press.get("/digests/daily/1")

    # One click, by POST only, ends it; the next day's news comes without a letter.
    unsubscribe = re.search(r"<(http[^>]+)>", letter["List-Unsubscribe"])
    assert unsubscribe
    press.get(unsubscribe[1])
    assert [row.status for row in subscriptions.list("daily")] == ["confirmed"]
    press.post(unsubscribe[1], **{"List-Unsubscribe": "One-Click"})
    assert [row.status for row in subscriptions.list("daily")] == ["ended"]
    site.shown = [*site.shown, "ferry"]
    site.stories["ferry-again"] = ("The ferry sails a third time", "lighthouse")
    site.shown = [*site.shown, "ferry-again"]
    press.clock.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    press.work()
    press.clock.now = datetime(2026, 3, 4, 6, 1, tzinfo=UTC)
    press.work()
    assert press.room.parts.issues.count("daily") == 2
    assert len(office.letters) == 3


def test_an_address_that_nobody_confirmed_gets_no_letters(press: Press, site: Site, office: PostOffice) -> None:
    press.work()
    stamp = re.search(r'name="stamp" value="([^"]+)"', press.get("/digests/daily/"))
    assert stamp
    press.clock.now += timedelta(seconds=30)
    for _ in range(3):
        press.post("/digests/daily/subscribe", address="reader@home.example", stamp=stamp[1], cadence="daily 07:00")
    eventually(lambda: len(office.letters) == 1)

    site.shown = [*site.shown, "bakery"]
    press.clock.now = datetime(2026, 3, 3, 5, tzinfo=UTC)
    press.work()
    press.clock.now = datetime(2026, 3, 3, 6, 1, tzinfo=UTC)
    press.work()
    press.room.post.release("daily")
    press.work()

    assert len(office.letters) == 1


def test_a_token_for_one_thing_is_no_token_for_another(press: Press, office: PostOffice) -> None:
    stamp = re.search(r'name="stamp" value="([^"]+)"', press.get("/digests/daily/"))
    assert stamp
    press.clock.now += timedelta(seconds=30)
    press.post("/digests/daily/subscribe", address="reader@home.example", stamp=stamp[1], cadence="daily 07:00")
    eventually(lambda: len(office.letters) == 1)
    token = link(office.letters[0], "confirm").rpartition("/")[2]

    with pytest.raises(urllib.error.HTTPError) as refused:
        press.post(f"/unsubscribe/{token}")

    assert refused.value.code == 404
