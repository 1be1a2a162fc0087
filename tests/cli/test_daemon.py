"""The daemon: it serves, drains, reloads, resumes, and is alone in its data directory."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

ARTICLE = """The {name} returns to the harbour

The {name} came back to the harbour on Tuesday evening, eleven months after it had left,
and half of the town stood on the quay to see it.

Nobody had expected the ship before the weekend, the harbour master said, and he added
that the pilots had been woken from their sleep.

The crew will stay for a fortnight, repair the mast, and then sail on to the north, where
the herring is said to have come early this year.
"""

CONFIG = """
[press]
title = "The Quay"
[[source]]
location = "articles"
slug = "quay"
every = "1s"
[[feed]]
slug = "news"
[web]
bind = "127.0.0.1:0"
"""


class Daemon:
    """`chaffinch run` in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = home / "log"
        command = [sys.executable, "-m", "chaffinch", "run", "--config", str(home / "config.toml")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=home, stderr=log, stdout=log)

    def until(self, pattern: str, seconds: float = 30) -> re.Match[str]:
        """The first match in the log; fails when it does not come."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.log.read_text("utf-8")):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail(f"no {pattern!r} in the log:\n{self.log.read_text('utf-8')}")

    @property
    def address(self) -> str:
        return self.until(r"on (http://127\.0\.0\.1:\d+)")[1]

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(15)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "marigold.txt").write_text(ARTICLE.format(name="Marigold"), "utf-8")
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path


@pytest.fixture
def daemon(home: Path) -> Iterator[Daemon]:
    running = Daemon(home)
    yield running
    running.end(signal.SIGKILL)


def titles(feed: Path) -> list[str]:
    return sorted(str(entry.title) for entry in feedparser.parse(feed.read_bytes()).entries)


def test_it_publishes_what_lies_in_the_folder_and_serves_it(daemon: Daemon, home: Path) -> None:
    daemon.until(r"1 new[\s\S]*feed news: wrote")

    with urllib.request.urlopen(f"{daemon.address}/feeds/news.atom") as answer:
        served = answer.read()

    assert served == (home / "feeds" / "news.atom").read_bytes()
    assert titles(home / "feeds" / "news.atom") == ["The Marigold returns to the harbour"]


def test_a_file_that_arrives_while_it_runs_is_published(daemon: Daemon, home: Path) -> None:
    daemon.until(r"1 new[\s\S]*feed news: wrote")

    (home / "articles" / "petrel.txt").write_text(ARTICLE.format(name="Petrel"), "utf-8")
    daemon.until(r"1 new[\s\S]*1 new[\s\S]*feed news: wrote")

    assert titles(home / "feeds" / "news.atom") == [
        "The Marigold returns to the harbour",
        "The Petrel returns to the harbour",
    ]


def test_it_ends_by_itself_on_sigterm(daemon: Daemon) -> None:
    daemon.until("serving")

    status = daemon.end(signal.SIGTERM)

    assert status == 0
    assert "stopping" in daemon.log.read_text("utf-8")


def test_a_second_daemon_on_one_data_directory_is_refused(daemon: Daemon, home: Path) -> None:
    daemon.until("serving")

    second = Daemon(home)

    assert second.process.wait(15) == 75
    assert f"another chaffinch works here (process {daemon.process.pid})" in daemon.log.read_text("utf-8")
    assert daemon.process.poll() is None


def test_an_invalid_config_is_told_and_the_old_one_stays(daemon: Daemon, home: Path) -> None:
    daemon.until("feed news: wrote")

    (home / "config.toml").write_text(CONFIG.replace("every", "evry"), "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(r'config.toml:7: source.0.evry: unknown key; did you mean "every"\?')
    daemon.until("the old one stays in force")

    with urllib.request.urlopen(f"{daemon.address}/healthz") as answer:
        assert answer.status == 200


def test_a_valid_config_is_taken_over_while_it_runs(daemon: Daemon, home: Path) -> None:
    daemon.until(r"1 new[\s\S]*feed news: wrote")

    (home / "config.toml").write_text(CONFIG + '[[feed]]\nslug = "second"\n', "utf-8")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until("the config was taken over[\\s\\S]*feed second: wrote")

    assert titles(home / "feeds" / "second.atom") == ["The Marigold returns to the harbour"]


def test_what_a_kill_left_half_done_is_done_by_the_next(home: Path) -> None:
    for number in range(60):
        (home / "articles" / f"ship{number}.txt").write_text(ARTICLE.format(name=f"Ship {number}"), "utf-8")
    first = Daemon(home)
    database = home / "data" / "chaffinch.db-wal"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not (database.exists() and database.stat().st_size > 100_000):
        time.sleep(0.01)
    first.end(signal.SIGKILL)
    first.log.unlink()

    second = Daemon(home)
    try:
        second.until("source quay: .* new")
        second.until("feed news: wrote")
        deadline = time.monotonic() + 20
        while len(titles(home / "feeds" / "news.atom")) < 50 and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        second.end()

    held = subprocess.run(
        [sys.executable, "-m", "chaffinch", "articles", "list", "-n", "1000", "--config", str(home / "config.toml")],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    ).stdout.splitlines()
    assert len(held) == 61
    assert len({line.split("\t")[3] for line in held}) == 61
