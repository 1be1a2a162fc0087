"""A press behind a real server on loopback: what the web asks of it is answered from memory."""

import http.client
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import lxml.html
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from chaffinch.config import Config, Web, parse
from chaffinch.errors import InputError
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import (
    Article,
    Certainty,
    Feed,
    Figure,
    Headline,
    Issue,
    IssueState,
    Problem,
    Standing,
    Status,
    Subscription,
)
from chaffinch.pages import Templates
from chaffinch.ports import Change, Preferences, TokenPurpose
from chaffinch.publish.files import write
from chaffinch.publish.press import directory, renditions
from chaffinch.web.app import build
from chaffinch.web.server import Server

MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)

CONFIG = """
[press]
title = "The Demo Press"
base_url = "https://news.example.org{below}"

[[feed]]
slug = "news"
title = "All the news"
formerly = ["old-news"]

[[feed]]
slug = "unbuilt"

[[feed]]
slug = "dead"
retired = true

[[digest]]
slug = "daily"
title = "The Daily Digest"
feeds = ["news"]
when = ["daily 07:00", "weekly mon 07:00"]

[[digest]]
slug = "closed"
when = ["daily 07:00"]
sign_up = "closed"

[mail]
from = "news@example.org"

[web]
bind = "127.0.0.1:0"
{web}
"""


def an_article(number: int = 1, **changes: Any) -> Article:
    moment = MORNING - timedelta(hours=number)
    article = Article(
        id=f"tag:news.example.org,2026:k{number}",
        key=f"k{number}",
        url=f"https://gazette.example/{number}?a=1&b=2",
        sources=("wire",),
        title=f"Harbour master counts <ships>, part {number}",
        published=moment,
        updated=moment,
        first_seen=MORNING,
        byline="Mara Lind",
        publisher="The Harbour Gazette",
        certainty=Certainty.SURE,
        lead="The ferry came in late again & nobody minded.",
        html='<p>The ferry came in <b>late</b>.</p><p><img src="https://gazette.example/f.jpg" alt=""></p>'
        + "<p>On.</p>" * 99,
        text="The ferry came in late.",
        language="en",
    )
    return replace(article, **changes)


@dataclass
class Desk:
    """A press that remembers in lists what it was asked."""

    config: Config
    templates: Templates = field(default_factory=Templates)
    secret: bytes = b"a secret for tests"
    time: datetime = MORNING
    articles: dict[str, Article] = field(default_factory=dict)
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    asked: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)
    acted: list[tuple[str, str]] = field(default_factory=list)
    trouble: Exception | None = None
    released: int = 1
    why_not_ready: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()

    def now(self) -> datetime:
        return self.time

    def article(self, key: str) -> Article | None:
        if self.trouble:
            raise self.trouble
        return self.articles.get(key)

    def private_feed(self, token: str) -> Feed | None:
        return next((feed for feed in self.config.feeds if feed.private and token == "t0ken"), None)

    def private_article(self, token: str, key: str) -> Article | None:
        return self.articles.get(key) if self.private_feed(token) else None

    def private_folder(self) -> Path:
        return self.config.press.data_dir / "private"

    def newest(self, feed: str, limit: int) -> Sequence[Article]:
        return [article for article in self.articles.values() if not article.hidden][:limit]

    def search(self, words: str, limit: int) -> Sequence[Article]:
        return [article for article in self.articles.values() if words.lower() in article.title.lower()][:limit]

    def issues(self, digest: str, limit: int) -> Sequence[Issue]:
        return [self._issue(digest)][:limit]

    def headlines(self, digest: str, limit: int, before: int | None) -> Sequence[Headline]:
        numbers = [number for number in range(self.released, 0, -1) if before is None or number < before]
        return [Headline(number, MORNING, 2, f"Harbour of {number}") for number in numbers[:limit]]

    def issue(self, digest: str, number: int) -> Issue | None:
        return self._issue(digest) if number == 1 else None

    def _issue(self, digest: str) -> Issue:
        articles = tuple(self.articles.values())
        return Issue(7, digest, "daily 07:00", MORNING, 1, IssueState.OPEN, MORNING, articles, note="A quiet <day>.")

    def subscribe(self, digest: str, address: str, cadence: str, evidence: Mapping[str, str]) -> None:
        if self.trouble:
            raise self.trouble
        if "@" not in address:
            raise InputError("no mail address")
        self.asked.append((digest, address, cadence, evidence))

    def subscription(self, token: str, purpose: TokenPurpose) -> Subscription | None:
        return self.subscriptions.get((purpose, token))

    def confirm(self, token: str, evidence: Mapping[str, str]) -> Subscription | None:
        if token == "late":
            raise InputError("this link has run out; please sign up again")
        return self._act("confirm", token, Status.CONFIRMED)

    def end(self, token: str, *, page: bool = False) -> Subscription | None:
        return self._act("unsubscribe", token, Status.ENDED)

    def _act(self, purpose: str, token: str, status: Status) -> Subscription | None:
        if self.trouble:
            raise self.trouble
        held = self.subscriptions.get((purpose, token))
        if held is None:
            return None
        self.acted.append((purpose, token))
        self.subscriptions[purpose, token] = replace(held, status=status)
        return self.subscriptions[purpose, token]

    def prefer(self, token: str, wanted: Preferences) -> Subscription | None:
        return None

    def move(self, token: str, address: str, evidence: Mapping[str, str]) -> bool:
        return False

    def change(self, token: str) -> Change | None:
        return None

    def settle(self, token: str, evidence: Mapping[str, str]) -> Change | None:
        return None

    def erase(self, token: str) -> bool:
        return False

    def held_issue(self, token: str) -> Issue | None:
        return None

    def decide(self, token: str, *, approve: bool) -> Issue | None:
        return None

    def bounced(self, token: str, kind: str, why: str, body: bytes, signature: str) -> bool | None:
        return None

    def ready(self) -> Sequence[str]:
        return self.why_not_ready

    def cautions(self) -> Sequence[str]:
        return self.cannot

    def figures(self) -> Iterable[Figure]:
        return [Figure("articles_held", "Articles", False, {(): len(self.articles)})]

    def standings(self) -> Sequence[Standing]:
        return [Standing("feed news", "50 entries"), Standing("source wire", "three failures", well=False)]

    def problems(self) -> Sequence[Problem]:
        return [Problem("source wire", "https://wire.example/ <503>", MORNING, MORNING, 3)]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def page(self) -> Any:
        return lxml.html.fromstring(self.text)


