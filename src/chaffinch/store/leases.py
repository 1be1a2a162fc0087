"""A lease row says which of many processes does what only one of them may do."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.exc import IntegrityError

from chaffinch.clock import Clock
from chaffinch.store.database import Database
from chaffinch.store.schema import leases


class Leases:
    """Gives leases by name. One that is not renewed in time passes to whoever asks first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def hold(self, name: str, holder: str, seconds: float) -> bool:
        """Take or renew a lease for so many seconds; False while somebody else has it."""
        now = self._clock()
        values = {"holder": holder, "until": now + timedelta(seconds=seconds)}
        mine = or_(leases.c.holder == holder, leases.c.until <= now)
        try:
            with self._database.write_beside() as connection:
                if connection.execute(update(leases).where(leases.c.name == name, mine).values(values)).rowcount:
                    return True
                connection.execute(insert(leases).values(name=name, **values))
        except IntegrityError:  # it is there, and somebody else's
            return False
        return True

    def give(self, name: str, holder: str) -> None:
        """Give a lease back; nothing happens when it is not ours."""
        with self._database.write_beside() as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
