"""Every route, asked in ways that nobody should: it answers calmly, and changes nothing for who only looks."""

import http.client
import io
import re
import socket
from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple
from urllib.parse import quote, quote_from_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaffinch.web.app import build, routes
from chaffinch.web.feeds import PublishedFiles
from chaffinch.web.pacing import TOKEN_ROUTES
from chaffinch.web.shelf import Shelf
from tests.web.conftest import Desk, Stage, Visitor

EVIL = "evil.example"
ALWAYS = {
    "content-security-policy": r"default-src 'none'.*frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": r"camera=\(\), .*",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
KNOWN = [
    "k1",
    "t0ken",
    "daily",
    "closed",
    "news",
    "news.atom",
    "news.rss",
    "news.json",
    "news/",
    "old-news",
    "dead",
    "1",
]
HOSTILE = [
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "%ff%fe",
    "%0d%0aSet-Cookie:%20a=b",
    "a" * 3000,
    "%F0%9F%90%A6",
    "-1",
    "9" * 40,
    "1e9",
    "%2e%2e",
    "..",
    ".",
    "%25%25",
    "{{7*7}}",
    "%3Cscript%3E",
    "';--",
    "%E2%80%AE",
    "t0ken%20",
    "T0KEN",
    "t0ken%00",
    "//evil.example",
]
HEADERS = [
    ("Host", EVIL),
    ("X-Forwarded-Host", EVIL),
    ("X-Forwarded-Proto", "gopher"),
    ("X-Forwarded-For", "a, b, 999.1.1.1, ::1%eth0"),
    ("Forwarded", f"host={EVIL}"),
    ("X-Original-URL", "/status"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Cookie", "a=b; " * 100),
    ("If-None-Match", '"' * 500),
    ("If-None-Match", "*"),
    ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 XYZ"),
    ("If-Modified-Since", "Thu, 01 Jan 99999 00:00:00 GMT"),
    ("Range", "bytes=-1,0-,5-2"),
    ("Accept", "\xff" * 50),
    ("Accept-Encoding", "br;q=nan, gzip;q=1e400, *;q=-1"),
    ("Accept-Language", "de-" * 300),
    ("Authorization", "Bearer " + "\xe9" * 99),
    ("Authorization", "Basic !!!"),
    ("Origin", f"https://{EVIL}"),
    ("Content-Type", "multipart/form-data; boundary="),
    ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"),
    ("Content-Type", "multipart/form-data; boundary=x"),
    ("Content-Encoding", "gzip"),
    ("Expect", "100-continue"),
    ("Upgrade", "websocket"),
    ("Connection", "upgrade"),
    ("User-Agent", "\x80" * 400),
    ("X-Chaffinch-Signature", "sha256=" + "\xe9" * 9),
    ("Transfer-Encoding", "identity"),
    ("TE", "trailers"),
]
BODIES = [
    b"",
    b"address=ann%40example.org&cadence=daily+07:00",
    b"address=" + b"a" * 70_000,
    b"\x00" * 100,
    b"%" * 500,
    b"&" * 900,
    b"=" * 900,
    b"do=erase",
    b"do=approve",
    b"pause=99999999999&cadence=x",
    b'{"return": [], "kind": {}}',
    b"[" * 20_000,
    b'{"return": 1e999}',
    b'--x\r\nContent-Disposition: form-data; name="address"; filename="a"\r\n\r\n' + b"z" * 900 + b"\r\n--x--\r\n",
    b"--x\r\n" * 200,
    "address=\ud800".encode("utf-8", "surrogatepass"),
    b"address=a%0d%0aBcc:%20b%40example.org%40c",
]
METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "PROPFIND", "get"]
LOOKING = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "BREW", "PROPFIND", "get"}


def patterns() -> list[str]:
    """The paths of the route list, `{…}` where something is to be filled in."""
    return [re.sub(r"\{\w+(:\w+)?\}", "{}", route.path) for route in routes(PublishedFiles(None, Shelf()))]  # type: ignore[arg-type]


