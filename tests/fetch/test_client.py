"""The client against real servers on loopback, friendly and hostile."""

import gzip
import http.server
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # it has no stubs
import pytest
import zstandard

from chaffinch.config import Fetch
from chaffinch.errors import Blocked, FetchError, Gone, HostBusy, Refused
from chaffinch.fetch import Client, Limits
from chaffinch.model import Access, Source, SourceKind, Validators

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOOPBACK = Fetch(allow_private=("127.0.0.0/8",))
MEBIBYTE = 1 << 20

Route = Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """A server on loopback: `routes` by path, `asked` remembers the requests as (path, headers)."""

    port: int = 0
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, body: bytes = b"", status: int = 200, headers: dict[str, str] | None = None) -> None:
        def route(request: http.server.BaseHTTPRequestHandler) -> None:
            answer(request, body, status, headers)

        self.routes[path] = route

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


def answer(
    request: http.server.BaseHTTPRequestHandler,
    body: bytes = b"",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> None:
    request.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        request.send_header(name, value)
    request.end_headers()
    request.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that hangs up is what these tests are about


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        site = self.server.site
        site.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        route = site.routes.get(self.path)
        if route is None:
            answer(self, b"nothing here", 404)
        else:
            route(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        pass


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Site]:
    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        server.site = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server.site
        finally:
            server.shutdown()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


def a_client(settings: Fetch = LOOPBACK, **kwargs: Any) -> Client:
    kwargs.setdefault("wait", lambda seconds: False)
    return Client(settings, clock=lambda: NOW, gap=kwargs.pop("gap", 0.0), **kwargs)


def a_source(location: str = "http://127.0.0.1/", **kwargs: Any) -> Source:
    return Source(slug="wire", kind=SourceKind.PAGE, location=location, **kwargs)


def resolving(**names: str) -> Callable[..., list[tuple[Any, ...]]]:
    """A resolver that knows only these names (`_` for a dot); numbers resolve to themselves."""
    known = {name.replace("_", "."): address for name, address in names.items()}

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        if host not in known and not host[0].isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (known.get(host, host), port))]

    return resolve


# ------------------------------------------------------------------------------------------- what comes


def test_a_page_comes_with_type_charset_and_validators(site: Site) -> None:
    site.says("/a", b"h\xe9", headers={"Content-Type": "text/HTML; charset=ISO-8859-1", "ETag": '"1"'})

    page = a_client().for_source(a_source()).get(site.url("/a"))

    assert (page.body, page.media_type, page.charset) == (b"h\xe9", "text/html", "iso-8859-1")
    assert page.validators == Validators(etag='"1"')
    assert (page.url, page.fetched, page.status, page.moved) == (site.url("/a"), NOW, 200, None)
    assert page.headers["etag"] == '"1"'


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("br", brotli.compress),
        ("deflate", zlib.compress),
        ("gzip", gzip.compress),
        ("zstd", zstandard.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
    ],
)
def test_packed_bodies_are_unpacked(site: Site, coding: str, pack: Callable[[bytes], bytes]) -> None:
    site.says("/", pack(b"<p>Grain</p>" * 1000), headers={"Content-Encoding": coding})

    page = a_client().for_source(a_source()).get(site.url())

    assert page.body == b"<p>Grain</p>" * 1000


