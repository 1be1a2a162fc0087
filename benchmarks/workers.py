"""How many articles a second go through the whole line on PostgreSQL, with one worker process and with two.

    python -m benchmarks.workers [--sources 40] [--each 10] [--rounds 3] [--seed 1]

Each source is a site of its own on loopback (127.0.1.1, 127.0.1.2, ...), so that asking one host at a time does not
decide the figure; each worker has one extraction child. The clock runs from when all workers are ready and the sources
are due until every article is kept; feeds are published meanwhile. Processor time is that of the workers, with their
children, and of the sites: where it stays the same an article, workers do not wait for each other. PostgreSQL is
started from a wheel on the same machine, unless CHAFFINCH_TEST_DATABASE_URL names one. Rounds are in a random
order; the medians are compared.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.line import cpu_seconds, write_articles
from chaffinch.config import load
from chaffinch.engine.distributed import Distributed
from chaffinch.model import Page, Reference, Repeats, Rules
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from tests.databases import Press as Databases
from tests.databases import server

OURSELVES = (sys.executable, "-m", "benchmarks.workers")


class Quiet(SimpleHTTPRequestHandler):
    """Serves the sites' files."""

    def log_message(self, *_: object) -> None:
        pass


def write_sites(folder: Path, sources: int, each: int, seed: int, port: int) -> str:
    """The sites' pages and feeds; the config's lines that name them."""
    lines = []
    for number in range(sources):
        site, host = folder / str(number), f"http://127.0.1.{number + 1}:{port}/{number}"
        site.mkdir(parents=True)
        write_articles(site, 2 * each, seed + number)
        pages = sorted(site.glob("*.html"))
        items = "".join(
            f"<item><link>{host}/{page.name}</link><guid>{number}-{page.stem}</guid></item>" for page in pages
        )
        (site / "feed.xml").write_text(
            f'<rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>', "utf-8"
        )
        lines.append(f'[[source]]\nslug = "s{number}"\nkind = "feed"\nlocation = "{host}/feed.xml"\nrobots = "ignore"')
    return "\n".join(lines)


def serve(folder: Path) -> None:
    """Be the sites' server: a process of its own, so that it takes no time from a worker."""
    httpd = ThreadingHTTPServer(("0.0.0.0", 0), partial(Quiet, directory=str(folder)))
    print(httpd.server_address[1], flush=True)
    httpd.serve_forever()


def work(config: Path) -> None:
    """Be a worker until SIGTERM: one extraction child."""
    room = Newsroom(load(config), children=1)
    engine = Distributed(str(room.parts.config.press.database_url), room.perform)
    room.hint = engine.hint
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    body = f"<article>{'<p>It loads what is loaded once.</p>' * 20}</article>".encode()
    warm = Page("http://127.0.0.1/", body, "text/html")
    room.parts.extractor.extract(Reference(warm.url), warm, Rules(), Repeats())
    print("ready", flush=True)
    ended.wait()
    room.stop()
    engine.drain(5)
    room.close()
    os._exit(0)


def measured(url: str, home: Path, sites: str, workers: int, wanted: int) -> tuple[float, float]:
    """Articles a second, and milliseconds of processor time an article."""
    home.mkdir()
    config = home / "config.toml"
    config.write_text(f'[press]\ndatabase_url = "{url}"\n[fetch]\nallow_private = ["127.0.0.0/8"]\n{sites}\n', "utf-8")
    room = Newsroom(load(config), children=1)
    room.take_over()
    running = [
        subprocess.Popen([*OURSELVES, "--work", str(config)], stdout=subprocess.PIPE, text=True) for _ in range(workers)
    ]
    try:
        for process in running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        time.sleep(1)  # their queues listen
        engine = Distributed(url, lambda _: (), {})
        began, used = time.monotonic(), cpu_seconds()
        engine.hint(Task("sweep"))
        while room.parts.articles.count() < wanted:
            time.sleep(0.05)
            if time.monotonic() - began > 300:
                raise SystemExit("it did not end")
        took, used = time.monotonic() - began, cpu_seconds() - used
        engine.drain(1)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        room.close()
    return wanted / took, 1000 * used / wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        return work(args.work)
    if args.serve:
        return serve(args.serve)
    with tempfile.TemporaryDirectory() as name, server() as url:
        databases, home = Databases(url), Path(name)
        (home / "sites").mkdir()
        sites = subprocess.Popen(
            [*OURSELVES, "--serve", str(home / "sites")],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert sites.stdout is not None
        port = int(sites.stdout.readline())
        lines = write_sites(home / "sites", args.sources, args.each, args.seed, port)
        figures: dict[int, list[float]] = {1: [], 2: []}
        order = Random(args.seed)
        try:
            for number in range(args.rounds):
                for workers in order.sample((1, 2), 2):
                    rate, spent = measured(
                        databases.fresh(), home / f"{number}-{workers}", lines, workers, args.sources * args.each
                    )
                    figures[workers].append(rate)
                    load_now = os.getloadavg()[0]
                    told = f"{workers} worker(s): {rate:6.1f} articles/s, {spent:.1f} ms of CPU each"
                    print(f"{told} (load {load_now:.1f})", flush=True)
        finally:
            sites.terminate()
            sites.wait()
            databases.close()
        one, two = median(figures[1]), median(figures[2])
        print(f"medians: {one:.1f} with one, {two:.1f} with two: {two / one:.2f} times")
    return None


if __name__ == "__main__":
    main()
