"""Workers tell that they live; what one of them held when it died is free for the others."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import Column, ColumnElement, Connection, Select, delete, select, update

from chaffinch.clock import Clock
from chaffinch.store.database import Database
from chaffinch.store.leases import Leases
from chaffinch.store.schema import hosts, leases, sources

_WORKER = "worker "
"""What the name of a lease begins with that says that a worker lives."""


class Workers:
    """Who works on a database, by name. Each has a lease of its own; whose is not renewed in time is dead."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._leases = Leases(database, clock)

    def live(self, worker: str, seconds: float) -> None:
        """Say that a worker of this name lives, for so many seconds."""
        self._leases.hold(_WORKER + worker, worker, seconds)

    def die(self, worker: str) -> None:
        """Say that it ends; what it holds still is free at the next burial."""
        self.live(worker, 0)

    def alive(self) -> Sequence[str]:
        """The names of the workers that live."""
        with self._database.read() as connection:
            return connection.execute(_workers(leases.c.until > self._clock())).scalars().all()

    def dead(self) -> Sequence[str]:
        """The names of the workers that live no more and are not buried; without any it costs one small look."""
        with self._database.read() as connection:
            return connection.execute(_workers(leases.c.until <= self._clock())).scalars().all()

    def free(self, workers: Collection[str]) -> int:
        """Let go of the sources that these visit and the hosts that they ask; how many visits it were.

        What nameless ones hold runs out by itself.
        """
        with self._database.read() as connection:
            visits, turns = _held(connection, sources.c.slug, workers), _held(connection, hosts.c.host, workers)
        with self._database.write_beside() as connection:
            for column, names in ((sources.c.slug, visits), (hosts.c.host, turns)):
                for name, token in names:
                    mine = update(column.table).where(column == name, column.table.c.lease == token)
                    connection.execute(mine.values(lease=None, leased_until=None))
        return len(visits)

    def bury(self, workers: Collection[str]) -> None:
        """Forget these, unless they have come back to life."""
        over = leases.c.name.in_([_WORKER + worker for worker in workers]), leases.c.until <= self._clock()
        with self._database.write_beside() as connection:
            connection.execute(delete(leases).where(*over))


def token_of(worker: str) -> str:
    """A fencing token that nobody else has, and that says whose it is."""
    return f"{worker}:{secrets.token_hex(8)}"


def worker_of(token: str) -> str:
    """Whose a token is; empty where that worker has no name."""
    return token.rpartition(":")[0]


def _workers(which: ColumnElement[bool]) -> Select[str]:
    return select(leases.c.holder).where(leases.c.name.startswith(_WORKER, autoescape=True), which)


def _held(connection: Connection, name: Column[str], workers: Collection[str]) -> Sequence[tuple[str, str]]:
    """What workers hold, by name and token, in the order in which everybody locks rows."""
    lease = name.table.c.lease
    rows = connection.execute(select(name, lease).where(lease.is_not(None))).all()
    return sorted((held, token) for held, token in rows if worker_of(token) in workers)