def test_not_modified_is_a_page_without_body_that_keeps_its_validators(site: Site) -> None:
    site.says("/", b"", 304, {"ETag": 'W/"2"'})

    page = a_client().for_source(a_source()).get(site.url(), Validators('"1"', "Sun, 22 Nov 2026 10:00:00 GMT"))

    assert (page.status, page.body) == (304, b"")
    assert page.validators == Validators('W/"2"', "Sun, 22 Nov 2026 10:00:00 GMT")
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    assert site.asked[-1][1]["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"


def test_not_modified_without_a_question_is_an_error(site: Site) -> None:
    site.says("/", b"", 304)

    with pytest.raises(FetchError, match="304"):
        a_client().for_source(a_source()).get(site.url())


def test_the_user_agent_names_the_press_and_a_contact(site: Site) -> None:
    site.says("/", b"x")
    client = a_client(base_url="https://news.example.org", contact="editor@example.org")

    client.for_source(a_source()).get(site.url())

    agent = site.asked[-1][1]["user-agent"]
    assert agent.startswith("Chaffinch/")
    assert agent.endswith("(+https://news.example.org; editor@example.org)")


def test_a_connection_is_used_again_and_a_stale_one_replaced(site: Site) -> None:
    peers = []

    def route(request: http.server.BaseHTTPRequestHandler) -> None:
        peers.append(request.client_address)
        answer(request, b"x")
        request.close_connection = len(peers) == 2  # without saying so beforehand

    site.routes["/"] = route
    fetcher = a_client().for_source(a_source(robots=False))

    bodies = [fetcher.get(site.url()).body for _ in range(3)]

    assert bodies == [b"x"] * 3
    assert peers[0] == peers[1] != peers[2]


# ----------------------------------------------------------------------------------------- redirects


def test_permanent_redirects_say_where_the_page_moved_to(site: Site) -> None:
    site.says("/old", status=301, headers={"Location": "/older"})
    site.says("/older", status=308, headers={"Location": "/new#part"})
    site.says("/new", b"here")

    page = a_client().for_source(a_source()).get(site.url("/old"))

    assert (page.body, page.url, page.moved) == (b"here", site.url("/new"), site.url("/new"))


def test_one_temporary_redirect_on_the_way_means_that_nothing_moved(site: Site) -> None:
    site.says("/old", status=301, headers={"Location": "/between"})
    site.says("/between", status=302, headers={"Location": "/new"})
    site.says("/new", b"here")

    page = a_client().for_source(a_source()).get(site.url("/old"))

    assert (page.url, page.moved) == (site.url("/new"), None)


def test_validators_are_not_sent_to_where_a_redirect_leads(site: Site) -> None:
    site.says("/old", status=302, headers={"Location": "/new"})
    site.says("/new", b"here")

    a_client().for_source(a_source()).get(site.url("/old"), Validators('"1"'))

    sent = {path: headers.get("if-none-match") for path, headers in site.asked}
    assert (sent["/old"], sent["/new"]) == ('"1"', None)


def test_a_circle_and_a_long_way_of_redirects_end(site: Site) -> None:
    site.says("/a", status=302, headers={"Location": "/b"})
    site.says("/b", status=302, headers={"Location": "/a"})
    for number in range(9):
        site.says(f"/{number}", status=302, headers={"Location": f"/{number + 1}"})
    fetcher = a_client().for_source(a_source())

    with pytest.raises(FetchError, match="circle"):
        fetcher.get(site.url("/a"))
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.get(site.url("/0"))


@pytest.mark.parametrize(
    "where",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "data:text/html,x", "javascript:x"],
)
def test_a_redirect_to_another_scheme_is_refused(site: Site, where: str) -> None:
    site.says("/", status=302, headers={"Location": where})

    with pytest.raises(Refused):
        a_client().for_source(a_source()).get(site.url())


@pytest.mark.parametrize("where", ["http://10.0.0.1/", "http://[::1]/", "http://2130706434.example:80/"])
def test_a_redirect_to_a_private_address_is_refused(site: Site, where: str) -> None:
    site.says("/", status=302, headers={"Location": where})
    resolve = resolving(**{"2130706434_example": "192.168.0.1"})

    with pytest.raises(Refused, match="allow_private"):
        a_client(resolve=resolve).for_source(a_source(robots=False)).get(site.url())


# --------------------------------------------------------------------------------------- where we go


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_this_machine_is_refused_however_it_is_spelled(site: Site, host: str) -> None:
    site.says("/", b"secret")

    with pytest.raises(Refused):
        a_client(Fetch()).for_source(a_source(robots=False)).get(site.url("/", host))
    assert site.asked == []


def test_a_name_that_leads_to_a_private_address_is_refused(site: Site) -> None:
    client = a_client(Fetch(), resolve=resolving(innocent_example="127.0.0.1"))

    with pytest.raises(Refused, match="loopback"):
        client.for_source(a_source(robots=False)).get(site.url("/", "innocent.example"))
    assert site.asked == []


def test_a_name_that_is_rebound_between_two_requests_is_refused(site: Site) -> None:
    site.says("/", b"x", headers={"Connection": "close"})
    answers = iter(["127.0.0.1", "192.168.7.7"])

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    fetcher = a_client(resolve=resolve).for_source(a_source(robots=False))

    assert fetcher.get(site.url("/", "rebind.example")).body == b"x"
    with pytest.raises(Refused, match=r"192\.168\.7\.7"):
        fetcher.get(site.url("/", "rebind.example"))


