"""A database keeps its promises, whichever it is."""

import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from chaffinch.errors import ConfigError, StoreAway, StoreError
from chaffinch.store.database import Database
from chaffinch.store.holding import secret_of
from chaffinch.store.schema import dirty_feeds, pings, sources
from tests.databases import Where

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    with closing(Database(where)) as database:
        yield database


def marks(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.feed: row.mark for row in connection.execute(select(dirty_feeds))}


def test_what_fails_in_the_middle_leaves_nothing(database: Database) -> None:
    def failing() -> None:
        with database.write() as connection:
            connection.execute(insert(dirty_feeds).values(feed="news", mark="a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()

    assert marks(database) == {}


def test_the_loser_of_a_race_is_told_so_and_can_go_on(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(dirty_feeds).values(feed="news", mark="a"))

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(dirty_feeds).values(feed="news", mark="b"))

    assert marks(database) == {"news": "a"}


def test_a_reader_sees_what_stood_when_it_began(database: Database) -> None:
    with database.read() as reading:
        before = reading.execute(select(dirty_feeds)).all()
        with database.write() as writing:
            writing.execute(insert(dirty_feeds).values(feed="news", mark="a"))
        after = reading.execute(select(dirty_feeds)).all()

    assert (before, after) == ([], [])
    assert marks(database) == {"news": "a"}


def test_what_one_thread_reads_in_one_view_stands_still_and_others_see_the_world(database: Database) -> None:
    def world() -> dict[str, str]:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(marks, database).result()

    with database.one_view():
        before = marks(database)
        with database.write() as connection:
            connection.execute(insert(dirty_feeds).values(feed="news", mark="a"))
        inside, outside = marks(database), world()

    assert (before, inside, outside) == ({}, {}, {"news": "a"})
    assert marks(database) == {"news": "a"}


def test_who_writes_alone_finds_what_it_read_until_it_ends(database: Database) -> None:
    with database.write() as connection:
        connection.execute(insert(pings).values(feed="news", changed=NOW, due=NOW, tries=0))

    def once_more(_: int) -> None:
        with database.write() as connection:
            tries = connection.execute(select(pings.c.tries)).scalar_one()
            connection.execute(update(pings).values(tries=tries + 1))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(once_more, range(40)))

    with database.read() as connection:
        assert connection.execute(select(pings.c.tries)).scalar_one() == 40


def test_who_writes_beside_waits_for_who_writes_alone_and_not_for_each_other(postgresql: str) -> None:
    together = threading.Barrier(2, timeout=60)
    told: list[str] = []

    def beside(feed: str) -> None:
        with opened.write_beside() as connection:
            connection.execute(insert(dirty_feeds).values(feed=feed, mark="a"))
            together.wait()

    def alone() -> None:
        with opened.write() as connection:
            told.extend(connection.execute(select(dirty_feeds.c.feed)).scalars())

    with closing(Database(postgresql)) as opened, ThreadPoolExecutor(3) as threads:
        first = threads.submit(beside, "a"), threads.submit(beside, "b")
        for done in first:
            done.result()
        threads.submit(alone).result()

    assert sorted(told) == ["a", "b"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(said=st.text(st.characters(codec=None) | st.sampled_from("\0\ud800\udfff\\u0")))
def test_whatever_a_source_says_can_be_stored(database: Database, said: str) -> None:
    with database.write() as connection:
        connection.execute(delete(sources))
        connection.execute(insert(sources).values(slug="wire", title=said, state={"title": said, said: [said]}))
    with database.read() as connection:
        found = connection.execute(select(sources).where(sources.c.title == said)).one()
        named = connection.execute(select(sources.c.state["title"].as_string())).scalar_one()

    assert found.title == named == found.state["title"]
    assert len(found.title) == len(said)
    assert found.title == said or set(said) & {"\0", *map(chr, range(0xD800, 0xE000))}


def test_texts_stand_in_the_same_order_everywhere(database: Database) -> None:
    slugs = ["b-a", "ba", "B", "a b", "ä", "Z", "-", "_", "é", "e"]
    with database.write() as connection:
        connection.execute(insert(sources), [{"slug": slug} for slug in slugs])
    with database.read() as connection:
        assert connection.execute(select(sources.c.slug).order_by(sources.c.slug)).scalars().all() == sorted(slugs)


def test_a_server_that_goes_away_in_the_middle_costs_that_transaction_only(postgresql: str) -> None:
    away = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state <> ''")

    def broken_off(database: Database, other: Database) -> None:
        with database.write() as connection:
            connection.execute(insert(dirty_feeds).values(feed="news", mark="a"))
            with other.read() as breaking:
                breaking.execute(away)
            connection.execute(insert(dirty_feeds).values(feed="town", mark="a"))

    with closing(Database(postgresql)) as database, closing(Database(postgresql)) as other:
        with pytest.raises(StoreError, match="another try will do"):
            broken_off(database, other)
        after = marks(database)

    assert after == {}


def test_a_server_that_went_away_between_two_transactions_costs_none(postgresql: str) -> None:
    away = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'chaffinch'")
    other = create_engine(postgresql.replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT")
    with closing(Database(postgresql)) as database:
        with database.write() as connection, database.read() as _:  # two connections wait in the pool afterwards
            connection.execute(insert(dirty_feeds).values(feed="news", mark="a"))
        with other.connect() as breaking:
            breaking.execute(away)
        other.dispose()

        with database.write() as connection, database.read() as reading:
            connection.execute(insert(dirty_feeds).values(feed="town", mark="a"))
            seen = reading.execute(select(dirty_feeds.c.feed)).scalars().all()
        after = marks(database)

    assert (seen, after) == (["news"], {"news": "a", "town": "a"})


@pytest.mark.parametrize("where", ["mysql://x/y", "postgresql+psycopg://user:secret@host:port/name", "nonsense"])
def test_an_address_that_is_none_is_told_without_its_password(where: str) -> None:
    with pytest.raises(ConfigError) as told:
        Database(where)

    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_server_that_is_not_there_is_told_in_one_line_without_its_password() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        with pytest.raises(StoreError) as told:
            Database(f"postgresql://user:secret@127.0.0.1:{port}/press")

    assert isinstance(told.value, StoreAway)
    assert str(told.value).startswith("press on 127.0.0.1: nobody answers there; is PostgreSQL running")
    assert "\n" not in str(told.value)
    assert "secret" not in str(told.value)


def test_a_missing_driver_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigError, match=r"install chaffinch\[postgres\]"):
        Database("postgresql://user@127.0.0.1/press")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(StoreError, match="cannot be made"):
        Database(tmp_path / "data" / "chaffinch.db")


def test_nobody_else_may_look_into_a_new_data_directory(tmp_path: Path) -> None:
    opened = Database(tmp_path / "press" / "data" / "chaffinch.db")
    opened.close()
    secret_of(tmp_path / "other" / "data")

    for folder in (tmp_path / "press" / "data", tmp_path / "other" / "data"):
        assert folder.stat().st_mode & 0o077 == 0
