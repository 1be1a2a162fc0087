"""One more machine: `chaffinch worker` works beside `chaffinch run` on PostgreSQL, and says why it cannot elsewhere."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults.conftest import story

CONFIG = """
[press]
database_url = "{url}"
[[source]]
location = "articles"
[web]
bind = "127.0.0.1:0"
"""


def started(home: Path, command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "chaffinch", command],
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=(home / f"{command}.log").open("w"),
        text=True,
        start_new_session=True,
    )


def eventually(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def titles(home: Path) -> list[str]:
    file = home / "feeds" / "all.json"
    return sorted(item["title"] for item in json.loads(file.read_bytes())["items"]) if file.exists() else []


def machine(home: Path, name: str, url: str) -> Path:
    folder = home / name
    (folder / "articles").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(url=url), "utf-8")
    return folder


def test_two_machines_show_the_same_feeds_and_the_second_outlives_the_first(postgresql: str, tmp_path: Path) -> None:
    first, second = machine(tmp_path, "first", postgresql), machine(tmp_path, "second", postgresql)
    (first / "articles").rmdir()
    (first / "articles").symlink_to(second / "articles")  # both see the same folder
    (second / "config.toml").write_text(
        (first / "config.toml").read_text("utf-8").replace('"articles"', json.dumps(str(first / "articles"))), "utf-8"
    )
    (second / "articles" / "a.txt").write_text(story("Marigold"), "utf-8")
    running = [started(first, "run"), started(second, "worker")]
    try:
        assert eventually(lambda: titles(first) == titles(second) == ["The Marigold returns to the harbour"])
        ours, theirs = first / "feeds" / "all.atom", second / "feeds" / "all.atom"
        assert ours.read_bytes() == theirs.read_bytes()
        assert ours.stat().st_mtime == theirs.stat().st_mtime
        assert (first / "data" / "secret").exists()

        os.killpg(running[0].pid, signal.SIGKILL)
        running[0].wait()
        running[1].terminate()

        assert running[1].wait(20) == 0
        assert "stopping" in (second / "worker.log").read_text("utf-8")
    finally:
        for process in running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def test_a_press_on_sqlite_has_no_second_machine(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")

    worker = started(tmp_path, "worker")

    assert worker.wait(60) == 78
    assert (tmp_path / "worker.log").read_text("utf-8").splitlines() == [
        "chaffinch: press.database_url: a press on SQLite has one machine; name a PostgreSQL to add others"
    ]