def test_of_several_addresses_only_the_harmless_are_tried(site: Site) -> None:
    site.says("/", b"x")

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("10.1.2.3", "127.0.0.1")]

    page = a_client(resolve=resolve).for_source(a_source(robots=False)).get(site.url("/", "both.example"))

    assert page.body == b"x"
    assert site.asked[0][1]["host"] == f"both.example:{site.port}"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "", "http://", "nonsense", "http://a b/"])
def test_only_web_urls_are_fetched(url: str) -> None:
    with pytest.raises(Refused):
        a_client().for_source(a_source()).get(url)


# ------------------------------------------------------------------------------------------- logins


def test_a_login_goes_to_the_sources_own_host_and_nowhere_else(site: Site) -> None:
    with serving() as other:
        site.says("/in", status=302, headers={"Location": other.url("/out")})
        other.says("/out", b"x")
        access = Access({"X-Key": "k"}, "ann", "secret")

        a_client().for_source(a_source(site.url(), access=access)).get(site.url("/in"))

        (_, first), (_, second) = site.asked[-1], other.asked[-1]
        assert (first["x-key"], first["authorization"]) == ("k", "Basic YW5uOnNlY3JldA==")
        assert not {"x-key", "authorization"} & set(second)
        assert all("x-key" not in headers for path, headers in site.asked if path == "/robots.txt")


def test_a_wanted_login_is_told(site: Site) -> None:
    site.says("/", b"", 401)

    with pytest.raises(FetchError, match="a login is wanted"):
        a_client().for_source(a_source()).get(site.url())


# ------------------------------------------------------------------------------------------- robots


def test_robots_txt_is_obeyed_unless_the_source_says_otherwise(site: Site) -> None:
    site.says("/robots.txt", b"User-agent: chaffinch\nDisallow: /private/\n")
    site.says("/private/a", b"x")
    client = a_client()

    with pytest.raises(Refused, match=r"robots\.txt says no"):
        client.for_source(a_source()).get(site.url("/private/a"))
    assert client.for_source(a_source(robots=False)).get(site.url("/private/a")).body == b"x"


def test_robots_txt_counts_for_each_hop(site: Site) -> None:
    site.says("/robots.txt", b"User-agent: *\nDisallow: /b\n")
    site.says("/a", status=302, headers={"Location": "/b"})

    with pytest.raises(Refused, match="/b"):
        a_client().for_source(a_source()).get(site.url("/a"))


def test_robots_txt_is_asked_once_a_day(site: Site) -> None:
    site.says("/robots.txt", b"")
    site.says("/", b"x")
    times = iter([NOW] * 6 + [NOW.replace(day=24)] * 6)
    client = Client(LOOPBACK, clock=lambda: next(times), wait=lambda seconds: False, gap=0)
    fetcher = client.for_source(a_source())

    for _ in range(2):
        fetcher.get(site.url())
    first_day = [path for path, _ in site.asked].count("/robots.txt")
    for _ in range(2):
        fetcher.get(site.url())

    assert first_day == 1
    assert [path for path, _ in site.asked].count("/robots.txt") == 2


def test_without_robots_txt_everything_is_allowed_and_with_a_broken_server_nothing(site: Site) -> None:
    site.says("/", b"x")

    assert a_client().for_source(a_source()).get(site.url()).body == b"x"
    site.says("/robots.txt", b"", 500)
    with pytest.raises(FetchError, match=r"robots\.txt fails"):
        a_client().for_source(a_source()).get(site.url())
    assert site.paths() == ["/"]


def test_a_huge_robots_txt_counts_as_far_as_we_read_it(site: Site) -> None:
    rules = b"User-agent: *\nDisallow: /private\n" + b"# nothing\n" * 200_000 + b"Disallow: /\n"
    site.says("/robots.txt", rules)
    site.says("/", b"x")
    fetcher = a_client().for_source(a_source())

    assert fetcher.get(site.url()).body == b"x"
    with pytest.raises(Refused):
        fetcher.get(site.url("/private"))


# -------------------------------------------------------------------------------------------- errors


def test_a_host_that_does_not_exist(site: Site) -> None:
    with pytest.raises(FetchError, match=r"^nowhere\.example: no such host$"):
        a_client(resolve=resolving()).for_source(a_source()).get("http://nowhere.example/feed")


