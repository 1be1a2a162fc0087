"""Turns and pauses, on a clock that tests move by waiting."""

import threading

import pytest

from chaffinch.errors import FetchError, HostBusy, Stopped
from chaffinch.fetch.politeness import Politeness


class Time:
    """A clock that moves when somebody waits; `stopping` is what the wait answers."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []
        self.stopping = False

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.now += seconds
        return self.stopping


def polite(time: Time, gap: float = 2.0) -> Politeness:
    return Politeness(gap=gap, wait=time.wait, monotonic=time)


def test_two_requests_to_one_host_are_a_gap_apart() -> None:
    time = Time()
    politeness = polite(time)

    with politeness.turn("a.example"):
        time.now += 0.5
    with politeness.turn("b.example"):
        pass
    with politeness.turn("a.example"):
        pass

    assert time.waited == [2.0]


def test_a_crawl_delay_lengthens_the_gap_and_never_shortens_it() -> None:
    time = Time()
    politeness = polite(time)

    for delay in (10.0, 1.0, 0.0):
        with politeness.turn("a.example", delay=delay):
            pass

    assert time.waited == [10.0, 2.0]


def test_a_redirect_on_the_same_host_needs_no_pause() -> None:
    time = Time()
    politeness = polite(time)

    with politeness.turn("a.example"):
        pass
    with politeness.turn("a.example", at_once=True):
        pass

    assert time.waited == []


def test_a_held_host_is_not_asked_but_told_of() -> None:
    time = Time()
    politeness = polite(time)
    politeness.hold("a.example", 3600)

    with pytest.raises(FetchError, match=r"a\.example asked us to wait") as caught, politeness.turn("a.example"):
        pass

    assert caught.value.retry_after == 3600
    time.now += 3600
    with politeness.turn("a.example"):
        assert time.waited == []


def test_a_short_hold_is_waited_for() -> None:
    time = Time()
    politeness = polite(time)
    politeness.hold("a.example", 5)

    with politeness.turn("a.example", at_once=True):
        pass

    assert time.waited == [5.0]


def test_a_stop_during_the_pause_ends_the_wait() -> None:
    time = Time()
    politeness = polite(time)
    with politeness.turn("a.example"):
        pass
    time.stopping = True

    with pytest.raises(Stopped), politeness.turn("a.example"):
        pass


def test_a_stop_while_another_has_the_turn_ends_the_wait() -> None:
    politeness = Politeness(gap=0, wait=lambda seconds: True)
    inside, over = threading.Event(), threading.Event()

    def hold_the_turn() -> None:
        with politeness.turn("a.example"):
            inside.set()
            over.wait(10)

    thread = threading.Thread(target=hold_the_turn)
    thread.start()
    inside.wait(10)

    with pytest.raises(Stopped), politeness.turn("a.example"):
        pass

    over.set()
    thread.join(10)


def test_a_failed_request_gives_its_turn_back() -> None:
    time = Time()
    politeness = polite(time)

    with pytest.raises(ZeroDivisionError), politeness.turn("a.example"):
        raise ZeroDivisionError
    with politeness.turn("a.example"):
        pass

    assert time.waited == [2.0]


def test_hosts_are_forgotten_when_they_are_many_and_at_rest() -> None:
    time = Time()
    politeness = polite(time)

    for number in range(25_000):
        with politeness.turn(f"{number}.example"):
            time.now += 1

    assert len(politeness._hosts) <= 10_001


def test_who_waits_too_long_for_others_comes_back_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chaffinch.fetch.politeness._PATIENCE", 0.05)
    politeness = Politeness(gap=0, wait=lambda _: False)

    def second() -> None:
        with politeness.turn("a.example"):
            pytest.fail("two at a time")

    with politeness.turn("a.example"), pytest.raises(HostBusy, match="asked for others") as busy:
        second()
    assert busy.value.retry_after == 0.05
