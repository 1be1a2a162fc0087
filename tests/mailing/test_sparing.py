"""Limits: an hour's, a domain's, the night's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaffinch.mailing.domains import after_refusal, domain_of
from chaffinch.mailing.pace import Pace, quiet_until
from chaffinch.store.database import Database
from chaffinch.store.providers import Providers

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "chaffinch.db")
    yield database
    database.close()


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


def test_a_domain_that_says_later_again_and_again_is_left_alone_ever_longer(database: Database) -> None:
    gate, rests, now = Providers(database, after_refusal), [], NOW

    for _ in range(3):
        for _ in range(3):
            assert gate.admit(["example.net"], now) == [None]
            gate.later("example.net", now)
        (until,) = gate.admit(["example.net"], now)
        assert until
        assert gate.resting("example.net", now) == until
        rests.append(until - now)
        now = until

    assert rests == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert gate.admit(["example.org"], NOW) == [None]


def test_a_rest_is_known_to_every_worker_and_after_a_restart(database: Database) -> None:
    for _ in range(3):
        Providers(database, after_refusal).later("example.net", NOW)

    another = Providers(database, after_refusal)

    assert another.admit(["example.net", "example.org"], NOW) == [minutes(10), None]
    assert another.resting("example.net", NOW) == minutes(10)


def test_one_letter_that_is_taken_ends_the_mistrust(database: Database) -> None:
    gate = Providers(database, after_refusal)
    gate.later("example.net", NOW)
    gate.later("example.net", NOW)
    gate.well("example.net")
    gate.later("example.net", NOW)

    assert gate.admit(["example.net"], NOW) == [None]


def test_a_domain_gets_no_more_in_an_hour_than_it_may_from_all_workers_together(database: Database) -> None:
    answers: list[datetime | None] = []
    for minute in (0, 10, 20, 61):
        worker = Providers(database, after_refusal, per_domain=2)
        answers += worker.admit(["example.net"], minutes(minute))

    assert answers == [None, None, minutes(61), None]


def test_no_more_leave_in_an_hour_than_may_and_what_did_not_leave_is_given_back(database: Database) -> None:
    one, other = (Providers(database, after_refusal, per_hour=10) for _ in range(2))

    assert one.grant(8, NOW) == 8
    assert other.grant(8, minutes(1)) == 2
    assert other.grant(8, minutes(2)) == 0
    one.give_back(5, [], minutes(2))
    assert other.grant(8, minutes(3)) == 5
    assert one.grant(8, minutes(62)) == 8


def test_a_server_that_is_away_is_left_alone_by_every_worker(database: Database) -> None:
    Providers(database, after_refusal).away(minutes(5))
    another = Providers(database, after_refusal)

    assert another.away_until(minutes(4)) == minutes(5)
    assert another.away_until(minutes(5)) is None


def test_two_workers_together_keep_to_so_many_a_second(database: Database) -> None:
    seconds = [0.0]

    def turn(letters: int) -> float:
        now = NOW + timedelta(seconds=seconds[0])
        return (Providers(database, after_refusal).turn(letters, 4, now) - now).total_seconds()

    def sleep(time: float) -> None:
        gone.append(seconds[0] + time)

    gone: list[float] = []
    workers = [Pace(4, lambda: seconds[0], sleep, turn) for _ in range(2)]
    for _ in range(8):
        for worker in workers:
            worker()

    assert sorted(gone) == [number / 4 for number in range(1, 16)]


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ("", "23:00", None),
        ("22:00-06:00", "21:59", None),
        ("22:00-06:00", "22:00", "06:00"),
        ("22:00-06:00", "05:59", "06:00"),
        ("22:00-06:00", "06:00", None),
        ("12:00-14:00", "13:00", "14:00"),
        ("12:00-14:00", "15:00", None),
    ],
)
def test_it_is_quiet_by_the_digests_own_clocks(hours: str, at: str, until: str | None) -> None:
    hour, minute = map(int, at.split(":"))
    now = datetime(2026, 11, 22, hour, minute, tzinfo=UTC) - timedelta(hours=1)  # Vienna is an hour ahead

    end = quiet_until(hours, "Europe/Vienna", now)

    assert (end and f"{end + timedelta(hours=1):%H:%M}") == until


def test_a_domain_is_the_same_however_it_is_written() -> None:
    assert domain_of("Ann@Example.NET") == "example.net"
