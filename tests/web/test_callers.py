"""Who calls, how often."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from chaffinch.errors import ConfigError
from chaffinch.web.callers import Caps, caller, networks

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def request(address: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return Request({"type": "http", "client": (address, 1), "headers": headers})


@pytest.mark.parametrize(
    ("address", "forwarded", "found"),
    [
        ("198.51.100.7", (), "198.51.100.7"),
        ("198.51.100.7", ("203.0.113.1",), "198.51.100.7"),
        ("10.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("1.2.3.4, 203.0.113.1",), "203.0.113.1"),
        ("10.0.0.1", ("1.2.3.4, 203.0.113.1, 10.0.0.2",), "203.0.113.1"),
        ("10.0.0.1", ("1.2.3.4", "203.0.113.1"), "203.0.113.1"),
        ("10.0.0.1", ("not an address",), "10.0.0.1"),
        ("10.0.0.1", ("", "2001:db8::1"), "2001:db8::1"),
        ("10.0.0.1", (), "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_are_believed(address: str, forwarded: tuple[str, ...], found: str) -> None:
    assert caller(request(address, *forwarded), networks(("10.0.0.0/8",))) == found


def test_a_proxy_that_is_no_address_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match=r"web\.trusted_proxies: 'proxy' does not appear"):
        networks(("proxy",))


def test_calls_are_counted_for_an_hour() -> None:
    caps = Caps(limit=2)

    assert [caps.allow("198.51.100.1", NOW) for _ in range(3)] == [True, True, False]
    assert caps.allow("198.51.100.2", NOW)
    assert caps.allow("198.51.100.1", NOW + timedelta(minutes=61))


def test_a_household_has_one_cap() -> None:
    caps = Caps(limit=1)

    assert caps.allow("2001:db8:1:2::1", NOW)
    assert not caps.allow("2001:db8:1:2:ffff::9", NOW)
    assert caps.allow("2001:db8:1:3::1", NOW)
    assert caps.allow("192.0.2.1", NOW)
    assert not caps.allow("::ffff:192.0.2.1", NOW)


def test_a_flood_of_callers_takes_no_more_memory() -> None:
    caps = Caps(limit=1, callers=10)

    for n in range(1000):
        caps.allow(f"caller {n}", NOW)

    assert len(caps._calls) == 10
