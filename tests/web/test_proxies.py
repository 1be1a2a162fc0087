"""The proxies of docs/running.md, as they stand there, before a real press."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from chaffinch.config import Web
from chaffinch.web.app import build
from chaffinch.web.server import Server
from tests.loopback import free_port
from tests.web.conftest import Desk, Visitor

DOCS = Path(__file__).resolve().parents[2] / "docs/running.md"
NGINX, CADDY, CADDY_BELOW = (
    fence[1]
    for fence in re.finditer(r"^```(?:nginx|caddy)\n(.*?)^```$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
)


@contextmanager
def running(command: list[str], port: int, home: Path) -> Iterator[Visitor]:
    environ = {**os.environ, "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "HOME": str(home)}
    process = subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "it ended by itself"
            time.sleep(0.05)
        yield Visitor(port)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def nginx(snippet: str, upstream: int, home: Path) -> Iterator[Visitor]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    port = free_port()
    paths = "".join(f"{name}_temp_path {home}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (home / "nginx.conf").write_text(
        f"daemon off; pid {home}/nginx.pid; error_log {home}/error.log; worker_processes 1; events {{}}\n"
        f"http {{ access_log off; {paths} server {{ listen 127.0.0.1:{port};\n"
        + snippet.replace("127.0.0.1:8750", f"127.0.0.1:{upstream}")
        + "}}",
        "utf-8",
    )
    with running(
        [program, "-p", str(home), "-c", f"{home}/nginx.conf", "-e", f"{home}/error.log"], port, home
    ) as visitor:
        yield visitor


@contextmanager
def caddy(snippet: str, upstream: int, home: Path) -> Iterator[Visitor]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed")
    port = free_port()
    site = re.sub(r"^\S+ \{", f"http://127.0.0.1:{port} {{", snippet)
    config = home / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n" + site.replace("127.0.0.1:8750", f"127.0.0.1:{upstream}"), "utf-8")
    command = [program, "run", "--config", str(config), "--adapter", "caddyfile"]
    with running(command, port, home) as visitor:
        yield visitor


@pytest.mark.parametrize(
    ("proxy", "snippet", "below"),
    [(nginx, NGINX, "/news"), (caddy, CADDY, ""), (caddy, CADDY_BELOW, "/news")],
    ids=["nginx below a path", "Caddy", "Caddy below a path"],
)
def test_the_sample_passes_on_what_the_press_needs(
    open_press: Callable[..., Desk],
    tmp_path: Path,
    proxy: Callable[..., AbstractContextManager[Visitor]],
    snippet: str,
    below: str,
) -> None:
    desk = open_press(below=below, web='trusted_proxies = ["127.0.0.1"]\n')
    server = Server(build(desk, patience=0), Web(bind="127.0.0.1:0"))
    server.start()
    try:
        with proxy(snippet, server.port, tmp_path) as visitor:
            home = visitor.get(f"{below}/")
            feed = visitor.get(f"{below}/feeds/news.atom")
            again = visitor.get(f"{below}/feeds/news.atom", If_None_Match=feed.headers["etag"])
            renamed = visitor.get(f"{below}/feeds/old-news.atom")
            left = visitor.post(f"{below}/unsubscribe/t0ken")
            asked = visitor.post(f"{below}/digests/daily/subscribe", {"address": "ann@example.org"})
            huge = visitor.ask("POST", f"{below}/digests/daily/subscribe", b"a" * 200_000)
    finally:
        server.stop(2)

    assert home.status == 200
    assert f'href="{below}/feeds.opml"' in home.text
    assert home.headers["content-security-policy"].startswith("default-src 'none'")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert again.status == 304
    assert (renamed.status, renamed.headers["location"]) == (301, f"{below}/feeds/news.atom")
    assert (left.status, asked.status) == (200, 200)
    assert huge.status in (413, 502), "Caddy tells of an answer that came before it had sent all as 502"
    assert [evidence["asked from"] for _, _, _, evidence in desk.asked] == ["127.0.0.1"]
