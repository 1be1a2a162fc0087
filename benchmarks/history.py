"""Whether a press that is killed while it works loses an article, has one twice, or sends a letter twice.

    python -m benchmarks.history [--engine sqlite|postgresql|both] [--sources 400] [--kills 4] [--workers 2] [--seed 1]

Each source is a feed of three articles on one server on loopback. While they are taken up, processes are killed as
`kill -9` does, at random instants, and started anew; on PostgreSQL two of them share the work. Afterwards every article
must be published once, with an id of its own, and no letter may have come twice. A thread reads the published
files all the while: none is ever half. PostgreSQL is started from a wheel unless CHAFFINCH_TEST_DATABASE_URL names one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.databases import Press as Databases
from tests.databases import server
from tests.faults.history import EACH, Ordeal


def tried(engine: str, sources: int, kills: int, workers: int, seed: int) -> bool:
    """One press on one engine; prints a line, and each problem."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = ""
        if engine == "postgresql":
            databases = Databases(stack.enter_context(server()))
            url = databases.fresh()
        press = Ordeal(home, sources, database_url=url, workers=workers if url else 1, seed=seed)
        stack.callback(press.close)
        wanted, began = sources * EACH, time.monotonic()
        press.papers.shown = 1  # what comes later is no backfill, and stands in letters
        press.start()
        press.until_published(sources // 2, 300)
        press.papers.shown = EACH
        for kill in range(kills):
            press.until_published(wanted * (kill + 1) // (kills + 2), 300)
            time.sleep(press.random.uniform(0, 2))
            press.kill()
        whole = press.until_published(wanted, 900)
        took = time.monotonic() - began
        press.send()
        ends = time.monotonic()
        statuses = press.stop()
        ended = time.monotonic() - ends
        found = press.verdict()
        print(
            f"{engine}: {found.kills} kills; {found.sources}/{sources} sources,"
            f" {found.articles}/{found.wanted} articles,"
            f" {found.letters} letters ({found.unknown} unknown), files read {found.reads} times;"
            f" {len(found.problems)} problems; {took:.0f} s, ended in {ended:.1f} s with {statuses}",
            flush=True,
        )
        for problem in found.problems[:20]:
            print(f"  {problem}")
        return whole and not found.problems


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2, help="processes, on PostgreSQL")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    engines = ("sqlite", "postgresql") if args.engine == "both" else (args.engine,)
    results = [tried(engine, args.sources, args.kills, args.workers, args.seed) for engine in engines]
    sys.exit(not all(results))


if __name__ == "__main__":
    main()
