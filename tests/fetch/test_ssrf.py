"""Server-side request forgery: whatever a page, a redirect or a name server says, our own net is not called."""

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chaffinch.clock import system_clock
from chaffinch.config import Fetch
from chaffinch.errors import FetchError, Refused
from chaffinch.fetch import Client
from chaffinch.model import Source, SourceKind, Validators
from tests.fetch.test_client import Site, serving

LOOPBACK_NAMES = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "0177.1",
    "017700000001",
    "127.0.0.1.",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "127.255.255.254",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:7f00:0001::1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
]
"""Spellings of this machine, and of addresses in which it is hidden."""
INNER_NAMES = [
    "10.0.0.1",
    "10.1",
    "0xa.1",
    "012.1",
    "172.16.0.1",
    "192.168.0.1",
    "192.168.257",
    "3232235777",
    "169.254.169.254",
    "169.254.43518",
    "0xa9fea9fe",
    "2852039166",
    "100.64.0.1",
    "100.127.255.254",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "240.0.0.1",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[ff0e::1]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[100::1]",
    "[2001:db8::1]",
    "[4000::1]",
    "[::ffff:10.0.0.1]",
    "[::10.0.0.1]",
]
"""Spellings of what is near: private, link-local, shared, multicast, reserved."""
DISGUISES = [
    "http://example.org@{}/",
    "http://example.org:80@{}/",
    "http://user:word@{}/",
    "http://{}#@example.org/",
    "http://{}?@example.org/",
    "HTTP://{}/",
    "http://{}:{port}/",
    "http:///{}/",
    "http:{}",
    "http:/{}/",
    "http:\\\\{}\\",
    "http://{}\\@example.org/",
    " http://{}/ ",
    "http://\t{}/",
    "http://exa\nmple.org@{}/",
]
"""Ways to write an address that look like another one to somebody."""
WIDE = [
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７．１",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
]
"""Digits, dots and letters of other alphabets, which IDNA folds into ours; names of this machine."""
OTHER_SCHEMES = [
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "data:text/html,hi",
    "javascript:alert(1)",
    "jar:http://127.0.0.1!/",
    "ldap://127.0.0.1/",
    "unix:/run/docker.sock",
    "//127.0.0.1/",
    "blob:x",
    "",
    "http+unix://%2Frun%2Fdocker.sock/",
    "view-source:http://127.0.0.1/",
]

Get = Callable[[str], Any]


