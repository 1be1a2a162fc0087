"""The whole story: a site with furniture becomes feeds and letters, for one who signs up, says yes and leaves again."""

import email
import email.policy
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import feedparser
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from chaffinch.config import load
from chaffinch.model import IssueState
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from chaffinch.web.app import build
from chaffinch.web.server import Server

STORIES = {
    "ferry": ("The ferry sails again", "ferry", "Tide"),
    "eels": ("Nine hundred eels are counted", "eels", "River"),
    "bridge": ("The council is split over the bridge", "bridge", "Town hall"),
    "bakery": ("The bakery opens at midnight", "bakery", "Life"),
    "clock": ("The tide clock is four minutes slow", "clock", "Harbour"),
}
JUNK = (
    "Subscribe to our newsletter",
    "Please enter your comment!",
    "Most Visited",
    "Share this on",
    "All rights reserved",
)

PAGE = """<!doctype html><html lang="en"><head><title>{title} | The Quay</title>
<meta property="og:title" content="{title}"><meta property="article:published_time" content="{when}"></head><body>
<header><nav><a href="/">Home</a> <a href="/about">About us</a> <a href="/contact">Contact</a></nav></header>
<main><article><h1>{title}</h1><p class="byline">By Mina Sorley</p>
<p>It was a grey morning on the quay when the news about the {topic} came in, and within an hour the whole
harbour was talking about little else than the {topic} and what it would mean for the town.</p>
<div class="share">Share this on <a href="#">Mastodon</a> <a href="#">by mail</a></div>
<p>“We had been waiting for this since the winter,” said the harbour master, who has kept a book about the {topic}
for thirty years, “and nobody should say that it came without a warning, for it did not.”</p>
<p>The council will speak about the {topic} in its meeting on Thursday. Until then the gates remain closed, the
lamps remain lit, and the pilots have been told to keep clear of the old pier and of everyone who stands on it.</p>
</article>
<section class="newsletter"><h3>Subscribe to our newsletter</h3><p>Get the best of the Quay every Friday.</p></section>
<section id="comments"><h3>Leave a comment</h3><p>Please enter your comment!</p></section></main>
<aside><h3>Most Visited</h3><ul>{links}</ul></aside>
<footer><p>© The Quay. All rights reserved.</p></footer></body></html>"""


def free_port() -> int:
    """A port that the system says is free, for servers that cannot be asked which one they got."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Site:
    """A newspaper on loopback: an index page, articles with furniture, a feed that holds only summaries."""

    def __init__(self) -> None:
        self.shown = ["ferry", "eels", "bridge"]
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, kind = site.page(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path: str) -> tuple[str, str]:
        links = "".join(f'<li><a href="/news/{name}">{STORIES[name][0]}</a></li>' for name in self.shown)
        if path == "/":
            teasers = "".join(
                f'<article class="teaser"><h2><a href="/news/{name}">{STORIES[name][0]}</a></h2><p>Read more about it'
                f"</p></article>"
                for name in self.shown
            )
            nav = '<nav><a href="/about">About us</a><a href="/contact">Contact</a></nav>'
            return f"<html><body>{nav}<main>{teasers}</main></body></html>", "text/html"
        if path == "/feed.xml":
            items = "".join(
                f"<item><title>{STORIES[name][0]}</title><link>{self.url}/news/{name}</link><guid>{name}</guid>"
                f"<description>A short word about it.</description></item>"
                for name in self.shown[:2]
            )
            channel = f"<title>The Quay</title><link>{self.url}</link><description>News</description>{items}"
            return f'<rss version="2.0"><channel>{channel}</channel></rss>', "application/rss+xml"
        name = path.removeprefix("/news/")
        if name in STORIES:
            title, topic, _ = STORIES[name]
            return PAGE.format(title=title, topic=topic, when="2026-03-01T06:00:00Z", links=links), "text/html"
        return "", "text/plain"


class PostOffice:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.letters.append(message)
        return "250 OK"


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Press:
    """A press of its own, whose clock we turn."""

    def __init__(self, home: Path, site: Site, office: PostOffice) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        config = home / "config.toml"
        config.write_text(
            f"""
            [press]
            title = "The Digest of the Quay"
            base_url = "{self.url}"
            postal_address = "1 Harbour Lane"
            [[source]]
            location = "{site.url}/"
            slug = "front"
            kind = "index"
            every = "1h"
            [[source]]
            location = "{site.url}/feed.xml"
            slug = "wire"
            every = "1h"
            [[feed]]
            slug = "news"
            title = "News of the Quay"
            [[digest]]
            slug = "daily"
            title = "The Daily Quay"
            feeds = ["news"]
            when = ["daily 07:00"]
            timezone = "Europe/Vienna"
            [mail]
            from = "The Quay <digest@quay.example>"
            transport = "smtp"
            host = "127.0.0.1"
            port = {office.port}
            security = "none"
            [web]
            bind = "127.0.0.1:{port}"
            [fetch]
            allow_private = ["127.0.0.0/8"]
            """,
            "utf-8",
        )
        self.clock = Clock()
        self.room = Newsroom(load(config), self.clock, children=1)
        self.server = Server(build(self.room.front, patience=0), self.room.parts.config.web)
        self.server.start()

    def work(self) -> None:
        """Do everything that is due, and what it leads to."""
        tasks = deque([Task("sweep")])
        while tasks:
            tasks.extend(self.room.perform(tasks.popleft()))

    def get(self, path: str) -> str:
        with urllib.request.urlopen(urllib.parse.urljoin(self.url, path)) as answer:
            body: bytes = answer.read()
        return body.decode()

    def post(self, url: str, **fields: str) -> str:
        request = urllib.request.Request(urllib.parse.urljoin(self.url, url), urllib.parse.urlencode(fields).encode())
        with urllib.request.urlopen(request) as answer:
            body: bytes = answer.read()
        return body.decode()

    def close(self) -> None:
        self.server.stop(2)
        self.room.close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.controller.stop()


@pytest.fixture
def press(tmp_path: Path, site: Site, office: PostOffice) -> Iterator[Press]:
    press = Press(tmp_path, site, office)
    yield press
    press.close()


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def link(letter: EmailMessage, path: str) -> str:
    found = re.search(rf"http://[^\s<>]+/{path}/[a-z0-9]+", text_of(letter))
    assert found, text_of(letter)
    return found[0]


def eventually(happened: Callable[[], bool]) -> None:
    """Wait for what a thread of the server still does after it has answered."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


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
    STORIES["ferry-again"] = ("The ferry sails a third time", "lighthouse", "Tide")
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
