"""What a new article costs in the database is counted in statements, for each is a journey there and back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import Engine, event

from chaffinch.model import (
    Draft,
    Kind,
    Listing,
    Outline,
    Page,
    Reference,
    Repeats,
    Rules,
    Source,
    SourceKind,
    SourceState,
    Validators,
)
from chaffinch.pipeline import refresh
from chaffinch.store.articles import Articles
from chaffinch.store.database import Database
from chaffinch.store.hosts import Hosts
from chaffinch.store.office import Office
from chaffinch.store.sources import Sources
from tests.databases import Where

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
FEW, MANY = 4, 24
SHELVED = ("begin", "lease", "page", "its reference")
KEPT = (
    "who has its names",
    "who has its words",
    "begin",
    "lease",
    "article",
    "aliases",
    "sources",
    "sketch",
    "feeds",
    "archives",
    "page",
    "its reference",
)
SEARCHED = ("words for the search",)
"""Of PostgreSQL; SQLite's triggers keep their own."""
_numbers = count()


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    with closing(Database(where)) as database:
        yield database


@contextmanager
def statements() -> Iterator[Counter[str]]:
    """How often each statement is sent meanwhile, by any connection; an end of a transaction is not counted."""
    sent: Counter[str] = Counter()

    def note(_: object, __: object, statement: str, *___: object) -> None:
        sent[" ".join(statement.split())[:90]] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class Web:
    """A site whose every article is new and like no other."""

    def __init__(self, articles: int) -> None:
        self.numbers = [next(_numbers) for _ in range(articles)]

    def listing(self, source: Source, state: SourceState, fetcher: object) -> Listing:
        return Listing(
            tuple(Reference(f"{source.location}{number}", guid=f"{number}") for number in self.numbers), state
        )

    def get(self, url: str, validators: Validators | None = None) -> Page:
        return Page(url, f"<p>{url}</p>".encode(), "text/html", "utf-8")

    def outline(self, page: Page) -> Outline:
        return Outline(page.url, (1, 2, 3))

    def extract(self, reference: Reference, page: Page, rules: Rules, repeats: Repeats) -> Draft:
        number = page.url.rpartition("/")[2]
        text = " ".join(f"word{number}x{place}" for place in range(80))
        return Draft(page.url, (f"guid:{number}", f"url:{page.url}"), Kind.ARTICLE, title=number, text=text, html=text)


def office(database: Database) -> Office:
    return Office(
        database,
        lambda: NOW,
        "press.example",
        lambda article: ["news"],
        lambda source, state, outcome: outcome.now + timedelta(hours=1),
        lambda outlines: Repeats(len(list(outlines)), Counter()),
    )


def visited(database: Database, articles: int) -> Counter[str]:
    """The statements of one visit that brings so many new articles."""
    source = Source(slug=f"s{next(_numbers)}", kind=SourceKind.FEED, location="https://wire.example/", backfill=MANY)
    Sources(database).sync([source], [])
    desk, web = office(database).open(source), Web(articles)
    assert desk is not None
    with statements() as sent:
        done = refresh(desk, read=web.listing, fetcher=web, extractor=web, now=NOW, stop=lambda: False)
    assert done.new == articles
    return sent


def test_a_new_article_costs_a_statement_for_each_thing_that_is_written_and_two_questions(database: Database) -> None:
    few, many = visited(database, FEW), visited(database, MANY)

    each = Counter({said: number for said, number in many.items() if number - few[said] >= MANY - FEW})
    more = (many.total() - few.total()) / (MANY - FEW)
    allowed = len(SHELVED) + len(KEPT) + (len(SEARCHED) if database.shared else 0)
    assert more <= allowed, "\n".join(f"{number} {said}" for said, number in each.most_common())
    assert Articles(database).count() == FEW + MANY


def test_a_visit_that_finds_nothing_new_costs_the_same_however_much_it_lists(database: Database) -> None:
    def again(articles: int) -> int:
        source = Source(slug=f"s{articles}", kind=SourceKind.FEED, location="https://wire.example/", backfill=MANY)
        Sources(database).sync([source], [])
        web = Web(articles)
        for _ in range(2):
            desk = office(database).open(source)
            assert desk is not None
            with statements() as sent:
                refresh(desk, read=web.listing, fetcher=web, extractor=web, now=NOW, stop=lambda: False)
        return sent.total()

    assert again(FEW) == again(MANY)


def test_a_request_to_a_host_that_is_free_costs_two_statements(database: Database) -> None:
    hosts = Hosts(database, lambda: NOW)
    hosts.give("wire.example", hosts.take("wire.example", 60, at_once=True).token, 0.0)

    with statements() as sent:
        hosts.give("wire.example", hosts.take("wire.example", 60, at_once=True).token, 0.0)

    assert sent.total() == 2
