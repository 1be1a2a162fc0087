"""A press on the real command line, with one healthy source beside whatever is broken."""

import contextlib
import io
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

import pytest

from chaffinch.cli.app import run

HEALTHY = "The Marigold returns to the harbour"
_WORDS = re.findall(
    r"\w+",
    """
    anchor ballast barge beacon bell breeze bridge buoy cable canvas captain cargo channel chart clerk cliff
    coal coast compass cook cordage crane crew current deck dock dune eel engine ferry fleet flood fog gale
    gate gull hatch hull island jetty kelp keel ladder lamp lantern ledger lock mackerel market mast mate
    meadow mill mist mole morning net oar parish pier pilot plank pump quay rain reef rope rudder sail salt
    sand shoal shore signal sluice spar squall stern storm supper tar tide timber tower trawl tug vessel
    warden watch wave weather wharf wheel winch wind yard
    """,
)


def story(name: str) -> str:
    """A text dump about a ship: the same for the same name, and no two alike."""
    random = Random(name)
    paragraphs = [
        " ".join(
            f"The {name} met the {one} beside the {two}, and the {three} spoke of a {four} for an hour."
            for one, two, three, four in (random.sample(_WORDS, 4) for _ in range(3))
        )
        for _ in range(4)
    ]
    return "\n\n".join((f"The {name} returns to the harbour", *paragraphs)) + "\n"


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    log: str

    def lines(self, *said: str) -> list[str]:
        """The log's lines that say all of this."""
        return [line for line in self.log.splitlines() if all(word in line for word in said)]


class Press:
    """A press in a folder of its own; its commands run as a person runs them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "healthy").mkdir()
        self.story("healthy/marigold.txt", "Marigold")
        self.configure()

    def configure(self, more: str = "", first: str = "") -> None:
        healthy = '[fetch]\nallow_private = ["127.0.0.0/8"]\n[[source]]\nlocation = "healthy"\nslug = "healthy"\n'
        (self.home / "config.toml").write_text(f"{first}\n{healthy}{more}", "utf-8")

    def story(self, path: str, name: str) -> Path:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(story(name), "utf-8")
        return file

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "chaffinch", *arguments],
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def end(self, running: subprocess.Popen[str], seconds: float = 60) -> Done:
        try:
            out, log = running.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
        return Done(running.returncode, out, log)

    def __call__(self, *arguments: str) -> Done:
        """Run a command as the command line does, without the seconds that a new process takes to start."""
        handlers, numbers = logging.root.handlers[:], (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.getsignal(number) for number in numbers}
        out, log = io.StringIO(), io.StringIO()
        try:
            with contextlib.chdir(self.home), contextlib.redirect_stdout(out), contextlib.redirect_stderr(log):
                status = run(arguments)
        finally:
            logging.root.handlers[:] = handlers
            for number, handler in before.items():
                signal.signal(number, handler)
        done = Done(status, out.getvalue(), log.getvalue())
        assert "Traceback" not in done.log + done.out, done.log + done.out
        return done

    def once(self) -> Done:
        """`run --once`, which is to end well whatever is wrong with sources, templates, mail."""
        done = self("run", "--once")
        assert done.status == 0, done.log
        return done

    def problems(self) -> list[str]:
        """What `status` says is wrong."""
        done = self("status")
        assert done.status == 0, done.log
        return done.out.partition("\nProblems\n")[2].splitlines()

    def titles(self, feed: str = "all") -> list[str]:
        file = self.home / "feeds" / f"{feed}.json"
        return sorted(item["title"] for item in json.loads(file.read_bytes())["items"]) if file.exists() else []

    def letters(self) -> list[Path]:
        return sorted((self.home / "outbox").glob("*.eml"))


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path)


Route = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server on loopback that answers each path as it is told to."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with contextlib.suppress(OSError):  # the client hung up: that is what many of these tests are about
                    site.routes.get(self.path, not_found)(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, path: str, body: bytes, kind: str = "text/html", **headers: str) -> None:
        def route(request: BaseHTTPRequestHandler) -> None:
            request.send_response(200)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                request.send_header(name.replace("_", "-"), value)
            request.end_headers()
            request.wfile.write(body)

        self.routes[path] = route


def not_found(request: BaseHTTPRequestHandler) -> None:
    request.send_response(404)
    request.send_header("Content-Length", "0")
    request.end_headers()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


class SmallDisk:
    """A disk of a few kilobytes, mounted in a folder of the press."""

    def __init__(self, folder: Path, kilobytes: int) -> None:
        self.folder = folder
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "chaffinch-test", folder], check=True)

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.folder], check=True)

    def fill(self) -> Path:
        """Leave no room at all."""
        filler = self.folder / "filler"
        descriptor = os.open(filler, os.O_WRONLY | os.O_CREAT)
        try:
            while True:
                os.write(descriptor, bytes(4096))
        except OSError:
            os.close(descriptor)
        return filler


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[Path, int], SmallDisk]]:
    """Mounts small disks; skips where that is not allowed."""
    probe = tmp_path / "probe"
    probe.mkdir()
    tried = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4k", "chaffinch-test", probe], capture_output=True, check=False
    )
    if not tried or tried.returncode:
        pytest.skip("no right to mount a small disk here")
    subprocess.run(["umount", probe], check=True)
    mounted: list[Path] = []

    def make(folder: Path, kilobytes: int) -> SmallDisk:
        disk = SmallDisk(folder, kilobytes)
        mounted.append(folder)
        return disk

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", folder], check=True)
