"""What feed readers ask of HTTP, asked of our own server and of nginx with the sample of the docs."""

import gzip
import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chaffinch.publish.files import write
from chaffinch.publish.press import documents
from chaffinch.web.app import build
from chaffinch.web.server import Server
from tests.loopback import free_port

SAMPLE = Path(__file__).resolve().parents[2] / "docs/nginx.conf"
PATH = "/feeds/news.atom"


@dataclass(frozen=True)
class Told:
    status: int
    headers: dict[str, str]
    body: bytes


class Asking:
    """Asks one server, all on one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def __call__(self, method: str = "GET", path: str = PATH, **headers: str) -> Told:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=named)
        answer = self.connection.getresponse()
        return Told(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def built_in(desk: Any, home: Path) -> Iterator[int]:
    server = Server(build(desk, patience=0), desk.config.web.model_copy(update={"bind": "127.0.0.1:0"}))
    server.start()
    yield server.port
    server.stop(2)


def nginx(desk: Any, home: Path) -> Iterator[int]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    port = free_port()
    block = SAMPLE.read_text("utf-8").replace("listen 80;", f"listen 127.0.0.1:{port};")
    block = block.replace("root /srv/chaffinch;", f"root {desk.config.press.feeds_dir.parent};")
    temporary = "".join(
        f"{name}_temp_path {home}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = home / "nginx.conf"
    config.write_text(
        f"daemon off; pid {home}/nginx.pid; error_log {home}/error.log; worker_processes 1; user root;\n"
        f"events {{}}\nhttp {{ access_log off; {temporary}\n{block}\n}}\n",
        "utf-8",
    )
    running = subprocess.Popen([program, "-p", str(home), "-c", str(config), "-e", f"{home}/error.log"])
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        running.terminate()
        running.wait(10)


@pytest.fixture(params=[built_in, nginx], ids=["built in", "nginx"])
def ask(request: pytest.FixtureRequest, desk: Any, tmp_path: Path) -> Iterator[Asking]:
    serving: Callable[[Any, Path], Iterator[int]] = request.param
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o755)
    for port in serving(desk, tmp_path):
        yield Asking(port)


def test_a_document_says_what_it_is_and_how_to_know_it_again(ask: Asking) -> None:
    told = ask()

    assert told.status == 200
    assert told.headers["content-type"].replace(" ", "") == "application/atom+xml;charset=utf-8"
    assert told.headers["etag"].startswith('"')
    assert told.headers["last-modified"] == "Fri, 20 Nov 2026 08:30:00 GMT"
    assert "max-age=" in told.headers["cache-control"]
    assert "private" not in told.headers["cache-control"]
    assert "set-cookie" not in told.headers
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers["x-robots-tag"] == "noindex"
    assert 'rel="self"' in told.headers["link"]


def test_nothing_changes_when_nothing_changed(ask: Asking) -> None:
    first, second = ask(), ask()

    assert first.body == second.body
    validators = ("etag", "last-modified")
    assert [first.headers[name] for name in validators] == [second.headers[name] for name in validators]


@pytest.mark.parametrize("form", ["{}", '"zz", {}', '"zz", W/{}'])
def test_who_has_it_is_not_sent_it_again(ask: Asking, form: str) -> None:
    etag = ask().headers["etag"]

    told = ask(If_None_Match=form.format(etag))

    assert (told.status, told.body, told.headers["etag"]) == (304, b"", etag)


def test_a_date_alone_is_enough(ask: Asking) -> None:
    assert ask(If_Modified_Since=ask().headers["last-modified"]).status == 304


def test_the_etag_decides_where_both_are_sent(ask: Asking) -> None:
    modified = ask().headers["last-modified"]

    assert ask(If_None_Match='"zz"', If_Modified_Since=modified).status == 200


def test_a_coding_has_a_validator_of_its_own(ask: Asking) -> None:
    plain, coded = ask(), ask(Accept_Encoding="gzip")

    assert coded.headers["content-encoding"] == "gzip"
    assert gzip.decompress(coded.body) == plain.body
    assert "accept-encoding" in coded.headers["vary"].lower()
    assert coded.headers["etag"] != plain.headers["etag"]
    assert ask(Accept_Encoding="gzip", If_None_Match=coded.headers["etag"]).status == 304


def test_head_is_get_without_the_body(ask: Asking) -> None:
    head = ask("HEAD")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["etag"] == ask().headers["etag"]


def test_a_change_within_the_same_second_is_seen(ask: Asking, desk: Any) -> None:
    before = ask()
    press = desk.config.press
    for headline in ("Aaaa", "Bbbb"):
        article = desk.article("key1") or next(iter(desk.articles.values()))
        desk.articles[article.key] = changed = type(article)(
            **{name: getattr(article, name) for name in article.__slots__} | {"title": headline}
        )
        write(press.feeds_dir, documents(desk.config.feeds[0], [changed], press), changed.first_seen)

    after = ask(If_None_Match=before.headers["etag"], If_Modified_Since=before.headers["last-modified"])

    assert after.status == 200
    assert b"Bbbb" in after.body
