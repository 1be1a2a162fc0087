"""What the stories are played with: a site, a post office and a press, each a real server on loopback."""

import email
import email.policy
import re
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from chaffinch.web.app import build
from chaffinch.web.server import Server

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
    """A newspaper: an index page, articles with furniture, a feed that holds only summaries.

    Its stories have a title and a topic each; of those `shown`, all stand on the index page and two in the feed.
    """

    def __init__(self, stories: Mapping[str, tuple[str, str]]) -> None:
        self.stories = dict(stories)
        self.shown: list[str] = []
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
        """What stands at a path, and its media type."""
        links = "".join(f'<li><a href="/news/{name}">{self.stories[name][0]}</a></li>' for name in self.shown)
        if path == "/":
            teasers = "".join(
                f'<article class="teaser"><h2><a href="/news/{name}">{self.stories[name][0]}</a></h2>'
                f"<p>Read more about it</p></article>"
                for name in self.shown
            )
            nav = '<nav><a href="/about">About us</a><a href="/contact">Contact</a></nav>'
            return f"<html><body>{nav}<main>{teasers}</main></body></html>", "text/html"
        if path == "/feed.xml":
            items = "".join(
                f"<item><title>{self.stories[name][0]}</title><link>{self.url}/news/{name}</link><guid>{name}</guid>"
                f"<description>A short word about it.</description></item>"
                for name in self.shown[:2]
            )
            channel = f"<title>The Quay</title><link>{self.url}</link><description>News</description>{items}"
            return f'<rss version="2.0"><channel>{channel}</channel></rss>', "application/rss+xml"
        name = path.removeprefix("/news/")
        if name in self.stories:
            title, topic = self.stories[name]
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
    """It stands until somebody turns it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


TOKEN = "0wner"
"""What opens the status page of a press."""


class Press:
    """A press of its own, whose clock we turn. `sources` is what its config says of them."""

    def __init__(self, home: Path, office: PostOffice, sources: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (home / "token").write_text(TOKEN, "utf-8")
        config = home / "config.toml"
        config.write_text(
            f"""
            [press]
            title = "The Digest of the Quay"
            base_url = "{self.url}"
            postal_address = "1 Harbour Lane"
            {sources}
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
            status_token_file = "token"
            [fetch]
            allow_private = ["127.0.0.0/8"]
            """,
            "utf-8",
        )
        self.clock = Clock()
        self.room = Newsroom(load(config), self.clock, children=1)
        self.room.take_over()
        self.room.renew()
        self.server = Server(build(self.room.front, patience=0), self.room.parts.config.web)
        self.server.start()

    def work(self) -> None:
        """Do everything that is due, and what it leads to."""
        tasks = deque([Task("sweep")])
        while tasks:
            tasks.extend(self.room.perform(tasks.popleft()))

    def get(self, path: str) -> str:
        """What stands at a path, or at a whole address. Raises HTTPError."""
        with urllib.request.urlopen(urllib.parse.urljoin(self.url, path)) as answer:
            body: bytes = answer.read()
        return body.decode()

    def post(self, url: str, **fields: str) -> str:
        """The answer to a form. Raises HTTPError."""
        request = urllib.request.Request(urllib.parse.urljoin(self.url, url), urllib.parse.urlencode(fields).encode())
        with urllib.request.urlopen(request) as answer:
            body: bytes = answer.read()
        return body.decode()

    def close(self) -> None:
        """Stop serving."""
        self.server.stop(2)
        self.room.close()


def text_of(letter: EmailMessage, kind: str = "plain") -> str:
    """The letter as text, or as `html`."""
    part = letter.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def link(letter: EmailMessage, path: str) -> str:
    """The address below `path` that the letter's text shows."""
    found = re.search(rf"http://[^\s<>]+/{path}/[a-z0-9]+", text_of(letter))
    assert found, text_of(letter)
    return found[0]


def eventually(happened: Callable[[], bool]) -> None:
    """Wait for what a thread of the server still does after it has answered."""
    deadline = time.monotonic() + 10
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
