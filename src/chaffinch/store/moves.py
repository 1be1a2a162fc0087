"""Wishes to have letters at another address, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from chaffinch.model import Errand, Move, MoveState, Subscription
from chaffinch.store.database import Database
from chaffinch.store.notes import want_in
from chaffinch.store.schema import moves
from chaffinch.store.subscriptions import save_in


class Moves:
    """Keeps each wish while it can be confirmed, and each change while it can be taken back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def want(self, move: Move, errands: Iterable[Errand]) -> None:
        """Keep a wish, and the letter that asks the new address."""
        with self._database.write() as connection:
            connection.execute(insert(moves).values(**_row(move)))
            want_in(connection, errands)

    def get(self, move: str) -> Move | None:
        """The wish of this id."""
        with self._database.read() as connection:
            row = connection.execute(select(moves).where(moves.c.id == move)).one_or_none()
        return None if row is None else _move(row)

    def of(self, subscription: str) -> Sequence[Move]:
        """Every wish about a subscription, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(moves).where(moves.c.subscription == subscription).order_by(moves.c.asked, moves.c.id)
            ).all()
        return [_move(row) for row in rows]

    def last_asked(self, address: str) -> datetime | None:
        """When an address was last asked whether it is somebody's new one."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(moves.c.asked)).where(func.lower(moves.c.address) == address.lower())
            ).scalar()

    def settle(
        self,
        move: Move,
        state: MoveState,
        now: datetime,
        changed: Iterable[Subscription] = (),
        errands: Iterable[Errand] = (),
    ) -> bool:
        """What became of it, with the subscriptions that it changes and the letters that it leads to: all or nothing.

        False, and nothing changes, when it is not any more in the state that `move` shows.
        """
        mine = update(moves).where(moves.c.id == move.id, moves.c.state == move.state.value)
        with self._database.write() as connection:
            if not connection.execute(mine.values(state=state.value, settled=now)).rowcount:
                return False
            if state is MoveState.TAKEN_BACK:  # what was built on it falls with it
                later = update(moves).where(moves.c.subscription == move.subscription, moves.c.asked > move.asked)
                connection.execute(later.values(state=MoveState.REFUSED.value, settled=now))
            for subscription in changed:
                save_in(connection, subscription)
            want_in(connection, errands)
        return True

    def forget(self, before: datetime) -> None:
        """Forget what was asked and settled before a moment: nothing can be done with it any more."""
        old = func.coalesce(moves.c.settled, moves.c.asked) < before
        with self._database.write() as connection:
            connection.execute(delete(moves).where(old))


def _move(row: Any) -> Move:
    return Move(
        id=row.id,
        subscription=row.subscription,
        old=row.old,
        address=row.address,
        asked=row.asked,
        state=MoveState(row.state),
        settled=row.settled,
        evidence=dict(row.evidence),
    )


def _row(move: Move) -> dict[str, object]:
    return {
        "id": move.id,
        "subscription": move.subscription,
        "old": move.old,
        "address": move.address,
        "asked": move.asked,
        "state": move.state.value,
        "settled": move.settled,
        "evidence": dict(move.evidence),
    }
