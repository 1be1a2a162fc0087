"""How fast articles are remembered: shelved and kept by desks, each step on disk before the next.

    python -m benchmarks.store [--articles 400] [--desks 4] [--postgresql]

Articles of 4 kB with two names each are listed, shelved and kept, as a visit does, first at one desk, then at several
at once, each in its thread. `--postgresql` starts a server from its wheel, or takes the one that
CHAFFINCH_TEST_DATABASE_URL names; it synchronises each transaction, as a real one does. Then everything is backed up,
and copied into another database as `migrate` does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from chaffinch.model import (
    Article,
    Change,
    Listing,
    Outline,
    Page,
    Reference,
    Repeats,
    Settlement,
    Source,
    SourceKind,
    SourceState,
)
from chaffinch.store.backups import back_up
from chaffinch.store.copying import copy
from chaffinch.store.database import Database
from chaffinch.store.office import Office
from chaffinch.store.sources import Sources
from tests.databases import Press, Where, server

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
BODY = "The ferry sails again from Monday on, they say. " * 85


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--articles", type=int, default=400)
    options.add_argument("--desks", type=int, default=4)
    options.add_argument("--postgresql", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, place(asked.postgresql, Path(folder)) as where:
        measure_all(where, Path(folder), asked.articles, asked.desks)


def measure_all(where: Where, folder: Path, articles: int, desks: int) -> None:
    with closing(Database(where)) as database, closing(Database(folder / "copy.db")) as other:
        measure(database, articles, 1)
        measure(database, articles, desks)
        began = time.perf_counter()
        rows = back_up(database, (), folder / "press.backup", NOW)
        print(f"{rows} rows backed up with their checksums: {rows / since(began):.0f} a second")
        began = time.perf_counter()
        with database.read() as source, other.write() as target:
            copy(source, target)
        print(f"the same copied, read back and compared: {rows / since(began):.0f} a second")


@contextmanager
def place(postgresql: bool, folder: Path) -> Iterator[Where]:
    if not postgresql:
        yield folder / "chaffinch.db"
        return
    with server() as url:
        press = Press(url, quick=False)
        made = press.fresh()
        yield made
        press.drop(made)
        press.close()


def measure(database: Database, number: int, desks: int) -> None:
    named = [
        Source(slug=f"d{desks}-{n}", kind=SourceKind.FEED, location=f"https://d{desks}-{n}.example/", backfill=number)
        for n in range(desks)
    ]
    Sources(database).sync(named, [])
    office = Office(
        database, lambda: NOW, "press.example", lambda _: ["news"], lambda *_: NOW + timedelta(hours=1), learned
    )
    began, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(desks) as threads:
        kept = sum(threads.map(partial(visits, office, number // desks), named))
    rate, each = kept / since(began), (time.process_time() - worked) * 1000 / kept
    print(f"{desks} desk{'s'[: desks > 1]}: {rate:.0f} articles a second, {each:.1f} ms of our processor time each")


def visits(office: Office, number: int, source: Source) -> int:
    """One visit; how many articles it has kept."""
    desk = office.open(source)
    assert desk is not None
    references = [Reference(f"{source.location}{n}", guid=str(n), published=NOW) for n in range(number)]
    desk.offer(Listing(tuple(references), SourceState()), NOW)
    kept = 0
    while wanted := desk.wanted(NOW):
        for reference in wanted:
            desk.shelve(reference, Page(reference.url, BODY.encode(), "text/html", "utf-8"), NOW)
        for reference, _ in list(desk.shelved()):
            desk.keep(reference, minted(reference, source.slug), NOW)
            kept += 1
    desk.close(NOW)
    return kept


def minted(reference: Reference, slug: str) -> Settlement:
    key = f"{slug}-{reference.url.rpartition('/')[2]}"
    article = Article(
        id=f"tag:press.example,2026:{key}",
        key=key,
        url=reference.url,
        sources=(),
        title=f"Article {key}",
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        aliases=(f"guid:{reference.guid}", f"url:{reference.url}"),
        html=f"<p>{BODY}</p>",
        text=BODY,
    )
    return Settlement(Change.NEW, article)


def learned(outlines: Iterable[Outline]) -> Repeats:
    return Repeats(0, Counter())


def since(began: float) -> float:
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
