"""A press is killed again and again while articles appear; afterwards its history must hold together."""

import contextlib
import email.message
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from tests.faults.conftest import story
from tests.loopback import PostOffice, free_port

EACH = 3
"""Articles of each source."""
FEED = 40
"""Sources of each feed: what one document has room for."""


class Papers:
    """So many newspapers on one server: each a feed of summaries, and the pages that it leads to."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.shown = 0
        """How many articles of each are out."""
        papers = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body, kind = papers.page(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked was killed
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                pass  # the same

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def title(self, paper: int, article: int) -> str:
        return f"The ship {paper}-{article} returns to the harbour"

    def expected(self) -> list[str]:
        return [self.title(paper, article) for paper in range(self.number) for article in range(EACH)]

    def page(self, path: str) -> tuple[bytes, str]:
        if path.startswith("/feed/"):
            paper = int(path.removeprefix("/feed/"))
            items = "".join(
                f"<item><title>{self.title(paper, n)}</title><link>{self.url}/news/{paper}-{n}</link>"
                f"<guid>{paper}-{n}</guid><description>In short.</description></item>"
                for n in reversed(range(self.shown))
            )
            return f'<rss version="2.0"><channel><title>{paper}</title>{items}</channel></rss>'.encode(), "text/xml"
        if path.startswith("/news/"):
            name = path.removeprefix("/news/")
            prose = "".join(f"<p>{part}</p>" for part in story(f"ship {name}").split("\n\n")[1:])
            title = f"The ship {name} returns to the harbour"
            page = (
                f'<html lang="en"><head><title>{title}</title></head><body><nav><a href="/">Home</a></nav>'
                f"<article><h1>{title}</h1>{prose}</article><footer>All rights reserved.</footer></body></html>"
            )
            return page.encode(), "text/html"
        return b"", "text/plain"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Findings:
    """What the history came to."""

    articles: int
    wanted: int
    sources: int
    letters: int
    unknown: int
    kills: int
    reads: int
    problems: list[str] = field(default_factory=list)


class Ordeal:
    """One press with its papers and its post office, worked by processes that are killed."""

    def __init__(
        self, home: Path, sources: int, *, database_url: str = "", workers: int = 1, seed: int = 1, readers: int = 3
    ) -> None:
        self.home, self.random, self.workers = home, Random(seed), workers
        self.papers, self.office = Papers(sources), PostOffice()
        self.readers = [f"reader{number}@example.org" for number in range(readers)]
        self.kills = self.reads = 0
        self.torn: list[str] = []
        self.log = (home / "log").open("ab")
        self._configure(database_url)
        self.running: list[subprocess.Popen[bytes]] = []
        self._watching = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def _configure(self, database_url: str) -> None:
        groups = range((self.papers.number + FEED - 1) // FEED)
        lines = [
            f'[press]\nbase_url = "http://127.0.0.1:{free_port()}"',
            f'database_url = "{database_url}"' if database_url else "",
            '[fetch]\nallow_private = ["127.0.0.0/8"]\n[web]\nbind = "127.0.0.1:0"',
            '[mail]\nfrom = "Press <press@example.org>"\ntransport = "smtp"\nhost = "127.0.0.1"',
            f'port = {self.office.port}\nsecurity = "none"',
            *(
                f'[[source]]\nslug = "p{n}"\nlocation = "{self.papers.url}/feed/{n}"\nkind = "feed"\nevery = "1s"\n'
                f'robots = "ignore"\ntags = ["g{n // FEED}"]'
                for n in range(self.papers.number)
            ),
            *(f'[[feed]]\nslug = "g{n}"\ntags = ["g{n}"]\nlimit = 200' for n in groups),
            f'[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = {json.dumps(self.readers)}',
        ]
        (self.home / "config.toml").write_text("\n".join(lines), "utf-8")

    def start(self, **environment: str) -> None:
        """Start the daemon, and its further workers; only the first process has the environment."""
        for number in range(self.workers):
            self.running.append(self._run("run" if number == 0 else "worker", **({} if number else environment)))

    def _run(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "chaffinch", *arguments],
            cwd=self.home,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """One of the processes dies, its children with it, and is started anew."""
        number = self.random.randrange(len(self.running))
        victim = self.running[number]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        self.kills += 1
        self.running[number] = self._run("run" if number == 0 else "worker")

    def killed_at(self, point: str, seconds: float = 60.0) -> bool:
        """Let a daemon die at a point; False when it was not passed in time."""
        daemon = self._run("run", CHAFFINCH_DIE_AT=point)
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(seconds)
        died = daemon.poll() == -signal.SIGKILL
        with contextlib.suppress(ProcessLookupError):
            os.killpg(daemon.pid, signal.SIGKILL)
        daemon.wait()
        self.kills += died
        return died

    def stop(self) -> list[int]:
        """End all processes as an operator does; their exit statuses."""
        for process in self.running:
            process.terminate()
        statuses = [process.wait(30) for process in self.running]
        self.running.clear()
        return statuses

    def send(self, kill_after: float | None = None, **environment: str) -> None:
        """Close an issue now and send it, as the owner does; the command may be killed."""
        sending = self._run("digest", "send", "daily", **environment)
        try:
            sending.wait(kill_after or 60)
        except subprocess.TimeoutExpired:
            os.killpg(sending.pid, signal.SIGKILL)
            sending.wait()
            self.kills += 1

    def published(self) -> list[dict[str, str]]:
        """All entries of all feeds."""
        found: list[dict[str, str]] = []
        for file in sorted(self.home.glob("feeds/g*.json")):
            found += json.loads(file.read_bytes())["items"]
        return found

    def until_published(self, number: int, seconds: float = 120.0) -> bool:
        """Wait until so many articles are published."""
        return self.until(lambda: len(self.published()) >= number, seconds)

    def until_idle(self, seconds: float = 60.0) -> bool:
        """Wait until the feeds have not changed for a while."""
        return self.until(lambda: time.time() - max(self._changed(), default=0) > 3, seconds)

    def _changed(self) -> Sequence[float]:
        return [file.stat().st_mtime for file in self.home.glob("feeds/*.json")]

    def until(self, happened: Callable[[], bool], seconds: float) -> bool:
        """Wait for something; False when it did not happen in time."""
        deadline = time.monotonic() + seconds
        while not (done := happened()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return done

    def _watch(self) -> None:
        """Read what is published all the while, as a plain web server does: it is never half."""
        while not self._watching.wait(0.05):
            for file in self.home.glob("feeds/*.json"):
                try:
                    json.loads(file.read_bytes())
                except ValueError as error:
                    self.torn.append(f"{file.name} was read half: {error}")
                except OSError:
                    continue
                self.reads += 1

    def verdict(self) -> Findings:
        """What holds, after the last process was stopped."""
        entries, wanted = self.published(), self.papers.expected()
        titles, ids = Counter(entry["title"] for entry in entries), Counter(entry["id"] for entry in entries)
        problems = [*self.torn]
        problems += [f"lost: {title}" for title in wanted if not titles[title]]
        problems += [f"{number} times published: {title}" for title, number in titles.items() if number > 1]
        problems += [f"{number} entries have the id {name}" for name, number in ids.items() if number > 1]
        lacking = {title.split()[2].partition("-")[0] for title in wanted if not titles[title]}
        letters = Counter(_name(letter) for letter in self.office.letters)
        problems += [f"{number} times sent: {name}" for name, number in letters.items() if number > 1]
        return Findings(
            sum(titles[title] > 0 for title in wanted),
            len(wanted),
            self.papers.number - len(lacking),
            sum(letters.values()),
            self.unknown(),
            self.kills,
            self.reads,
            problems,
        )

    def unknown(self) -> int:
        """Of how many letters nobody knows whether they arrived, as the owner is told."""
        told = subprocess.run(
            [sys.executable, "-m", "chaffinch", "digest", "resolve"],
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        return len(told.stdout.splitlines())

    def close(self) -> None:
        """Nothing stays behind."""
        self._watching.set()
        self._watcher.join()
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.papers.close()
        self.office.controller.stop()
        self.log.close()


def _name(letter: email.message.EmailMessage) -> str:
    return f"{letter['To']} {letter['Message-ID']}"
