"""A connection that dawdles is closed, and costs the others nothing."""

import contextlib
import select
import socket
from collections.abc import Iterator

import pytest

from chaffinch.config import Web
from chaffinch.web import patience
from chaffinch.web.app import build
from chaffinch.web.patience import LONGEST_HEAD, Patient
from chaffinch.web.server import Server
from tests.loopback import eventually
from tests.web.conftest import Desk, Visitor

SOON = 0.15


@pytest.fixture
def port(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose patience is short."""
    monkeypatch.setattr(Patient, "to_ask", SOON)
    monkeypatch.setattr(Patient, "to_take", SOON)
    server = Server(build(desk, patience=0), Web(bind="127.0.0.1:0"))
    server.start()
    yield server.port
    server.stop(2)


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as sock:
        yield sock


def until_closed(sock: socket.socket) -> bytes:
    """Everything that comes until the other side closes; the test fails by the socket's own time-out else."""
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(65_536):
            said += piece
    return said


def until_said(sock: socket.socket, end: bytes) -> bool:
    """Whether the other side says something that ends so, in however many pieces; False when it closes before."""
    said = b""
    while not said.endswith(end):
        if not (piece := sock.recv(65_536)):
            return False
        said += piece
    return True


def test_who_says_nothing_is_sent_away(port: int) -> None:
    with connected(port) as sock:
        assert until_closed(sock) == b""


def test_a_head_without_an_end_is_not_waited_for(port: int) -> None:
    with connected(port) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: news.example.org\r\nX-A: ")

        assert until_closed(sock) == b""


def test_a_body_without_an_end_is_not_waited_for(port: int, desk: Desk) -> None:
    with connected(port) as sock:
        sock.sendall(
            b"POST /digests/daily/subscribe HTTP/1.1\r\nHost: h\r\nContent-Length: 60\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\naddress=ann%40example"
        )

        assert until_closed(sock) == b""
    assert desk.asked == []


def test_the_next_request_of_a_kept_connection_has_its_own_time(port: int) -> None:
    whole = b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"
    with connected(port) as sock:
        sock.sendall(whole)
        assert until_said(sock, b"\r\n\r\nok\n")
        sock.sendall(whole[:10])

        assert until_closed(sock) == b""


def test_who_asks_in_pieces_but_in_time_is_answered(port: int) -> None:
    with connected(port) as sock:
        for piece in (b"GET /healthz HTT", b"P/1.1\r\nHost: h\r\nConnection: close\r", b"\n\r\n"):
            sock.sendall(piece)

        assert until_closed(sock).endswith(b"ok\n")


def test_who_does_not_take_the_answer_is_not_waited_for(port: int, desk: Desk) -> None:
    (desk.config.press.feeds_dir / "news.rss").write_bytes(bytes(range(256)) * 40_000)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(30)
        sock.connect(("127.0.0.1", port))
        sock.sendall(b"GET /feeds/news.rss?x=1 HTTP/1.1\r\nHost: h\r\n\r\n")
        assert sock.recv(16, socket.MSG_PEEK)
        gone = select.poll()
        gone.register(sock, select.POLLERR | select.POLLHUP)  # asked of the system, for reading would take the answer
        assert gone.poll(30_000)

    assert Visitor(port).get("/healthz").status == 200


def test_hundreds_who_dawdle_keep_nobody_from_being_answered(port: int) -> None:
    with contextlib.ExitStack() as held:
        for _ in range(300):
            held.enter_context(connected(port)).sendall(b"GET / HTTP/1.1\r\nX: ")

        assert Visitor(port).get("/feeds/news.atom").status == 200


def test_one_caller_has_so_many_connections_and_no_more(port: int, monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    monkeypatch.setattr(patience, "is_this_machine", lambda _: False)
    monkeypatch.setattr(Patient, "from_one", 3)
    monkeypatch.setattr(Patient, "to_ask", 30.0)
    with contextlib.ExitStack() as held:
        for _ in range(3):
            sock = held.enter_context(connected(port))
            sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
            assert sock.recv(4096)

        with connected(port) as fourth:
            assert until_closed(fourth) == b""

    eventually(lambda: _answers(port))


def _answers(port: int) -> bool:
    try:
        return Visitor(port).get("/healthz").status == 200
    except OSError:  # those before are not gone yet
        return False


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n" + b"X-Long: " + b"a" * LONGEST_HEAD + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
        b"GET /" + b"a" * LONGEST_HEAD + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS where none is spoken\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nX: a\x00b\r\n\r\n",
    ],
    ids=["long header", "many headers", "long path", "TLS", "two hosts", "two lengths", "no chunk", "NUL"],
)
def test_what_is_no_request_gets_400_and_the_protecting_headers(visitor: Visitor, said: bytes) -> None:
    with connected(visitor.port) as sock:
        sock.sendall(said)
        answer = until_closed(sock)

    head = answer.partition(b"\r\n\r\n")[0].lower()
    if b"transfer-encoding" not in said.lower():  # its head was whole, so the page itself came
        assert head.startswith(b"http/1.1 400")
    for name in (b"x-content-type-options: nosniff", b"referrer-policy: no-referrer", b"content-security-policy: "):
        assert name in head
