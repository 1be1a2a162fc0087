"""The one HTTP client: guarded, bounded, polite; each source fetches through it on its own terms."""

from __future__ import annotations

import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urljoin, urlsplit, urlunsplit

from chaffinch import __version__
from chaffinch.clock import Clock
from chaffinch.config import Fetch
from chaffinch.errors import Blocked, FetchError, Refused
from chaffinch.fetch.answers import PERMANENT, REDIRECTS, Answer, page_of
from chaffinch.fetch.coding import ACCEPTED
from chaffinch.fetch.connection import Connections, Resolve, Target, target_of
from chaffinch.fetch.exchange import Exchange
from chaffinch.fetch.guard import Guard, is_loopback, literal
from chaffinch.fetch.limits import LIMITS, Deadline, Limits
from chaffinch.fetch.politeness import GAP, Politeness
from chaffinch.fetch.robots import Robots
from chaffinch.model import Access, Page, Source, Validators
from chaffinch.ports import HostRows

_ACCEPT = (
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,"
    "application/feed+json,application/xml;q=0.9,*/*;q=0.8"
)

_CHALLENGED = 1800.0
"""Seconds that a host rests after it has challenged us: asking on would make it worse."""


class Client:
    """Fetches for all sources; many threads share one.

    `wait` sleeps so many seconds and returns True when we must stop. `base_url` and `contact` go into the user
    agent unless the config has its own. `rows` share turns and robots.txt with other processes. Raises ConfigError
    when `allow_private` holds what is no network.
    """

    def __init__(
        self,
        settings: Fetch,
        *,
        clock: Clock,
        wait: Callable[[float], bool],
        resolve: Resolve = socket.getaddrinfo,
        base_url: str = "",
        contact: str | None = None,
        gap: float = GAP,
        limits: Limits = LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
        rows: HostRows | None = None,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._monotonic = monotonic
        self._guard = Guard(settings.allow_private)
        connections = Connections(guard=self._guard, resolve=resolve, limits=limits, tls=tls)
        self._exchange = Exchange(connections, limits)
        self._politeness = Politeness(gap=gap, wait=wait, monotonic=monotonic, rows=rows)
        self._agent = settings.user_agent or _user_agent(base_url, contact)
        self._robots = Robots(self._get_robots, self._agent.partition("/")[0].strip(), clock, rows)

    def for_source(self, source: Source) -> _SourceFetcher:
        """A Fetcher that knows the source's robots flag, and its login: sent to the source's own origin only."""
        return _SourceFetcher(self, source)

    def close(self) -> None:
        """Close idle connections; requests under way end by themselves."""
        self._exchange.close()

    def break_off(self) -> None:
        """End requests under way, as if the line was cut; they raise Stopped, which is nobody's failure."""
        self._exchange.break_off()

    def get(self, url: str, validators: Validators | None, *, robots: bool, access: Access | None, home: str) -> Page:
        """The page at `url`, redirects followed. `access` is sent to the origin of `home` only. Raises FetchError."""
        deadline = Deadline(self._limits.total, self._monotonic)
        login = (target_of(home).origin, _login(access)) if access is not None else None
        permanent, seen = True, set[str]()
        before: Target | None = None
        for _ in range(self._limits.redirects + 1):
            target = self._checked(url)
            delay = self._robots.delay(url, target) if robots else 0.0
            headers = dict(login[1]) if login and login[0] == target.origin else {}
            # Validators belong to the URL they were asked for; what a redirect leads to never sees them.
            sent = validators if before is None else None
            headers |= _conditions(sent)
            led_on = before is not None and before.host == target.host
            answer = self._ask(url, target, headers, deadline, delay=delay, led_on=led_on, size=self._limits.size)
            if answer.status not in REDIRECTS or not answer.headers.get("location"):
                page = self._understood(answer, target, sent)
                moved = page.url if permanent and before is not None else None
                return replace(page, moved=moved)
            seen.add(url)
            permanent = permanent and answer.status in PERMANENT
            url, before = _redirected(url, answer), target
            if url in seen:
                raise FetchError(f"{url}: its redirects go in a circle", status=answer.status)
        raise FetchError(f"{url}: more than {self._limits.redirects} redirects", status=answer.status)

    def post(self, url: str, form: bytes) -> None:
        """Post a form to an address that the owner named; redirects are not followed. Raises FetchError unless 2xx."""
        target, deadline = self._checked(url), Deadline(self._limits.total, self._monotonic)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self._ask(url, target, headers, deadline, led_on=False, size=self._limits.robots, cut=True, form=form)
        if not 200 <= answer.status < 300:
            raise FetchError(f"{url}: {answer.status}", status=answer.status)

    def _get_robots(self, url: str) -> Page:
        deadline = Deadline(self._limits.total, self._monotonic)
        before: Target | None = None
        for _ in range(self._limits.redirects + 1):
            target = self._checked(url)
            led_on = before is not None and before.host == target.host
            answer = self._ask(url, target, {}, deadline, led_on=led_on, size=self._limits.robots, cut=True)
            if answer.status not in REDIRECTS or not answer.headers.get("location"):
                return self._understood(answer, target, None)
            url, before = _redirected(url, answer), target
        # RFC 9309 §2.3.1.2: too many redirects may be treated as if there were none; 404 says that.
        raise FetchError(f"{url}: too many redirects", status=404)

    def _checked(self, url: str) -> Target:
        target = target_of(url)
        address = literal(target.host)
        if address is not None and (refusal := self._guard.refusal(str(address))):
            raise Refused(f"{target.name}: {refusal} ({address}); [fetch] allow_private can allow it")
        return target

    def _understood(self, answer: Answer, target: Target, sent: Validators | None) -> Page:
        try:
            return page_of(answer, sent, self._clock())
        except Blocked as error:
            self._politeness.hold(target.name, max(_CHALLENGED, error.retry_after or 0.0), "lets only browsers in")
            raise
        except FetchError as error:
            if error.retry_after:
                self._politeness.hold(target.name, error.retry_after)
            raise

    def _ask(
        self,
        url: str,
        target: Target,
        headers: Mapping[str, str],
        deadline: Deadline,
        *,
        delay: float = 0.0,
        led_on: bool,
        size: int,
        cut: bool = False,
        form: bytes | None = None,
    ) -> Answer:
        asked = self._monotonic()
        at_once = led_on or is_loopback(target.host)
        with self._politeness.turn(target.name, delay=delay, at_once=at_once):
            deadline.extend(self._monotonic() - asked)
            wanted = {"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": ACCEPTED, **headers}
            return self._exchange.ask(url, target, wanted, deadline, size=size, cut=cut, form=form)


class _SourceFetcher:
    """The Fetcher of one source."""

    def __init__(self, client: Client, source: Source) -> None:
        self._client = client
        self._source = source

    def get(self, url: str, validators: Validators | None = None) -> Page:
        source = self._source
        return self._client.get(url, validators, robots=source.robots, access=source.access, home=source.location)


def _user_agent(base_url: str, contact: str | None) -> str:
    about = [f"+{base_url}"] if base_url and not is_loopback(urlsplit(base_url).hostname or "") else []
    about += [contact] if contact else []
    return f"Chaffinch/{__version__}" + (f" ({'; '.join(about)})" if about else "")


def _login(access: Access) -> Mapping[str, str]:
    headers = dict(access.headers)
    if access.username is not None:
        pair = f"{access.username}:{access.password or ''}".encode()
        headers.setdefault("Authorization", f"Basic {b64encode(pair).decode('ascii')}")
    return headers


def _conditions(validators: Validators | None) -> Mapping[str, str]:
    if validators is None:
        return {}
    conditions = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _redirected(url: str, answer: Answer) -> str:
    # Servers send the Location's bytes as they are: http.client reads them as Latin-1, they are mostly UTF-8.
    location = answer.headers["location"].strip()
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        parts = urlsplit(urljoin(url, location))
    except ValueError as error:
        raise FetchError(f"{url}: redirects to what is no URL", status=answer.status) from error
    return urlunsplit(parts._replace(fragment=""))
