"""How long one look at what is due takes, and what memory it wants, with very many sources.

    python -m benchmarks.sweep [--sources 100000] [--engine sqlite|postgresql] [--looks 20]

The sources are visited every two hours on average, as adaptive visiting comes to, so that about 70 of 100,000 are due
at a look, five seconds after the last. Told are the median and the slowest of so many looks, the first one of all with
everything due at once, and the memory of the process that looks: with the config in it, without extraction children.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from sqlalchemy import bindparam, update

from chaffinch.config import load
from chaffinch.model import Source, SourceKind
from chaffinch.newsroom import Newsroom
from chaffinch.store.schema import sources
from tests.databases import Press as Databases
from tests.databases import server

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    """It is turned from look to look."""

    now = NOW

    def __call__(self) -> datetime:
        return self.now


def memory() -> float:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--looks", type=int, default=20)
    args = parser.parse_args()
    random, clock = Random(1), Clock()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = Databases(stack.enter_context(server())).fresh() if args.engine == "postgresql" else ""
        (home / "config.toml").write_text(f'[press]\ndatabase_url = "{url}"\n' if url else "", "utf-8")
        many = tuple(Source(f"s{n}", SourceKind.FEED, f"https://host{n}.example/feed.xml") for n in range(args.sources))
        room = Newsroom(replace(load(home / "config.toml"), sources=many), clock, children=1)
        stack.callback(room.close)
        before = time.monotonic()
        room.take_over()
        print(f"{args.sources} sources taken over in {time.monotonic() - before:.1f} s")
        began = time.monotonic()
        found = len(list(room.sweep()))
        print(f"everything due at once: {found} tasks in {1000 * (time.monotonic() - began):.0f} ms")
        with room.parts.database.write() as connection:
            planned = update(sources).where(sources.c.slug == bindparam("name")).values(next_at=bindparam("at"))
            for begin in range(0, args.sources, 1000):
                spread = [(source.slug, random.uniform(0, 7200)) for source in many[begin : begin + 1000]]
                rows = [{"name": slug, "at": NOW + timedelta(seconds=seconds)} for slug, seconds in spread]
                connection.execute(planned, rows)
        taken, busy, numbers = [], [], []
        for look in range(args.looks):
            clock.now = NOW + timedelta(seconds=5, microseconds=look)
            began, used = time.monotonic(), time.thread_time()
            tasks = list(room.sweep())
            taken.append(1000 * (time.monotonic() - began))
            busy.append(1000 * (time.thread_time() - used))
            numbers.append(len(tasks))
        print(f"a look: {median(taken):.1f} ms in the middle, {max(taken):.1f} ms at most; {numbers[-1]} were due")
        print(f"of that our own processor time: {median(busy):.1f} ms in the middle, {max(busy):.1f} ms at most")
        print(f"memory: {memory():.0f} MB")


if __name__ == "__main__":
    main()
