"""What is asked again and again while letters are planned and sent never reads all the letters, nor all the people."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from chaffinch.model import Article, DeliveryState, IssueState, Rest, Status, Subscription
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.doubts import Doubts
from chaffinch.store.issues import Issues
from chaffinch.store.providers import Providers
from chaffinch.store.subscriptions import Subscriptions

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ARTICLE = Article("tag:a,2026:1", "a1", "https://a.example.org/", ("wire",), "Ferry", NOW, NOW, NOW)
LARGE = ("deliveries", "subscriptions")


@pytest.fixture
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is run, with its values."""
    found: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        found.append((statement, values[0] if isinstance(values, list) else values))

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_no_hot_query_reads_everything(tmp_path: Path, asked: list[tuple[str, Any]]) -> None:
    database = Database(tmp_path / "chaffinch.db")
    issues, people, outbox = Issues(database), Subscriptions(database), Deliveries(database, str, boot="now")
    with database.write() as connection:
        insert_article(connection, ARTICLE)
    people.save(
        Subscription(f"s{n}", f"r{n}@a.example", "daily", "daily 07:00", Status.CONFIRMED, created=NOW, confirmed=NOW)
        for n in range(20)
    )
    issue = issues.close("daily", "daily 07:00", NOW, [ARTICLE], IssueState.OPEN, NOW)
    assert issue
    asked.clear()

    issues.enqueue(issue, lambda reader, opened: NOW, lambda contents, reader, had: contents, NOW)
    assert issues.with_due_deliveries(NOW) == [issue.id]
    first, second, third, *rest = outbox.claim(issue.id, NOW, NOW + timedelta(minutes=10), 10)
    outbox.in_flight(first, "<1@a>", NOW)
    outbox.in_flight(second, "<2@a>", NOW, first)
    outbox.settle(third, DeliveryState.DEFERRED, NOW, due=NOW)
    outbox.put_back([(parcel, None) for parcel in rest], NOW)
    outbox.recover(issue.id, NOW + timedelta(hours=1))
    Providers(database, lambda rest, now: Rest(), 1000, 100).admit(["a.example"], NOW)
    assert len(list(Doubts(database).list())) == 1
    assert sum(issues.letters("daily", 1).values()) == 20
    assert len(list(people.list("daily", status=Status.CONFIRMED))) == 20
    assert people.unasked() == []
    assert people.last_asked("r1@a.example") is None

    questions = [(said, values) for said, values in asked if said.startswith(("SELECT", "UPDATE", "DELETE"))]
    plans = list(_plans(database, questions))
    database.close()
    assert len(plans) > 30
    assert not [(said, step) for said, step in plans if _reads_all(said, step)]


def _plans(database: Database, statements: list[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    with database.read() as connection:
        for said, values in statements:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values):
                yield said, row[3]


def _reads_all(said: str, step: str) -> bool:
    scans = any(f"{step} ".startswith(f"SCAN {table} ") for table in LARGE)
    of_one = any(f"FROM {table} \nWHERE" in said for table in LARGE)
    return scans or (of_one and step == "USE TEMP B-TREE FOR ORDER BY")
