"""What robots.txt allows us, asked once a day of each origin (RFC 9309)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from chaffinch.clock import Clock
from chaffinch.errors import FetchError, Refused, Stopped
from chaffinch.fetch.connection import Target
from chaffinch.model import Page
from chaffinch.ports import HostRows, RobotsCopy

_KEPT_FOR = timedelta(hours=24)
_FAILURE_KEPT_FOR = timedelta(minutes=10)
_MOST_KEPT = 2_000
_LONGEST_DELAY = 300.0


@dataclass(frozen=True, slots=True)
class _Rules:
    until: datetime
    said: Protego | None = None
    """None: everything is allowed."""
    failure: FetchError | None = None
    """Why nothing is allowed for now."""


class Robots:
    """The rules of each origin, fetched by `get`, which raises FetchError. Thread-safe."""

    def __init__(self, get: Callable[[str], Page], agent: str, clock: Clock, rows: HostRows | None = None) -> None:
        self._rows = rows
        self._get = get
        self._agent = agent
        self._clock = clock
        self._rules: OrderedDict[tuple[str, str, int], _Rules] = OrderedDict()
        self._lock = threading.Lock()

    def delay(self, url: str, target: Target) -> float:
        """The pause in seconds that the host wants between two requests, 0 when it names none.

        Raises Refused where `url` is disallowed, FetchError while robots.txt cannot be read (RFC 9309 §2.3.1.4).
        """
        rules = self._of(target)
        if rules.failure is not None:
            failure = rules.failure
            raise type(failure)(str(failure), status=failure.status, retry_after=failure.retry_after)
        if rules.said is None:
            return 0.0
        if not rules.said.can_fetch(url, self._agent):
            raise Refused(f'{url}: robots.txt says no; robots = "ignore" is for sources that gave you leave')
        return min(float(rules.said.crawl_delay(self._agent) or 0.0), _LONGEST_DELAY)

    def _of(self, target: Target) -> _Rules:
        with self._lock:
            rules = self._rules.get(target.origin)
        now = self._clock()
        # The clock may have jumped back: rules that would hold longer than they ever may are asked again.
        if rules is None or not now < rules.until <= now + _KEPT_FOR:
            rules = self._copied(target, now) or self._ask(target, now)
            with self._lock:
                self._rules[target.origin] = rules
                self._rules.move_to_end(target.origin)
                if len(self._rules) > _MOST_KEPT:
                    self._rules.popitem(last=False)
        return rules

    def _ask(self, target: Target, now: datetime) -> _Rules:
        host = f"[{target.host}]" if ":" in target.host else target.host
        url = f"{target.scheme}://{host}:{target.port}/robots.txt"
        if target.name == target.host:
            url = f"{target.scheme}://{host}/robots.txt"
        try:
            page = self._get(url)
        except Stopped:
            raise
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return self._kept(target, RobotsCopy(None, now + _KEPT_FOR))
            if error.status is None:
                # The host itself is away: the page would not come either, and may be back at the next visit.
                return _Rules(now, failure=error)
            told = FetchError(f"{error}; nothing is fetched while robots.txt fails", status=error.status)
            told.retry_after = error.retry_after
            return _Rules(now + _FAILURE_KEPT_FOR, failure=told)
        text = page.body.decode("utf-8-sig", "replace").replace("\0", "")
        return self._kept(target, RobotsCopy(text, now + _KEPT_FOR))

    def _copied(self, target: Target, now: datetime) -> _Rules | None:
        """What another process was told, while it holds."""
        copy = self._rows.robots(_name(target)) if self._rows is not None else None
        return _rules(copy) if copy is not None and now < copy.until <= now + _KEPT_FOR else None

    def _kept(self, target: Target, copy: RobotsCopy) -> _Rules:
        if self._rows is not None:
            self._rows.keep_robots(_name(target), copy)
        return _rules(copy)


def _rules(copy: RobotsCopy) -> _Rules:
    return _Rules(copy.until, said=None if copy.body is None else Protego.parse(copy.body))


def _name(target: Target) -> str:
    return "{}://{}:{}".format(*target.origin)
