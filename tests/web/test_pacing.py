"""Nobody may ask for costly things without a pause, and nobody is kept from leaving."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.web.pacing import MISSES, Allowance
from tests.web.conftest import MORNING, Desk, Visitor

PROXY = 'trusted_proxies = ["127.0.0.1"]\n'


@pytest.fixture
def behind_a_proxy(open_press: Callable[..., Desk], serve: Callable[[Desk], Visitor]) -> tuple[Desk, Visitor]:
    desk = open_press(web=PROXY)
    return desk, serve(desk)


def statuses(visitor: Visitor, times: int, method: str, path: str, caller: str = "198.51.100.7") -> list[int]:
    return [visitor.ask(method, path, None, X_Forwarded_For=caller).status for _ in range(times)]


@given(st.lists(st.integers(0, 90), max_size=60))
def test_an_allowance_gives_its_number_at_once_and_again_each_minute(pauses: list[int]) -> None:
    allowance, now, taken = Allowance(10), MORNING, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if not allowance.take("198.51.100.7", now):
            taken.append(now)

    for moment in taken:
        assert sum(moment <= other < moment + timedelta(minutes=1) for other in taken) <= 20
    assert len(taken) >= min(len(pauses), 10)


def test_who_waits_as_long_as_told_is_heard() -> None:
    allowance = Allowance(2)
    assert [bool(allowance.take("::1", MORNING)) for _ in range(3)] == [False, False, True]

    wait = allowance.take("::1", MORNING)

    assert wait == timedelta(seconds=30)
    assert not allowance.take("::1", MORNING + wait)


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    allowance = Allowance(1)
    allowance.take("198.51.100.7", MORNING)

    assert not allowance.take("198.51.100.7", MORNING - timedelta(days=1))


def test_neighbours_in_one_64_are_one_caller_and_the_others_are_not() -> None:
    allowance = Allowance(1)
    allowance.take("2001:db8:1:2::1", MORNING)

    assert allowance.take("2001:db8:1:2:ffff::9", MORNING)
    assert not allowance.take("2001:db8:1:3::1", MORNING)


def test_searching_without_a_pause_ends_in_429_with_the_time_to_wait(behind_a_proxy: tuple[Desk, Visitor]) -> None:
    desk, visitor = behind_a_proxy

    assert statuses(visitor, 31, "GET", "/search?q=eels") == [200] * 30 + [429]
    refused = visitor.get("/search?q=eels", X_Forwarded_For="198.51.100.7")
    assert refused.headers["retry-after"] == "2"
    assert refused.headers["content-security-policy"].startswith("default-src 'none'")
    assert refused.page.findtext(".//h1") == "Too often"
    assert statuses(visitor, 1, "GET", "/search?q=eels", "198.51.100.8") == [200]
    assert statuses(visitor, 1, "GET", "/articles/k1") == [200]
    desk.time += timedelta(seconds=2)
    assert statuses(visitor, 1, "GET", "/search?q=eels") == [200]


def test_guessing_tokens_ends_soon_and_leaves_whoever_has_one_alone_elsewhere(
    behind_a_proxy: tuple[Desk, Visitor],
) -> None:
    _, visitor = behind_a_proxy

    assert statuses(visitor, MISSES + 1, "GET", "/preferences/guess") == [404] * MISSES + [429]
    assert statuses(visitor, 1, "GET", "/confirm/t0ken") == [429]
    assert statuses(visitor, 1, "GET", "/confirm/t0ken", "198.51.100.8") == [200]


def test_nobody_is_kept_from_unsubscribing_by_what_a_neighbour_guessed(behind_a_proxy: tuple[Desk, Visitor]) -> None:
    desk, visitor = behind_a_proxy
    statuses(visitor, MISSES + 5, "GET", "/unsubscribe/guess")

    assert statuses(visitor, 100, "POST", "/unsubscribe/t0ken") == [200] * 100
    assert ("unsubscribe", "t0ken") in desk.acted


def test_guessing_the_owners_token_ends_soon(open_press: Callable[..., Desk], serve: Callable[[Desk], Visitor]) -> None:
    desk = open_press(web=PROXY + 'status_token_file = "token"\n')
    (desk.config.path.parent / "token").write_text("0wner", "utf-8")
    visitor = serve(desk)

    assert statuses(visitor, MISSES + 1, "GET", "/status?token=guess") == [401] * MISSES + [429]
    assert statuses(visitor, 1, "GET", "/status?token=0wner", "198.51.100.8") == [200]


def test_feeds_are_for_everybody_as_often_as_they_like(behind_a_proxy: tuple[Desk, Visitor]) -> None:
    _, visitor = behind_a_proxy

    assert statuses(visitor, 150, "GET", "/feeds/news.atom") == [200] * 150


def test_this_machine_is_never_refused(visitor: Visitor) -> None:
    assert [visitor.get("/search?q=eels").status for _ in range(40)] == [200] * 40
