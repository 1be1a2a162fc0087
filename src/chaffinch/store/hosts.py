"""Hosts have rows, by which many processes ask each of them one at a time."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from chaffinch.clock import Clock
from chaffinch.ports import RobotsCopy, Turn
from chaffinch.store.database import Database
from chaffinch.store.schema import hosts, robots
from chaffinch.store.workers import token_of

_LOOK_AGAIN = 0.25
"""Seconds after which to see whether somebody else's turn is over; a turn is mostly a request."""


class Hosts:
    """The HostRows of the ports. A turn ends with `give`, with its worker (see `Workers.free`), or by itself."""

    def __init__(
        self, database: Database, clock: Clock, worker: str = "", jitter: Callable[[], float] = random.random
    ) -> None:
        self._database, self._clock, self._worker, self._jitter = database, clock, worker, jitter

    def take(self, host: str, seconds: float, *, at_once: bool) -> Turn:
        """Our turn, if nobody has it, the pause is over and the host is not held."""
        now, token = self._clock(), token_of(self._worker)
        mine = {"lease": token, "leased_until": now + timedelta(seconds=seconds)}
        with self._database.say() as connection:
            told = {"this": host, "now": now, "token": token, "until": mine["leased_until"]}
            if connection.execute(_TAKEN_AT_ONCE if at_once else _TAKEN, told).rowcount:
                return Turn(token)
        with suppress(IntegrityError), self._database.write_beside() as connection:  # or another was first
            row = connection.execute(select(hosts).where(hosts.c.host == host)).one_or_none()
            if row is None:
                connection.execute(insert(hosts).values(host=host, **mine))
                return Turn(token)
            held, leased = _left(row.held_until, now), _left(row.leased_until, now)
            paused = 0.0 if at_once else _left(row.free_at, now)
            if held > max(leased, paused):
                return Turn(wait=held, why=row.why)
            if leased:  # it ends with the request, long before the lease does
                return Turn(wait=_LOOK_AGAIN * (1 + self._jitter()), why="is being asked by another worker")
            return Turn(wait=max(paused, 0.01), why="wants long pauses")
        return Turn(wait=_LOOK_AGAIN, why="is being asked by another worker")

    def give(self, host: str, token: str, pause: float) -> None:
        """The turn is over; nothing happens when it was lost."""
        told = {"this": host, "token": token, "free": self._clock() + timedelta(seconds=pause)}
        with self._database.say() as connection:
            connection.execute(_GIVEN, told)

    def hold(self, host: str, seconds: float, why: str) -> None:
        """No turn begins before so many seconds have passed."""
        until = {"held_until": self._clock() + timedelta(seconds=seconds), "why": why}
        with suppress(IntegrityError), self._database.write_beside() as connection:
            if not connection.execute(update(hosts).where(hosts.c.host == host).values(until)).rowcount:
                connection.execute(insert(hosts).values(host=host, **until))

    def robots(self, origin: str) -> RobotsCopy | None:
        """What was told last."""
        with self._database.ask() as connection:
            row = connection.execute(select(robots).where(robots.c.origin == origin)).one_or_none()
        return None if row is None else RobotsCopy(row.body, row.until)

    def keep_robots(self, origin: str, copy: RobotsCopy) -> None:
        """Tell the others."""
        values = {"body": copy.body, "until": copy.until}
        with suppress(IntegrityError), self._database.write_beside() as connection:
            if not connection.execute(update(robots).where(robots.c.origin == origin).values(values)).rowcount:
                connection.execute(insert(robots).values(origin=origin, **values))


def _over(moment: Column[datetime]) -> ColumnElement[bool]:
    return or_(moment.is_(None), moment <= bindparam("now"))


# Built once: they are run with each request, and to build a statement takes SQLAlchemy as long as to run it.
_TAKEN_AT_ONCE = (
    update(hosts)
    .where(hosts.c.host == bindparam("this"), _over(hosts.c.leased_until), _over(hosts.c.held_until))
    .values(lease=bindparam("token"), leased_until=bindparam("until"))
)
_TAKEN = _TAKEN_AT_ONCE.where(_over(hosts.c.free_at))
_GIVEN = (
    update(hosts)
    .where(hosts.c.host == bindparam("this"), hosts.c.lease == bindparam("token"))
    .values(lease=None, leased_until=None, free_at=bindparam("free"))
)


def _left(until: datetime | None, now: datetime) -> float:
    return 0.0 if until is None else max((until - now).total_seconds(), 0.0)