@dataclass(frozen=True)
class Visitor:
    """Asks the server, one connection a request."""

    port: int

    def ask(self, method: str, path: str, body: bytes | None = None, /, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            told = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, told, response.read(), response.headers.get_all("set-cookie") or [])
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def head(self, path: str, **headers: str) -> Answer:
        return self.ask("HEAD", path, None, **headers)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        body = urlencode(fields or {}).encode()
        return self.ask("POST", path, body, Content_Type="application/x-www-form-urlencoded", **headers)


@pytest.fixture
def article_of() -> Callable[..., Article]:
    return an_article


@pytest.fixture
def open_press(tmp_path: Path) -> Callable[..., Desk]:
    """A press with one built feed; `below` is a sub-path, `web` more keys of its table."""

    def opened(below: str = "", web: str = "") -> Desk:
        config = parse(CONFIG.format(below=below, web=web), tmp_path / "config.toml")
        desk = Desk(config)
        desk.articles = {article.key: article for article in (an_article(1), an_article(2), an_article(3))}
        for purpose in ("confirm", "unsubscribe"):
            desk.subscriptions[purpose, "t0ken"] = Subscription("s1", "reader@example.org", "daily", "daily 07:00")
        reader = Subscription("s1", "reader@example.org", "daily", "daily 07:00", Status.CONFIRMED)
        desk.subscriptions["preferences", mint(desk.secret, Purpose.PREFERENCES, "s1")] = reader
        news = config.feeds[0]
        made = renditions(news, desk.articles.values(), config.press, desk.templates)
        write(config.press.feeds_dir, (*made, directory(config.feeds, config.press)), MORNING)
        return desk

    return opened


class Stage:
    """One server for all tests; each puts its own application on it."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[tuple[Stage, int]]:
    standing = Stage()
    server = Server(standing, Web(bind="127.0.0.1:0"))
    server.start()
    yield standing, server.port
    server.stop(2)


@pytest.fixture
def serve(stage: tuple[Stage, int]) -> Callable[[Desk], Visitor]:
    def served(desk: Desk) -> Visitor:
        stage[0].app = build(desk, patience=0)
        return Visitor(stage[1])

    return served


@pytest.fixture
def desk(open_press: Callable[..., Desk]) -> Desk:
    return open_press()


@pytest.fixture
def visitor(desk: Desk, serve: Callable[[Desk], Visitor]) -> Visitor:
    return serve(desk)
