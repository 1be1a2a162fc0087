"""How many articles a second go through the whole line on PostgreSQL, with one worker process and with two.

    python -m benchmarks.workers [--sources 40] [--each 10] [--rounds 3] [--seed 1] [--core-each]

Each source is a site of its own on loopback (127.0.1.1, 127.0.1.2, ...), so that asking one host at a time does not
decide the figure; each worker has one extraction child. The clock runs from when all workers are ready and the sources
are due until every article is kept; feeds are published meanwhile. Processor time is told of the workers themselves, of
their extraction children, of PostgreSQL with all of its processes, and of the sites: what all of them take together is
what the cores bound, and what a worker takes by itself (one interpreter, one thread of it at a time) what one worker
can do. PostgreSQL is started from a wheel on the same machine, unless CHAFFINCH_TEST_DATABASE_URL names one; one on
another machine counts as nothing. Rounds are in a random order; the medians are compared.

One worker with its child and PostgreSQL may fill two cores by itself; then a second one on the same two has nothing to
give. With `--core-each` everything, PostgreSQL and the sites included, has one core while one worker works and two
while two do: what a second machine of the same size would bring.
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
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from statistics import median

import psycopg

from benchmarks.line import TICKS, processes, write_articles
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
    with tempfile.TemporaryDirectory() as folder:  # what is loaded once has been when the clock begins to run
        write_articles(Path(folder), 8, 0)
        for name in sorted(Path(folder).glob("*.html")):
            page = Page(f"http://127.0.0.1/{name.name}", name.read_bytes(), "text/html")
            room.parts.extractor.outline(page)
            room.parts.extractor.extract(Reference(page.url), page, Rules(), Repeats())
    print("ready", flush=True)
    ended.wait()
    room.stop()
    engine.drain(5)
    room.close()
    os._exit(0)


WHO = ("worker", "children", "PostgreSQL", "sites")
"""Whose processor time is told."""


def processor(server: int, sites: int, workers: Sequence[int]) -> dict[str, float]:
    """The seconds of the processor that each of WHO has had so far (Linux)."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    ended: dict[int, float] = {}
    for pid, fields in processes():
        parents[pid] = int(fields[1])
        used[pid] = (int(fields[11]) + int(fields[12])) / TICKS
        ended[pid] = (int(fields[13]) + int(fields[14])) / TICKS
    roots = {server: "PostgreSQL", sites: "sites"} | dict.fromkeys(workers, "children")
    spent = dict.fromkeys(WHO, 0.0)
    for pid, seconds in used.items():
        ancestor = pid
        while ancestor not in (*roots, 0):
            ancestor = parents.get(ancestor, 0)
        if ancestor:
            spent["worker" if pid in workers else roots[ancestor]] += seconds
            spent[roots[ancestor]] += ended[pid]  # a connection that was closed, a child that was replaced
    return spent


def postmaster(url: str) -> int:
    """The process of the server from which all of its others come; one that is not here is nobody's."""
    with psycopg.connect(url) as connection:
        backend = connection.info.backend_pid
        try:
            return int(Path(f"/proc/{backend}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
        except OSError:
            return -1


def confine(url: str, sites: int, cores: set[int]) -> None:
    """Leave these cores only to us, to the sites and to PostgreSQL, and to whatever they start (Linux)."""
    server = postmaster(url)
    parents = {pid: int(fields[1]) for pid, fields in processes()}
    for pid in (0, sites, server, *(pid for pid, parent in parents.items() if parent == server)):
        with suppress(OSError):
            os.sched_setaffinity(pid, cores)


def measured(url: str, home: Path, lines: str, workers: int, wanted: int, sites: int) -> tuple[float, dict[str, float]]:
    """Articles a second, and whose milliseconds of processor time an article."""
    home.mkdir()
    config = home / "config.toml"
    config.write_text(f'[press]\ndatabase_url = "{url}"\n[fetch]\nallow_private = ["127.0.0.0/8"]\n{lines}\n', "utf-8")
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
        who = postmaster(url), sites, [process.pid for process in running]
        began, before = time.monotonic(), processor(*who)
        engine.hint(Task("sweep"))
        while room.parts.articles.count() < wanted:
            time.sleep(0.05)
            if time.monotonic() - began > 300:
                raise SystemExit("it did not end")
        took, after = time.monotonic() - began, processor(*who)
        engine.drain(1)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        room.close()
    return wanted / took, {one: 1000 * (after[one] - before[one]) / wanted for one in WHO}


def told_of(spent: Mapping[str, float]) -> str:
    return ", ".join(f"{one} {milliseconds:.1f}" for one, milliseconds in spent.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=40)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core-each", action="store_true", help="one core for one worker, two for two")
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
        costs: dict[int, list[dict[str, float]]] = {1: [], 2: []}
        order, cores = Random(args.seed), sorted(os.sched_getaffinity(0))
        try:
            for number in range(args.rounds):
                for workers in order.sample((1, 2), 2):
                    fresh = databases.fresh()
                    if args.core_each:
                        confine(fresh, sites.pid, set(cores[:workers]))
                    rate, spent = measured(
                        fresh,
                        home / f"{number}-{workers}",
                        lines,
                        workers,
                        args.sources * args.each,
                        sites.pid,
                    )
                    figures[workers].append(rate)
                    costs[workers].append(spent)
                    load_now = os.getloadavg()[0]
                    told = f"{workers} worker(s): {rate:6.1f} articles/s, {sum(spent.values()):.1f} ms of CPU each"
                    print(f"{told} ({told_of(spent)}; load {load_now:.1f})", flush=True)
        finally:
            sites.terminate()
            sites.wait()
            databases.close()
        for workers, told_costs in costs.items():
            middle = {one: median(spent[one] for spent in told_costs) for one in WHO}
            print(f"{workers} worker(s), ms of CPU an article: {told_of(middle)}; {sum(middle.values()):.1f} together")
        one, two = median(figures[1]), median(figures[2])
        print(f"medians: {one:.1f} with one, {two:.1f} with two: {two / one:.2f} times")
    return None


if __name__ == "__main__":
    main()
