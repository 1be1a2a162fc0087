"""A press lives many short lives, each forked from a process that has loaded everything already."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Nest:
    """Begins lives: `chaffinch run --once` in a process of its own, a second after the last one or a day."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nest"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def life(self, home: Path, began: datetime, die_at: str = "") -> int:
        """One life in a press's folder from a moment on; its exit status, -9 when it died at the point."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(home), began.isoformat(), die_at]) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """No more lives."""
        self._process.communicate()


def hatch() -> None:
    """Live each life that is asked for on standard input, one after the other; say how it ended."""
    import chaffinch.cli.daemon  # noqa: F401 - what takes a second, once for all

    for line in sys.stdin:
        home, began, die_at = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            _live(Path(home), datetime.fromisoformat(began), die_at)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # what extracts for it does not outlive it
        print(status, flush=True)


def _live(home: Path, began: datetime, die_at: str) -> None:
    status = 1
    try:  # whatever goes wrong: this is not the process that was begun
        os.chdir(home)
        log = os.open("log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(log, stream.fileno())
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        from chaffinch.cli.daemon import run_once
        from chaffinch.cli.frame import log_to_stderr
        from chaffinch.clock import system_clock
        from chaffinch.config import load
        from chaffinch.killpoints import die_at as arm

        log_to_stderr()
        arm(die_at)
        apart = began - system_clock()
        status = 0 if run_once(load(Path("config.toml")), lambda: system_clock() + apart) else 1
    except Exception as error:  # noqa: BLE001 - told in the log, which the test shows
        sys.excepthook(type(error), error, error.__traceback__)
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    hatch()
