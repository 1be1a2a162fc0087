"""Letters of which nobody knows whether they arrived, until somebody finds out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from chaffinch.model import DeliveryState
from chaffinch.store.database import Database
from chaffinch.store.schema import deliveries, issues, subscriptions

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Doubt:
    """A letter that may or may not have arrived."""

    number: int
    issue: str
    address: str
    message_id: str
    since: datetime
    problem: str


class Doubts:
    """Keeps what became of letters that were in hand when a worker, a server or a machine went away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self) -> Iterator[Doubt]:
        """The letters that are in doubt, to whom they went and under which name; in the order of their numbers."""
        after = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(
                    select(deliveries, subscriptions.c.address, issues.c.digest, issues.c.number)
                    .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
                    .join(issues, issues.c.id == deliveries.c.issue)
                    .where(deliveries.c.state == DeliveryState.UNKNOWN.value, deliveries.c.id > after)
                    .order_by(deliveries.c.id)
                    .limit(_CHUNK)
                ).all()
            for row in rows:
                named = f"{row.digest} No. {row.number}"
                yield Doubt(row.id, named, row.address, row.message_id, row.changed, row.problem)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].id

    def number_of(self, message_id: str) -> int | None:
        """The number of the one that went out under this Message-ID."""
        here = (deliveries.c.state == DeliveryState.UNKNOWN.value, deliveries.c.message_id == message_id)
        with self._database.read() as connection:
            return connection.execute(select(deliveries.c.id).where(*here)).scalar()

    def resolve(self, delivery: int, arrived: bool, now: datetime) -> bool:
        """Settle one as the owner found out: it arrived, or is sent again; False when it is not in doubt."""
        state = DeliveryState.SENT if arrived else DeliveryState.QUEUED
        with self._database.write() as connection:
            return (
                connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id == delivery, deliveries.c.state == DeliveryState.UNKNOWN.value)
                    .values(state=state.value, due=now, lease=None, leased_until=None, changed=now)
                ).rowcount
                > 0
            )
