"""Subscriptions as they are remembered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.model import Status, Subscription, Suppression
from chaffinch.store.database import Database
from chaffinch.store.subscriptions import Subscriptions
from tests.databases import Where

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
ANN = Subscription(
    id="ann",
    address="Ann@example.net",
    digest="daily",
    cadence="daily 07:00",
    status=Status.CONFIRMED,
    hour=420,
    timezone="Europe/Vienna",
    topics=("sport", "town"),
    vouched=True,
    created=NOW,
    confirmed=NOW,
    evidence={"form": "2"},
)


@pytest.fixture
def people(where: Where) -> Iterator[Subscriptions]:
    database = Database(where)
    yield Subscriptions(database)
    database.close()


def test_a_subscription_comes_back_as_it_was(people: Subscriptions) -> None:
    assert people.add(ANN)

    assert people.get("ann") == ANN
    assert people.by_address("daily", "ann@EXAMPLE.net") == ANN
    assert people.get("nobody") is None
    assert people.by_address("other", "ann@example.net") is None


def test_one_address_has_one_subscription_to_a_digest(people: Subscriptions) -> None:
    people.add(ANN)

    assert not people.add(replace(ANN, id="again"))
    assert not people.add(replace(ANN, id="again", address="ann@EXAMPLE.net"))
    assert people.add(replace(ANN, id="other", digest="weekly"))
    assert people.get("again") is None


def test_changes_are_written_all_or_none(people: Subscriptions) -> None:
    people.add(ANN)
    ended = replace(ANN, status=Status.ENDED, ended=NOW + timedelta(days=1))

    people.save([ended, replace(ANN, id="ben", address="ben@example.net")])

    assert people.get("ann") == ended
    assert people.count("daily") == 1
    assert people.count("daily", Status.ENDED) == 1


def test_when_an_address_was_last_asked_is_known_across_digests(people: Subscriptions) -> None:
    people.add(ANN, asked=NOW)
    people.add(replace(ANN, id="other", digest="weekly"), asked=NOW + timedelta(hours=3))
    people.save([replace(ANN, status=Status.PENDING)])

    assert people.asked("ann") == NOW
    assert people.last_asked("ANN@example.net") == NOW + timedelta(hours=3)
    assert people.last_asked("ben@example.net") is None


def test_all_are_listed_in_chunks(people: Subscriptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaffinch.store.subscriptions._CHUNK", 2)
    people.save(replace(ANN, id=f"p{n}", address=f"p{n}@example.net") for n in range(5))
    people.save([replace(ANN, id="q", address="q@example.net", status=Status.PENDING)])

    assert [person.id for person in people.list("daily")] == ["p0", "p1", "p2", "p3", "p4", "q"]
    assert [person.id for person in people.list(status=Status.PENDING)] == ["q"]


def test_the_vouched_and_the_named_are_found_for_the_config(people: Subscriptions) -> None:
    people.save(
        [
            ANN,
            replace(ANN, id="ben", address="ben@example.net", vouched=False),
            replace(ANN, id="eve", address="eve@example.net", vouched=False),
        ]
    )

    assert {person.id for person in people.vouched("daily", ["BEN@example.net"])} == {"ann", "ben"}


def test_nobody_is_left_on_a_cadence_that_is_offered_no_more(people: Subscriptions) -> None:
    people.save([ANN, replace(ANN, id="ben", address="ben@example.net", cadence="weekly mon 07:00")])

    assert people.realign("daily", ["weekly mon 07:00", "daily 08:00"]) == 1
    assert {person.cadence for person in people.list("daily")} == {"weekly mon 07:00"}


def test_a_suppression_keeps_its_first_reason(people: Subscriptions) -> None:
    people.suppress("hash", "refused: 550", NOW)
    people.suppress("hash", "another", NOW + timedelta(days=1))

    assert people.suppressed("hash") == Suppression("hash", "refused: 550", NOW)
    assert people.suppressed("other") is None
