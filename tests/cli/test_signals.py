"""The daemon hears its signals, whatever its threads are at."""

import signal
import threading
from collections.abc import Iterator

import pytest

from chaffinch.cli.daemon import _Signals

HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    before = [signal.getsignal(number) for number in HEARD]
    yield
    for number, handler in zip(HEARD, before, strict=True):
        signal.signal(number, handler)


def test_a_signal_that_does_not_wake_the_main_thread_is_heard_all_the_same() -> None:
    signals = _Signals()

    def told() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGHUP)  # as the kernel may: it reaches this thread only

    threading.Timer(0.1, told).start()

    assert signals.next() == signal.SIGHUP
    assert not signals.ended()