def test_a_name_server_that_is_silent_is_not_waited_for(site: Site) -> None:
    over = threading.Event()

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        over.wait(10)
        return []

    client = a_client(resolve=resolve, limits=Limits(connect=0.1))

    with pytest.raises(FetchError, match="name server"):
        client.for_source(a_source()).get("http://slow.example/")
    over.set()


def test_a_port_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(FetchError, match=f"127.0.0.1:{port}: no connection: Connection refused"):
        a_client().for_source(a_source()).get(f"http://127.0.0.1:{port}/")


def test_a_page_that_is_not_there_and_one_that_is_gone(site: Site) -> None:
    site.says("/gone", b"", 410)
    fetcher = a_client().for_source(a_source())

    with pytest.raises(FetchError, match=r"not found \(404\)") as not_found:
        fetcher.get(site.url("/nothing"))
    with pytest.raises(Gone) as gone:
        fetcher.get(site.url("/gone"))
    assert (not_found.value.status, gone.value.status) == (404, 410)


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (403, b"<title>Just a moment...</title>", {}),
        (403, gzip.compress(b"Verify you are human", mtime=0), {"Content-Encoding": "gzip"}),
        (403, b"", {"cf-mitigated": "challenge"}),
        (503, b"<script src=/cdn-cgi/challenge-platform/x>", {}),
    ],
)
def test_a_challenge_page_means_blocked(site: Site, status: int, body: bytes, headers: dict[str, str]) -> None:
    site.says("/", body, status, headers)

    with pytest.raises(Blocked):
        a_client().for_source(a_source()).get(site.url())


def test_a_host_that_challenged_us_is_left_in_peace(site: Site) -> None:
    site.says("/a", b"<title>Just a moment...</title>", 403)
    site.says("/b", b"x")
    fetcher = a_client().for_source(a_source())
    with pytest.raises(Blocked):
        fetcher.get(site.url("/a"))

    with pytest.raises(HostBusy, match="lets only browsers in: 1800 seconds are left"):
        fetcher.get(site.url("/b"))


def test_a_plain_403_is_no_challenge(site: Site) -> None:
    site.says("/", b"Forbidden", 403)

    with pytest.raises(FetchError, match="forbidden") as caught:
        a_client().for_source(a_source()).get(site.url())
    assert not isinstance(caught.value, Blocked)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("120", 120.0), ("Sun, 22 Nov 2026 12:05:00 GMT", 300.0), ("99999999999", 86_400.0), ("soon", 300.0)],
)
def test_retry_after_holds_the_whole_host(site: Site, written: str, seconds: float) -> None:
    site.says("/a", b"", 429, {"Retry-After": written})
    site.says("/b", b"x")
    client = a_client()

    with pytest.raises(FetchError) as told:
        client.for_source(a_source(robots=False)).get(site.url("/a"))
    with pytest.raises(FetchError, match="asked us to wait") as held:
        client.for_source(a_source(robots=False)).get(site.url("/b"))

    assert (told.value.status, told.value.retry_after) == (429, seconds)
    assert held.value.retry_after == pytest.approx(seconds, abs=5)
    assert site.paths() == ["/a"]


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    with serving(a_certificate(tmp_path)) as site, pytest.raises(FetchError, match="certificate is not valid"):
        a_client().for_source(a_source()).get(site.url().replace("http:", "https:"))


def test_a_checked_address_is_reached_by_name_over_tls(tmp_path: Path) -> None:
    server = a_certificate(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    with serving(server) as site:
        site.says("/", b"safe")
        client = a_client(resolve=resolving(news_example="127.0.0.1"), tls=trusting)
        fetcher = client.for_source(a_source(robots=False))

        pages = [fetcher.get(f"https://news.example:{site.port}/") for _ in range(2)]

        assert [page.body for page in pages] == [b"safe", b"safe"]
        with pytest.raises(FetchError, match="certificate is not valid"):
            fetcher.get(f"https://127.0.0.1:{site.port}/")


def a_certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS context with a fresh certificate for news.example, written to cert.pem."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "news.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("news.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


# ------------------------------------------------------------------------------------------- hostile


def test_ten_gigabytes_are_refused_by_their_announcement(site: Site) -> None:
    site.says("/", b"x", headers={"Content-Length": str(10 << 30)})

    with pytest.raises(FetchError, match=r"too big: 10,240 MiB, and we take 8 MiB"):
        a_client().for_source(a_source()).get(site.url())


def gzip_bomb() -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as stream:
        for _ in range(64):
            stream.write(bytes(MEBIBYTE))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("br", lambda: brotli.compress(bytes(64 * MEBIBYTE), quality=1)),
        ("deflate", lambda: zlib.compress(bytes(64 * MEBIBYTE))),
        ("gzip", gzip_bomb),
        ("zstd", lambda: zstandard.compress(bytes(64 * MEBIBYTE))),
    ],
)
def test_a_bomb_is_cut_at_the_cap(site: Site, coding: str, bomb: Callable[[], bytes]) -> None:
    site.says("/", bomb(), headers={"Content-Encoding": coding})

    with pytest.raises(FetchError, match="too big"):
        a_client().for_source(a_source()).get(site.url())


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip", "zstd", "compress", "gzip,gzip,gzip"])
def test_a_body_that_cannot_be_unpacked_is_told(site: Site, coding: str) -> None:
    site.says("/", b"\x1f\x8bthis is nothing", headers={"Content-Encoding": coding})

    with pytest.raises(FetchError, match="cannot be unpacked"):
        a_client().for_source(a_source()).get(site.url())


