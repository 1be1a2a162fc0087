"""What systemd hears of a daemon, over a real socket."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaffinch.cli import notifying
from chaffinch.cli.machines import Clocks
from chaffinch.config import load
from chaffinch.model import Rendition
from chaffinch.newsroom import Newsroom
from tests.cli.test_daemon import ARTICLE, CONFIG

Heard = Callable[[], dict[str, str]]


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    """The other end of NOTIFY_SOCKET; each call gives the next message."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(path))
        sock.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        yield lambda: dict(line.split("=", 1) for line in sock.recv(4096).decode().splitlines())


def test_without_a_socket_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("", "relative/path", "/nowhere/at/all"):
        monkeypatch.setenv("NOTIFY_SOCKET", address)

        assert not notifying.notify("READY=1")


def test_an_abstract_address_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"chaffinch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")

        assert notifying.notify("READY=1", "STATUS=here")
        assert sock.recv(100) == b"READY=1\nSTATUS=here"


def test_the_watchdog_hears_of_looks_only_and_of_those_that_fail_too(ear: Heard) -> None:
    done: list[str] = []

    def perform(task: str) -> None:
        done.append(task)
        if task == "broken look":
            raise ValueError(task)

    beating = notifying.beating(perform, lambda task: "look" in task)
    beating("work")
    beating("look")
    with pytest.raises(ValueError, match="broken look"):
        beating("broken look")
    notifying.stopping()

    assert [ear(), ear(), ear()] == [{"WATCHDOG": "1"}, {"WATCHDOG": "1"}, {"STOPPING": "1", "STATUS": "stopping"}]
    assert done == ["work", "look", "broken look"]


@pytest.mark.parametrize(
    ("turns", "heard"), [(True, {"WATCHDOG": "1"}), (False, {"STOPPING": "1", "STATUS": "stopping"})]
)
def test_of_many_machines_each_is_alive_for_as_long_as_its_own_engine_goes_round(
    turns: bool, heard: dict[str, str], postgresql: str, tmp_path: Path, ear: Heard
) -> None:
    (tmp_path / "config.toml").write_text(f'[press]\ndatabase_url = "{postgresql}"\n', "utf-8")
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    clocks = Clocks(room)
    clocks.turns = lambda: turns

    clocks.beside()
    notifying.stopping()
    room.close()

    assert ear() == heard


def test_a_machine_that_cannot_show_what_others_publish_says_so_once_and_goes_on(
    postgresql: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "chaffinch")
    (tmp_path / "config.toml").write_text(f'[press]\ndatabase_url = "{postgresql}"\n', "utf-8")
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    clocks = Clocks(room)
    document = Rendition("news", "news.atom", "application/atom+xml", b"<feed/>")
    room.parts.renditions.put([document], room.parts.clock(), private=False)
    (tmp_path / "feeds").write_text("no folder", "utf-8")

    clocks.beside()
    clocks.beside()
    cautions = room.front.cautions()
    (tmp_path / "feeds").unlink()
    clocks.beside()
    later = room.front.cautions()
    room.close()

    why = f"{tmp_path / 'feeds' / 'news.atom'}: cannot be written: File exists; what was published before stays"
    assert caplog.messages == [f"what others publish is not shown here: {why}", "what others publish is shown again"]
    assert (list(cautions), list(later)) == ([f"not up to date: {why}"], [])
    assert (tmp_path / "feeds" / "news.atom").read_bytes() == b"<feed/>"


def test_a_daemon_says_when_it_is_ready_reloading_alive_and_stopping(tmp_path: Path, ear: Heard) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "marigold.txt").write_text(ARTICLE.format(name="Marigold"), "utf-8")
    config = CONFIG.replace("127.0.0.1:0", "127.0.0.1:0").rstrip() + '\nmetrics_bind = "127.0.0.1:0"\n'
    (tmp_path / "config.toml").write_text(config, "utf-8")
    log = tmp_path / "log"
    with log.open("wb") as stream:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "chaffinch", "run", "--config", str(tmp_path / "config.toml")],
            stderr=stream,
            env={**os.environ, "CHAFFINCH_LOG": "json"},
        )
    try:
        ready = _next(ear, "READY")
        _next(ear, "WATCHDOG")
        lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        address = next(line["message"] for line in lines if line["event"] == "figures-stand-on").split()[-1]
        with urllib.request.urlopen(address) as answer:
            figures = answer.read().decode()
        daemon.send_signal(signal.SIGHUP)
        reloading = _next(ear, "RELOADING")
        again = _next(ear, "READY")
        daemon.send_signal(signal.SIGTERM)
        stopping = _next(ear, "STOPPING")
        status = daemon.wait(30)
    finally:
        daemon.kill()
        daemon.wait()

    assert ready["STATUS"].startswith("serving http://127.0.0.1:8750 on http://127.0.0.1:")
    assert again == ready
    assert reloading["MONOTONIC_USEC"].isdigit()
    assert stopping["STOPPING"] == "1"
    assert status == 0
    assert "chaffinch_sweeps_total 0.0" not in figures
    assert 'chaffinch_queue_length{queue="refresh"}' in figures
    said = [json.loads(line)["event"] for line in log.read_text("utf-8").splitlines()]
    assert "stopping-work-under-way-comes-to-its-next-safe-place" in said


def _next(ear: Heard, key: str) -> dict[str, str]:
    """The next message of this sort; in between only the watchdog may be told."""
    while key not in (message := ear()):
        assert message == {"WATCHDOG": "1"}
    return message
