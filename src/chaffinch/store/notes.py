"""The short letters about subscriptions that are still to be sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from chaffinch.model import Errand
from chaffinch.store.database import Database
from chaffinch.store.schema import notes


class Notes:
    """Remembers them across restarts, a row each. One that was taken in hand is never sent again by itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> Sequence[int]:
        """Those that nobody has in hand, oldest first."""
        with self._database.read() as connection:
            return (
                connection.execute(select(notes.c.id).where(notes.c.taken.is_(None)).order_by(notes.c.id))
                .scalars()
                .all()
            )

    def get(self, number: int) -> Errand | None:
        """The one of this number, while it is still to be sent."""
        with self._database.read() as connection:
            row = connection.execute(select(notes).where(notes.c.id == number, notes.c.taken.is_(None))).one_or_none()
        if row is None:
            return None
        return Errand(row.id, row.kind, row.subscription, row.address, row.move, row.wanted)

    def take(self, number: int, now: datetime) -> bool:
        """It is about to leave; False when somebody else has it in hand."""
        mine = update(notes).where(notes.c.id == number, notes.c.taken.is_(None))
        with self._database.write() as connection:
            return connection.execute(mine.values(taken=now)).rowcount > 0

    def give_back(self, number: int) -> None:
        """It did not leave, and is still to be sent."""
        with self._database.write() as connection:
            connection.execute(update(notes).where(notes.c.id == number).values(taken=None))

    def done(self, number: int) -> None:
        """It has left, or is not wanted any more; nothing stays of it."""
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.id == number))

    def forget(self, before: datetime) -> None:
        """Forget those that were taken in hand before a moment, and of which nobody knows what became of them."""
        with self._database.write() as connection:
            connection.execute(delete(notes).where(notes.c.taken < before))


def want_in(connection: Connection, errands: Iterable[Errand]) -> None:
    """Write letters to be sent in a transaction that is under way."""
    for errand in errands:
        connection.execute(
            insert(notes).values(
                kind=errand.kind,
                subscription=errand.subscription,
                address=errand.address,
                move=errand.move,
                wanted=errand.wanted,
            )
        )