@pytest.mark.parametrize("coding", ["br", "gzip", "zstd"])
def test_a_packed_body_that_breaks_off_is_not_taken_for_a_whole_one(site: Site, coding: str) -> None:
    packers = {"br": brotli.compress, "gzip": gzip.compress, "zstd": zstandard.compress}
    packed = packers[coding](bytes(range(256)) * 1000)
    site.says("/", packed[: len(packed) // 2], headers={"Content-Encoding": coding})

    with pytest.raises(FetchError, match="cannot be unpacked"):
        a_client().for_source(a_source()).get(site.url())


def test_chunks_without_end_are_cut_at_the_cap(site: Site) -> None:
    def route(request: http.server.BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        for _ in range(1000):
            request.wfile.write(b"10000\r\n" + bytes(65536) + b"\r\n")

    site.routes["/"] = route

    with pytest.raises(FetchError, match="too big"):
        a_client().for_source(a_source()).get(site.url())


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"])
def test_a_slow_drip_ends_at_the_deadline(first: bytes) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(first)
                while not over.wait(0.02):
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        client = a_client(limits=Limits(read=10, total=0.3))
        started = time.monotonic()

        with pytest.raises(FetchError, match="too slow"):
            client.for_source(a_source(robots=False)).get(f"http://127.0.0.1:{listening.getsockname()[1]}/")

        over.set()
        thread.join(5)
        assert time.monotonic() - started < 5


def test_silence_ends_after_the_read_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = a_client(limits=Limits(read=0.1))

        with pytest.raises(FetchError, match="too slow"):
            client.for_source(a_source(robots=False)).get(f"http://127.0.0.1:{listening.getsockname()[1]}/")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00" * 100,
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_one_line(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def speak() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(said)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()

        with pytest.raises(FetchError) as caught:
            a_client().for_source(a_source(robots=False)).get(f"http://127.0.0.1:{listening.getsockname()[1]}/")

        thread.join(5)
        assert "\n" not in str(caught.value)


def test_an_empty_body_is_a_page(site: Site) -> None:
    site.says("/", b"")

    assert a_client().for_source(a_source()).get(site.url()).body == b""


def test_odd_characters_in_a_url_are_sent_encoded(site: Site) -> None:
    site.says("/sch%C3%B6n?q=%C3%A4%20b", b"x")

    page = a_client().for_source(a_source()).get(site.url("/schön?q=ä b"))

    assert page.body == b"x"


# -------------------------------------------------------------------------------------- many at once


def test_many_threads_share_a_client_and_a_host_sees_one_request_at_a_time(site: Site) -> None:
    together, most = [0], [0]
    lock = threading.Lock()

    def route(request: http.server.BaseHTTPRequestHandler) -> None:
        with lock:
            together[0] += 1
            most[0] = max(most[0], together[0])
        time.sleep(0.005)
        with lock:
            together[0] -= 1
        answer(request, request.path.encode())

    for number in range(24):
        site.routes[f"/{number}"] = route
    client = a_client()
    bodies: dict[int, bytes] = {}

    def work(number: int) -> None:
        bodies[number] = client.for_source(a_source()).get(site.url(f"/{number}")).body

    threads = [threading.Thread(target=work, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert bodies == {number: f"/{number}".encode() for number in range(24)}
    assert most[0] == 1
    client.close()
