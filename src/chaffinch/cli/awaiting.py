"""A daemon that starts before its database waits for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final, TypeVar

from chaffinch.cli.notifying import waiting
from chaffinch.errors import StoreAway

log = logging.getLogger(__name__)

LONGEST: Final = 30.0
"""Seconds between two tries, at most; the first pause is a second, and each is twice as long as the one before."""

_Made = TypeVar("_Made")


def awaited(make: Callable[[], _Made], pause: Callable[[float], object] = time.sleep) -> _Made:
    """What `make` makes as soon as the database can be reached; that it is waited for is said once.

    A signal ends the waiting. Raises whatever waiting does not mend: a wrong password, a database that is not there.
    """
    seconds, told = 1.0, False
    while True:
        try:
            made = make()
        except StoreAway as error:
            if not told:
                log.warning("%s; it is waited for", error, extra={"event": "waiting"})
            told = True
            waiting(str(error), seconds)
            pause(seconds)
            seconds = min(seconds * 2, LONGEST)
        else:
            if told:
                log.info("the database is there")
            return made
