"""What runs all day is answered by indexes: no statement reads a whole table that grows with the press."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from chaffinch.model import Reference
from chaffinch.store import listed, shelf, sketches
from chaffinch.store.articles import Articles
from chaffinch.store.counts import Counts
from chaffinch.store.database import Database
from chaffinch.store.pings import Pings
from chaffinch.store.reading import named
from chaffinch.store.search import Search
from chaffinch.store.sources import Sources
from chaffinch.store.subscriptions import Subscriptions
from tests.databases import Where

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
GROWING = (
    "aliases",
    "article_references",
    "article_sources",
    "article_words",
    "articles",
    "deliveries",
    "issue_articles",
    "letter_articles",
    "outlines",
    "pages",
    "sketches",
    "sources",
    "subscriptions",
)
"""Tables with a row for each source, page, article or reader."""

WAITING = shelf.Waiting(7, Reference("https://wire.example/7"), 100, False, False, None)

Question = Callable[[Database], object]


def inside(ask: Callable[[Connection], object]) -> Question:
    def question(database: Database) -> object:
        with database.read() as connection:
            return ask(connection)

    return question


QUESTIONS: dict[str, Question] = {
    "which sources are due": lambda database: Sources(database).due(NOW, 100),
    "how many sources are due": lambda database: Counts(database).due(NOW),
    "what a source wants": inside(lambda connection: listed.wanted(connection, "wire", 8, 50, NOW)),
    "what waits on the shelf": inside(lambda connection: shelf.waiting(connection, "wire", 8, NOW)),
    "an armful of the shelf": inside(lambda connection: shelf.take(connection, [WAITING])),
    "how a source's references stand": inside(lambda connection: listed.standing(connection, "wire")),
    "what a source holds back": inside(lambda connection: listed.holding(connection, "wire")),
    "what is wrong with a source": inside(lambda connection: listed.shortfall(connection, "wire")),
    "which articles have a name": inside(lambda connection: named(connection, ("url:x", "guid:y"))),
    "which articles are alike": inside(lambda connection: sketches.sharing(connection, (1, 2, 3))),
    "which feeds are dirty": lambda database: Articles(database).dirty(),
    "a source's newest articles": lambda database: next(iter(Articles(database).newest(("wire",))), None),
    "the newest articles": lambda database: next(iter(Articles(database).newest()), None),
    "an article": lambda database: Articles(database).get("a7"),
    "articles since": lambda database: Articles(database).since(NOW - timedelta(days=1), backfilled=False),
    "who tells a story": lambda database: Articles(database).telling("a7"),
    "articles of a month": lambda database: list(Articles(database).of_month("2026-03")),
    "a search": lambda database: Search(database).find("ferry harbour", 20),
    "which hubs are to be told": lambda database: Pings(database).due(NOW),
    "somebody's subscription": lambda database: Subscriptions(database).by_address("daily", "ann@example.net"),
}


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is run meanwhile, with its parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, ___: object, ____: object) -> None:
        if re.match(r"\s*(SELECT|UPDATE|DELETE)\b", statement):
            statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan_of(connection: Connection, statement: str, parameters: Any) -> list[str]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        return [str(row[-1]) for row in rows]
    return [str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]


def whole_readings(plan: list[str], statement: str) -> list[str]:
    """The lines of a plan that read all of a growing table; in an index's order until enough is found is not all."""
    names = "|".join(GROWING)
    found = rf"^SCAN (?:{names})(?! VIRTUAL TABLE INDEX)|Seq Scan on (?:{names})\b"
    ends_early = " LIMIT " in statement.replace("\n", " ") and not any("TEMP B-TREE FOR ORDER" in line for line in plan)
    return [line for line in plan if re.search(found, line) and not (" USING " in line and ends_early)]


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    with closing(Database(where)) as database:
        yield database


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_table_that_grows_is_read_whole(database: Database, asked: str) -> None:
    with noted() as statements:
        QUESTIONS[asked](database)
    assert statements

    plans = []
    with database.read() as connection:
        if connection.dialect.name == "postgresql":  # tables this small are read whole unless that is forbidden
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in statements:
            plans += [
                (line, statement) for line in whole_readings(plan_of(connection, statement, parameters), statement)
            ]

    assert plans == []


def test_a_whole_reading_is_seen(database: Database) -> None:
    statement = "SELECT * FROM articles WHERE byline = 'x'"
    with database.read() as connection:
        assert whole_readings(plan_of(connection, statement, ()), statement)
