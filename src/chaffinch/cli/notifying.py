"""systemd is told how the daemon is: ready, reloading, stopping, still alive (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_A_TRY = 60.0
"""Seconds that something which is waited for may take to say no."""


def notify(*states: str) -> bool:
    """Send states such as `READY=1` to who started us; False when nobody wants to know. Never raises.

    The address is a path, or an abstract name that begins with @.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.sendto("\n".join(states).encode(), address)
        return True
    return False


def ready(told: str) -> None:
    """Everything is up, for the first time or after a reload; `told` is shown by `systemctl status`."""
    notify("READY=1", f"STATUS={told}")


def waiting(what: str, seconds: float) -> None:
    """Not ready yet, and not for so many seconds: a start that takes long is no failed start."""
    notify(f"STATUS=waiting: {what}", f"EXTEND_TIMEOUT_USEC={int((seconds + _A_TRY) * 1_000_000)}")


def reloading() -> None:
    """The config is read anew (Type=notify-reload wants the moment, in microseconds of the monotonic clock)."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def stopping() -> None:
    """Work under way comes to its end."""
    notify("STOPPING=1", "STATUS=stopping")


def alive() -> None:
    """The watchdog need not end us."""
    notify("WATCHDOG=1")


def beating(perform: Callable[[_Given], _Made], beats: Callable[[_Given], bool]) -> Callable[[_Given], _Made]:
    """`perform`, telling the watchdog after each task for which `beats` is true, however the task went.

    The clock asks for such a task every few seconds, and a thread of the engine does it: when either is stuck, nothing
    is told any more, and systemd starts the daemon anew.
    """

    def performed(task: _Given) -> _Made:
        try:
            return perform(task)
        finally:
            if beats(task):
                alive()

    return performed