class Asked(NamedTuple):
    """A request as it goes over the wire."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def __bytes__(self) -> bytes:
        headers = {"Host": "news.example.org", **dict(self.headers)}
        if self.body or self.method == "POST":
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + self.body


class Came(NamedTuple):
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def filled(pattern: str, values: list[str]) -> str:
    for value in values:
        pattern = pattern.replace("{}", value.replace("{", "%7B").replace("}", "%7D"), 1)
    return pattern


VALUES = st.one_of(
    st.sampled_from(KNOWN),
    st.sampled_from(HOSTILE),
    st.binary(max_size=20).map(quote_from_bytes),
    st.text(max_size=9).map(quote),
)
REQUESTS = st.builds(
    lambda method, path, values, query, headers, body: Asked(
        method, filled(path, values) + query, tuple(headers), body
    ),
    st.sampled_from(METHODS),
    st.sampled_from([*patterns(), "/{}", "/{}/{}", "/static/{}", "/.git/config", "/wp-login.php"]),
    st.lists(VALUES, min_size=3, max_size=3),
    st.one_of(
        st.just(""),
        st.binary(max_size=30).map(lambda raw: "?" + quote_from_bytes(raw)),
        st.just("?q=%22&token=x&token=y"),
    ),
    st.lists(st.sampled_from(HEADERS), max_size=4),
    st.sampled_from(BODIES),
)


def ask(port: int, asked: Asked) -> Came:
    """One request over a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        sock.sendall(bytes(asked))
        said = b""
        while piece := sock.recv(65_536):
            said += piece

    class Said:
        def makefile(self, *_: object) -> io.BytesIO:
            return io.BytesIO(said)

    response = http.client.HTTPResponse(Said(), method=asked.method)  # type: ignore[arg-type]  # only makefile is used
    response.begin()
    while response.status == 100:
        response.begin()
    return Came(response.status, [(name.lower(), value) for name, value in response.getheaders()], response.read())


def calm(came: Came, asked: Asked) -> None:
    headers = dict(came.headers)
    assert came.status < 500 or (came.status == 503 and headers["retry-after"] == "60"), asked
    assert b"Traceback" not in came.body
    assert b"site-packages" not in came.body
    assert "set-cookie" not in headers
    assert EVIL.encode() not in came.body.replace(b"//evil.example", b""), asked
    assert EVIL not in headers.get("location", "")
    assert headers.get("location", "/").startswith("/")
    assert not headers.get("location", "").startswith("//")
    if came.headers[0][0] != "content-type" or b"This is no request" not in came.body:
        for name, pattern in ALWAYS.items():
            assert re.fullmatch(pattern, headers[name], re.DOTALL), (name, asked)
    if asked.path.startswith(TOKEN_ROUTES):
        cached = headers.get("cache-control", "")
        assert "public" not in cached, asked
        assert came.status != 200 or "no-store" in cached or "private" in cached, asked
    if asked.method == "HEAD":
        assert not came.body
    if came.status == 405:
        assert headers["allow"]


@settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=REQUESTS)
def test_whatever_is_asked_the_answer_is_calm_and_looking_changes_nothing(
    asked: Asked, desk: Desk, stage: tuple[Stage, int]
) -> None:
    stage[0].app = build(desk, patience=0)
    before = deepcopy((desk.asked, desk.acted, desk.subscriptions))

    came = ask(stage[1], asked)

    calm(came, asked)
    if asked.method in LOOKING:
        assert (desk.asked, desk.acted, desk.subscriptions) == before, asked


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "DELETE"])
@pytest.mark.parametrize("pattern", patterns())
def test_each_route_answers_each_method(visitor: Visitor, desk: Desk, method: str, pattern: str) -> None:
    asked = Asked(method, filled(pattern, ["t0ken", "news.atom"]), (), b"")

    came = ask(visitor.port, asked)

    calm(came, asked)
    if method in ("OPTIONS", "DELETE"):
        assert came.status in (204, 404, 405)


@pytest.mark.parametrize("below", ["", "/sub"])
def test_links_follow_base_url_whatever_host_is_named(
    open_press: Callable[..., Desk], serve: Callable[[Desk], Visitor], below: str
) -> None:
    visitor = serve(open_press(below=below))

    for pattern in patterns():
        for method in ("GET", "POST"):
            asked = Asked(method, below + filled(pattern, ["daily", "news"]), tuple(HEADERS[:6]), b"")
            came = ask(visitor.port, asked)
            calm(came, asked)
            for link in re.findall(rb'(?:href|action)="(https?://[^"/]+)', came.body):
                assert link in (b"https://news.example.org", b"https://gazette.example"), asked