class Caught:
    """A resolver that answers as the system's does, and a list of what was connected to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, allowed: tuple[str, ...] = ()) -> None:
        self.connected: list[str] = []
        caught, connect = self, socket.socket.connect

        def watched(sock: socket.socket, address: Any) -> None:
            if sock.family in (socket.AF_INET, socket.AF_INET6):
                caught.connected.append(address[0])
                if address[0] not in allowed:
                    raise ConnectionRefusedError("nothing leaves this test")
            connect(sock, address)

        monkeypatch.setattr(socket.socket, "connect", watched)


def resolve(host: str, port: int, **_: Any) -> Any:
    """Numbers are what the system takes them for, `localhost` is this machine; no name server is asked."""
    if host.rstrip(".").lower() == "localhost":
        host = "127.0.0.1"
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


def client(**kwargs: Any) -> Client:
    kwargs.setdefault("resolve", resolve)
    settings = kwargs.pop("settings", Fetch())
    return Client(settings, clock=system_clock, wait=lambda _: False, gap=0, **kwargs)


def get(url: str, **kwargs: Any) -> Any:
    fetching = client(**kwargs)
    try:
        return fetching.for_source(Source("s", SourceKind.PAGE, "", robots=False)).get(url, Validators())
    finally:
        fetching.close()


@pytest.mark.parametrize("host", [*LOOPBACK_NAMES, *INNER_NAMES, *WIDE])
def test_no_spelling_of_an_inner_address_is_called(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = Caught(monkeypatch)

    for url in (f"http://{host}/", f"https://{host}:8443/x"):
        with pytest.raises(FetchError):
            get(url)

    assert caught.connected == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_disguise_hides_an_inner_address(disguise: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = Caught(monkeypatch)

    for host in ("127.0.0.1", "169.254.169.254", "[::1]"):
        with pytest.raises(FetchError):
            get(disguise.format(host, port=80))

    assert caught.connected == []


@pytest.mark.parametrize("url", OTHER_SCHEMES)
def test_only_http_and_https_are_spoken(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = Caught(monkeypatch)

    with pytest.raises(Refused):
        get(url)

    assert caught.connected == []


@pytest.fixture
def outside() -> Iterator[Site]:
    """A site at 127.0.0.1, which alone is allowed: it stands for the open net."""
    with serving() as found:
        yield found


ONE = Fetch(allow_private=("127.0.0.1/32",))


@pytest.mark.parametrize(
    "host", [*(h for h in LOOPBACK_NAMES if "127.0.0.1" not in h and "7f" not in h.lower()), *INNER_NAMES]
)
@pytest.mark.parametrize("status", [301, 307])
def test_no_redirect_leads_to_an_inner_address(
    outside: Site, host: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if host in (
        "127.1",
        "127.0.1",
        "2130706433",
        "0177.1",
        "017700000001",
        "0177.0.0.1",
        "127.000.000.001",
        "127.0.0.1.",
    ):
        host = "127.0.0.2"  # the same spellings mean the one address that this test allows
    outside.says("/", b"", status=status, headers={"Location": f"http://{host}/inner"})
    caught = Caught(monkeypatch, allowed=("127.0.0.1",))

    with pytest.raises(FetchError):
        get(outside.url("/"), settings=ONE)

    assert set(caught.connected) == {"127.0.0.1"}


@pytest.mark.parametrize("url", [url for url in OTHER_SCHEMES if ":" in url])
def test_no_redirect_leaves_http(outside: Site, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.says("/", b"", status=302, headers={"Location": url})
    caught = Caught(monkeypatch, allowed=("127.0.0.1",))

    with pytest.raises(FetchError):
        get(outside.url("/"), settings=ONE)

    assert len(caught.connected) == 1


def test_a_name_that_is_rebound_between_two_looks_is_checked_at_each(
    outside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.says("/a", b"fine")
    caught = Caught(monkeypatch, allowed=("127.0.0.1",))
    answers = iter(["127.0.0.1", "127.0.0.2", "169.254.169.254", "10.0.0.1"])

    def rebinding(host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    fetching = client(settings=ONE, resolve=rebinding)
    fetcher = fetching.for_source(Source("s", SourceKind.PAGE, "", robots=False))
    url = f"http://rebound.example:{outside.port}/a"
    assert fetcher.get(url).body == b"fine"
    fetching.close()
    for _ in range(3):
        with pytest.raises(Refused):
            fetcher.get(url)

    assert caught.connected == ["127.0.0.1"]


def test_a_name_with_one_good_and_one_inner_address_leads_to_the_good_one_only(
    outside: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.says("/a", b"fine")
    caught = Caught(monkeypatch, allowed=("127.0.0.1",))

    def both(host: str, port: int, **_: Any) -> Any:
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in ("169.254.169.254", "127.0.0.1", "10.0.0.1")]

    assert get(f"http://both.example:{outside.port}/a", settings=ONE, resolve=both).body == b"fine"
    assert caught.connected == ["127.0.0.1"]


@pytest.mark.parametrize("host", [*LOOPBACK_NAMES[:6], "169.254.169.254", "[::1]"])
def test_a_hub_is_told_through_the_same_gate(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught = Caught(monkeypatch)

    with pytest.raises(FetchError):
        client().post(f"http://{host}/hub", b"hub.mode=publish")

    assert caught.connected == []


def test_robots_txt_is_fetched_through_the_same_gate(outside: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.says("/robots.txt", b"", status=301, headers={"Location": "http://169.254.169.254/robots.txt"})
    caught = Caught(monkeypatch, allowed=("127.0.0.1",))

    fetching = client(settings=ONE)
    with pytest.raises(FetchError):
        fetching.for_source(Source("s", SourceKind.PAGE, "")).get(outside.url("/a"))
    fetching.close()

    assert set(caught.connected) == {"127.0.0.1"}


def test_what_the_owner_allows_is_called_and_nothing_beside_it(outside: Site) -> None:
    outside.says("/a", b"fine")

    assert get(outside.url("/a"), settings=ONE).body == b"fine"
    for refused in ("127.0.0.2", "[::1]"):
        with pytest.raises(Refused):
            get(f"http://{refused}:{outside.port}/a", settings=ONE)
