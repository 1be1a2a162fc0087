"""Articles are found by their words."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from chaffinch.model import Article
from chaffinch.store.articles import Articles, insert_article, update_article
from chaffinch.store.database import Database
from chaffinch.store.schema import articles
from chaffinch.store.search import Search
from tests.databases import Where

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def article(key: str, title: str, text: str = "") -> Article:
    return Article(f"tag:a.example,2026:{key}", key, "", (), title, NOW, NOW, NOW, text=text)


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    database = Database(where)
    with database.write() as connection:
        insert_article(connection, article("a", "The ferry sails", "It came in late, past the harbour."))
        insert_article(connection, article("b", "The harbour sleeps", "No ferry. A café is open."))
        insert_article(connection, article("c", "Eels", "Nine hundred of them, in the Straße."))
    yield database
    database.close()


def keys(database: Database, words: str) -> list[str]:
    return [found.key for found in Search(database).find(words, 10)]


def test_all_words_must_be_there_and_the_title_counts_most(database: Database) -> None:
    assert keys(database, "harbour ferry") in (["a", "b"], ["b", "a"])
    assert keys(database, "harbour")[0] == "b"
    assert keys(database, "CAFE") == ["b"]
    assert keys(database, "har") == ["b", "a"]
    assert keys(database, "Straße") == ["c"]
    assert keys(database, "ferry eels") == []
    assert keys(database, "?!") == []


def test_an_edited_article_is_found_by_its_new_words_only(database: Database) -> None:
    with database.write() as connection:
        update_article(connection, article("c", "Eels", "A thousand of them."))

    assert (keys(database, "thousand"), keys(database, "hundred")) == (["c"], [])


def test_a_hidden_article_is_not_found(database: Database) -> None:
    Articles(database).hide("c", True, [], NOW)

    assert keys(database, "eels") == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(words=st.text(max_size=60))
def test_whatever_is_typed_is_no_error(database: Database, words: str) -> None:
    assert len(keys(database, words)) <= 3


LETTERS = "abcéÉüÜñßœøøıÀçяЯйέσςاבक日本ー1²½٣_-'’.·\u0301\u00a0 "
"""With marks and without, of many scripts, joined by what separates words and what does not."""
SAID = st.lists(st.text(LETTERS, min_size=1, max_size=6), max_size=6).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(said=st.lists(SAID, min_size=1, max_size=5), words=SAID)
@example(said=["ς"], words="σ")
@example(said=["ΟΔΟΣ"], words="οδοσ")
@example(said=["οδός µ ſ ϑ"], words="ΟΔΌΣ μ s θ")
def test_both_databases_find_the_same(tmp_path: Path, postgresql: str, said: list[str], words: str) -> None:
    found = []
    for where in (tmp_path / "chaffinch.db", postgresql):
        with closing(Database(where)) as database:
            with database.write() as connection:
                connection.execute(delete(articles))
                for number, text in enumerate(said):
                    insert_article(connection, article(str(number), "a", text))
            asked = [words, *said, *(part for text in said for part in text.split())]
            found.append([(text, sorted(keys(database, text))) for text in asked])

    assert found[0] == found[1]


def test_an_article_of_a_million_words_is_kept_and_found(database: Database) -> None:
    long = " ".join(f"word{number}" for number in range(200_000))
    with database.write() as connection:
        insert_article(connection, article("d", "A dictionary", long))

    assert keys(database, "dictionary word7") == ["d"]
