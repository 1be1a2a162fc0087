"""The quick way says what the long way says, and leaves to it what is not plain."""

import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from chaffinch.config import Web
from chaffinch.web.app import build
from chaffinch.web.server import Server

PATH = "/feeds/news.atom"


@pytest.fixture
def port(desk: Any) -> Iterator[int]:
    server = Server(build(desk, patience=0), Web(bind="127.0.0.1:0"))
    server.start()
    yield server.port
    server.stop(2)


def converse(port: int, *pieces: bytes) -> bytes:
    """All that the server says to these bytes, until one of them makes it close."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line, suppress(ConnectionError):
        for piece in pieces:
            line.sendall(piece)
        while more := line.recv(65536):
            said += more
    return said


def head(said: bytes) -> set[bytes]:
    """Status and headers, whatever their order and case; without what a second changes or the connection needs."""
    lines = said.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    return {line for line in lines if not line.startswith((b"date:", b"connection:"))}


def request(path: str, *headers: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: press.example", *headers, "", ""]).encode()


CLOSING = request("/healthz", "Connection: close")


@pytest.mark.parametrize(
    "headers",
    [[], ["Accept-Encoding: gzip, br"], ["Accept-Encoding: gzip"], ["If-None-Match: *"], ["Accept: text/html"]],
    ids=["plain", "brotli", "gzip", "conditional", "browser"],
)
def test_both_ways_say_the_same(port: int, headers: list[str]) -> None:
    converse(port, request(PATH, "Connection: close"))  # from now on it lies in memory

    quick = converse(port, request(PATH, *headers), CLOSING)
    long = converse(port, request(PATH, *headers, "Connection: close"))

    assert head(quick) == head(long)
    body = long.partition(b"\r\n\r\n")[2]
    assert quick.partition(b"\r\n\r\n")[2].startswith(body)


@pytest.mark.parametrize(
    "pieces",
    [
        [request(PATH)[:20], request(PATH)[20:]],
        [request(PATH) * 3],
        [request(PATH).replace(b"Host", b"Host: a\r\nHost")],
        [request(PATH).replace(b"HTTP/1.1", b"HTTP/3")],
        [request(PATH, "X: \xff")],
        [request("/feeds/../secret.atom")],
        [request("/feeds/nothing.atom")],
        [request(PATH, "Content-Length: 4"), b"abcd"],
        [request(PATH, "Transfer-Encoding: chunked"), b"0\r\n\r\n"],
    ],
    ids=["in pieces", "pipelined", "two hosts", "version", "bytes", "upwards", "unknown", "a body", "chunks"],
)
def test_what_is_not_plain_goes_the_long_way_in_the_same_connection(port: int, pieces: list[bytes]) -> None:
    said = converse(port, request(PATH), *pieces, CLOSING)

    assert said.startswith(b"HTTP/1.1 200 OK\r\n")
    assert said.count(b"HTTP/1.1 ") >= 2


def test_an_idle_connection_is_closed(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(build(desk, patience=0), Web(bind="127.0.0.1:0"))
    server._server.config.timeout_keep_alive = 0
    server.start()
    try:
        converse(server.port, request(PATH, "Connection: close"))
        assert converse(server.port, request(PATH)).startswith(b"HTTP/1.1 200")
    finally:
        server.stop(2)


def test_a_document_that_changed_is_the_new_one(port: int, desk: Any, article_of: Callable[..., Any]) -> None:
    first = converse(port, request(PATH), CLOSING)
    file = desk.config.press.feeds_dir / "news.atom"
    file.write_bytes(file.read_bytes().replace(b"</feed>", b"<!-- more --></feed>"))

    assert b"<!-- more -->" not in first
    assert b"<!-- more -->" in converse(port, request(PATH), CLOSING)
