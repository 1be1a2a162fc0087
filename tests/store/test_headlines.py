"""Issues in a line each, for a list of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from chaffinch.model import Article, Headline, IssueState
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.headlines import Headlines
from chaffinch.store.issues import Issues
from chaffinch.store.schema import articles
from tests.databases import Where

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def article(number: int) -> Article:
    moment = NOW - timedelta(hours=number)
    url = f"https://news.example.org/{number}"
    return Article(f"tag:example.org,2026:{number}", f"a{number}", url, (), f"Story {number}", moment, moment, moment)


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    database = Database(where)
    with database.write() as connection:
        for number in range(1, 4):
            insert_article(connection, article(number))
    issues = Issues(database)
    for number in range(1, 6):
        slot, state = NOW + timedelta(days=number), IssueState.HELD if number == 4 else IssueState.OPEN
        issues.close("daily", "daily 07:00", slot, [article(n) for n in (2, 1, 3)], state, slot)
    issues.close("other", "daily 07:00", NOW, [article(1)], IssueState.OPEN, NOW)
    yield database
    database.close()


def test_issues_are_listed_newest_first_and_paged(database: Database) -> None:
    listed = Headlines(database)

    first = listed.released("daily", 2)
    then = listed.released("daily", 2, first[-1].number)

    assert first == [
        Headline(5, NOW + timedelta(days=5), 3, "Story 2"),
        Headline(3, NOW + timedelta(days=3), 3, "Story 2"),
    ]
    assert [headline.number for headline in then] == [2, 1]
    assert listed.released("daily", 2, 1) == []
    assert listed.released("nothing", 2) == []


def test_what_was_withdrawn_or_dropped_counts_no_more(database: Database) -> None:
    issue = Issues(database).get("daily", 5)
    assert issue is not None
    Issues(database).drop(issue.id, article(1).id)
    with database.write() as connection:
        connection.execute(update(articles).where(articles.c.key == "a2").values(hidden=True))

    newest, *_ = Headlines(database).released("daily", 1)
    with database.write() as connection:
        connection.execute(update(articles).values(hidden=True))
    empty, *_ = Headlines(database).released("daily", 1)

    assert (newest.articles, newest.title) == (1, "Story 3")
    assert (empty.number, empty.articles, empty.title) == (5, 0, "")
