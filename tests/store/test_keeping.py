"""Two workers bring the same articles at the same time, and each article is one."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from chaffinch.model import (
    Article,
    Change,
    Listing,
    Page,
    Reference,
    Repeats,
    Settlement,
    Source,
    SourceKind,
    SourceState,
)
from chaffinch.store.articles import Articles
from chaffinch.store.database import Database
from chaffinch.store.office import Office
from chaffinch.store.schema import aliases
from chaffinch.store.sources import Sources
from tests.databases import Where

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NUMBERS = range(12)
WORKERS = 3


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    with closing(Database(where)) as database:
        yield database


def office_of(database: Database) -> Office:
    return Office(
        database,
        lambda: NOW,
        "press.example",
        lambda article: ["news", *article.sources],
        lambda source, state, outcome: outcome.now + timedelta(hours=1),
        lambda outlines: Repeats(0, Counter()),
    )


def minted(number: int, worker: int) -> Settlement:
    """Another id from each worker, the same names in another order."""
    names = [f"url:https://wire.example/{number}", f"guid:{number}", f"title:{number % 5}-{number}"]
    key = f"k{number}-{worker}"
    article = Article(
        id=f"tag:press.example,2026:{key}",
        key=key,
        url=f"https://wire.example/{number}",
        sources=(),
        title=f"Article {number}",
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        aliases=tuple(names[worker % 3 :] + names[: worker % 3]),
        text="body",
        story="k0-0" if number % 2 else "",
    )
    return Settlement(Change.NEW, article, sketch=(number, number + 1))


def test_each_article_is_minted_once_whoever_brings_it(database: Database) -> None:
    named = [Source(slug=f"s{n}", kind=SourceKind.FEED, location=f"https://{n}.example/") for n in range(WORKERS)]
    Sources(database).sync(named, [])
    office, together = office_of(database), threading.Barrier(WORKERS, timeout=60)

    def visit(worker: int) -> int:
        desk = office.open(named[worker])
        assert desk is not None
        found = [Reference(f"https://{worker}.example/{number}") for number in NUMBERS]
        desk.offer(Listing(tuple(found), SourceState()), NOW)
        for reference in found:
            desk.shelve(reference, Page(reference.url, b"<p>body</p>"), NOW)
        together.wait()
        for number, reference in enumerate(found):
            desk.keep(reference, minted(number, worker), NOW)
        left = len(list(desk.shelved()))
        desk.close(NOW)
        return left

    with ThreadPoolExecutor(WORKERS) as threads:
        left = list(threads.map(visit, range(WORKERS)))

    held = list(Articles(database).newest())
    assert len(held) == len(NUMBERS)
    assert all(len(article.aliases) == 3 for article in held)
    assert sum(left) == len(NUMBERS) * (WORKERS - 1)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(aliases)).scalar_one() == 3 * len(NUMBERS)
    assert "news" in Articles(database).dirty()


def test_two_who_update_one_article_do_not_wait_for_each_other(database: Database) -> None:
    named = [Source(slug=f"s{n}", kind=SourceKind.FEED, location=f"https://{n}.example/") for n in range(WORKERS)]
    Sources(database).sync(named, [])
    office, together = office_of(database), threading.Barrier(WORKERS, timeout=60)
    first = office.open(named[0])
    assert first is not None
    reference = Reference("https://0.example/a")
    first.offer(Listing((reference,), SourceState()), NOW)
    first.shelve(reference, Page(reference.url, b"<p>body</p>"), NOW)
    made = minted(1, 0).article
    assert made is not None
    first.keep(reference, Settlement(Change.NEW, made), NOW)
    first.close(NOW)

    def update(worker: int) -> None:
        desk = office.open(named[worker])
        assert desk is not None
        reference = Reference(f"https://{worker}.example/{worker}")
        desk.offer(Listing((reference,), SourceState()), NOW)
        desk.shelve(reference, Page(reference.url, b"<p>body</p>"), NOW)
        together.wait()
        for turn in range(8):
            names = [f"url:{worker}-{turn}", "url:shared", f"a:{turn}", f"z:{turn}"]
            said = replace(made, text=f"{worker} {turn}", aliases=(*made.aliases, *names[:: 1 if worker % 2 else -1]))
            desk.keep(reference, Settlement(Change.UPDATED, said, sketch=(turn, turn + 1)), NOW)
        desk.close(NOW)

    with ThreadPoolExecutor(WORKERS) as threads:
        list(threads.map(update, range(WORKERS)))

    (article,) = Articles(database).newest()
    assert article.sources == ("s0", "s1", "s2")
    assert len(article.aliases) == 3 + 1 + 8 + 8 + 8 * WORKERS
