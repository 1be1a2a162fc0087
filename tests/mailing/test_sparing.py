"""Limits: an hour's, a domain's, the night's."""

from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.mailing.domains import Domains, domain_of
from chaffinch.mailing.pace import quiet_until

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def test_a_domain_that_says_later_again_and_again_is_left_alone_ever_longer() -> None:
    domains, rests, now = Domains(), [], NOW

    for _ in range(3):
        for _ in range(3):
            assert domains.wait("example.net", now) is None
            domains.later("example.net", now)
        until = domains.wait("example.net", now)
        assert until
        rests.append(until - now)
        now = until

    assert rests == [timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40)]
    assert domains.wait("example.org", NOW) is None


def test_one_letter_that_is_taken_ends_the_mistrust() -> None:
    domains = Domains()
    domains.later("example.net", NOW)
    domains.later("example.net", NOW)
    domains.well("example.net")
    domains.later("example.net", NOW)

    assert domains.wait("example.net", NOW) is None


def test_a_domain_gets_no_more_in_an_hour_than_it_may() -> None:
    domains = Domains(per_hour=2)

    answers = [domains.wait("example.net", NOW + timedelta(minutes=minute)) for minute in (0, 10, 20, 60)]

    assert answers == [None, None, NOW + timedelta(hours=1), None]


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
