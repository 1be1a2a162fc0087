"""The subscriptions, and the addresses that get no more mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from chaffinch.model import Errand, Status, Subscription, Suppression
from chaffinch.store.database import Database
from chaffinch.store.notes import want_in
from chaffinch.store.schema import moves, notes, subscriptions, suppressions
from chaffinch.text import discreet

ERASED = "erased"
"""Why an address gets no mail that had itself forgotten."""

_CHUNK = 500


class Subscriptions:
    """Keeps what was decided about who gets which digest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, subscription: Subscription, *, asked: datetime | None = None) -> bool:
        """Keep a new one; False, and nothing changes, when the address has one for this digest already.

        `asked` is when the confirm letter goes out.
        """
        try:
            with self._database.write() as connection:
                connection.execute(insert(subscriptions).values(**_row(subscription), asked=asked))
        except IntegrityError:
            return False
        return True

    def save(
        self, changed: Iterable[Subscription], *, asked: datetime | None = None, errands: Iterable[Errand] = ()
    ) -> None:
        """Write subscriptions as they stand now, new ones and known ones, with letters to be sent; all or none."""
        with self._database.write() as connection:
            for subscription in changed:
                save_in(connection, subscription, asked=asked)
            want_in(connection, errands)

    def try_save(self, changed: Iterable[Subscription]) -> bool:
        """The same; False, and nothing changes, when one of these addresses was given a subscription meanwhile."""
        try:
            self.save(changed)
        except IntegrityError:
            return False
        return True

    def add_many(self, fresh: Sequence[Subscription]) -> int:
        """Keep new ones, all in one transaction; how many. Who has one for that digest meanwhile keeps it."""
        try:
            with self._database.write() as connection:
                if fresh:
                    connection.execute(insert(subscriptions), [_row(one) for one in fresh])
        except IntegrityError:
            return sum(self.add(one) for one in fresh)
        return len(fresh)

    def known(self, digest: str, addresses: Iterable[str]) -> frozenset[str]:
        """Which of these addresses have a subscription to a digest, in whatever state; in lower case."""
        folded = func.lower(subscriptions.c.address)
        wanted = [address.lower() for address in addresses]
        with self._database.read() as connection:
            rows = connection.execute(select(folded).where(subscriptions.c.digest == digest, folded.in_(wanted)))
            return frozenset(rows.scalars())

    def get(self, subscription: str) -> Subscription | None:
        """The subscription of this id."""
        with self._database.read() as connection:
            row = connection.execute(select(subscriptions).where(subscriptions.c.id == subscription)).one_or_none()
        return None if row is None else subscription_of(row)

    def by_address(self, digest: str, address: str) -> Subscription | None:
        """The address's subscription to a digest, in whatever state; case makes no difference."""
        with self._database.read() as connection:
            row = connection.execute(
                select(subscriptions)
                .where(subscriptions.c.digest == digest, func.lower(subscriptions.c.address) == address.lower())
                .order_by(subscriptions.c.created)
            ).first()
        return None if row is None else subscription_of(row)

    def wish(self, subscription: Subscription) -> None:
        """Keep a subscription whose confirm letter is still to be sent."""
        values = _row(subscription) | {"asked": None}
        here = subscriptions.c.id == subscription.id
        with suppress(IntegrityError), self._database.write() as connection:  # asked for twice at once: once is enough
            if not connection.execute(update(subscriptions).where(here).values(**values)).rowcount:
                connection.execute(insert(subscriptions).values(**values))

    def unasked(self) -> Sequence[Subscription]:
        """Pending subscriptions whose confirm letter is still to be sent."""
        pending = subscriptions.c.status == Status.PENDING.value
        with self._database.read() as connection:
            rows = connection.execute(select(subscriptions).where(pending, subscriptions.c.asked.is_(None))).all()
        return [subscription_of(row) for row in rows]

    def claim_asking(self, subscription: str, now: datetime) -> bool:
        """The confirm letter is about to go out; False when somebody else has it in hand."""
        here = (subscriptions.c.id == subscription) & subscriptions.c.asked.is_(None)
        with self._database.write() as connection:
            return connection.execute(update(subscriptions).where(here).values(asked=now)).rowcount > 0

    def was_not_asked(self, subscription: str) -> None:
        """The confirm letter did not go out: it is still to be sent."""
        with self._database.write() as connection:
            connection.execute(update(subscriptions).where(subscriptions.c.id == subscription).values(asked=None))

    def asked(self, subscription: str) -> datetime | None:
        """When this subscription's last confirm letter went out."""
        with self._database.read() as connection:
            return connection.execute(select(subscriptions.c.asked).where(subscriptions.c.id == subscription)).scalar()

    def last_asked(self, address: str) -> datetime | None:
        """When a confirm letter last went to an address, for whichever digest."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.max(subscriptions.c.asked)).where(func.lower(subscriptions.c.address) == address.lower())
            ).scalar()

    def list(self, digest: str | None = None, *, status: Status | None = None) -> Iterator[Subscription]:
        """Subscriptions by id, read in chunks: of one digest, in one state, or all."""
        after = ""
        while True:
            wanted: list[Any] = [subscriptions.c.id > after]
            if digest is not None:
                wanted.append(subscriptions.c.digest == digest)
            if status is not None:
                wanted.append(subscriptions.c.status == status.value)
            with self._database.read() as connection:
                rows = connection.execute(
                    select(subscriptions).where(*wanted).order_by(subscriptions.c.id).limit(_CHUNK)
                ).all()
            yield from map(subscription_of, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].id

    def vouched(self, digest: str, addresses: Sequence[str]) -> Sequence[Subscription]:
        """What `mailing.subscriptions.sync` wants to know: the vouched ones, and those of these addresses."""
        folded = [address.lower() for address in addresses]
        with self._database.read() as connection:
            rows = connection.execute(
                select(subscriptions).where(
                    subscriptions.c.digest == digest,
                    subscriptions.c.vouched | func.lower(subscriptions.c.address).in_(folded),
                )
            ).all()
        return [subscription_of(row) for row in rows]

    def erase(self, address: str, address_hash: str, now: datetime) -> int:
        """Forget an address everywhere; only its keyed hash stays, so that no mail goes there. How many subscriptions.

        What remains of them is that somebody had so many letters.
        """
        here = func.lower(subscriptions.c.address) == address.lower()
        forgotten: dict[str, object] = {
            "status": Status.ENDED.value,
            "hour": None,
            "timezone": None,
            "topics": [],
            "vouched": False,
            "ended": now,
            "paused_until": None,
            "evidence": {"ended by": "subscriber"},
        }
        with self._database.write() as connection:
            suppress_in(connection, address_hash, ERASED, now)
            rows = connection.execute(select(subscriptions.c.id).where(here)).scalars().all()
            for row in rows:
                connection.execute(delete(notes).where(notes.c.subscription == row))
                connection.execute(delete(moves).where(moves.c.subscription == row))
                nobody = {**forgotten, "address": f"erased-{row}@erased.invalid"}
                connection.execute(update(subscriptions).where(subscriptions.c.id == row).values(**nobody))
        return len(rows)

    def realign(self, digest: str, cadences: Sequence[str]) -> int:
        """Move who has a cadence that is offered no more to the first that is, so that nobody is left without letters.

        Returns how many were moved.
        """
        with self._database.write() as connection:
            return connection.execute(
                update(subscriptions)
                .where(subscriptions.c.digest == digest, subscriptions.c.cadence.not_in(cadences))
                .values(cadence=cadences[0])
            ).rowcount

    def count(self, digest: str, status: Status = Status.CONFIRMED) -> int:
        """How many subscriptions of a digest are in a state."""
        with self._database.read() as connection:
            return connection.execute(
                select(func.count())
                .select_from(subscriptions)
                .where(subscriptions.c.digest == digest, subscriptions.c.status == status.value)
            ).scalar_one()

    def suppress(self, address_hash: str, why: str, now: datetime) -> None:
        """No more mail to the address of this keyed hash; the first reason stays."""
        with self._database.write() as connection:
            suppress_in(connection, address_hash, why, now)

    def lift(self, address_hash: str, why: str) -> None:
        """Mail may go to the address again, when it was for this reason that none did."""
        mine = (suppressions.c.address_hash == address_hash) & (suppressions.c.why == why)
        with self._database.write() as connection:
            connection.execute(delete(suppressions).where(mine))

    def suppressed_among(self, hashes: Iterable[str]) -> frozenset[str]:
        """Which of these keyed hashes are of addresses that get no mail."""
        mine = suppressions.c.address_hash
        with self._database.read() as connection:
            return frozenset(connection.execute(select(mine).where(mine.in_(list(hashes)))).scalars())

    def suppressed(self, address_hash: str) -> Suppression | None:
        """Why an address gets no mail, if so."""
        with self._database.read() as connection:
            row = connection.execute(
                select(suppressions).where(suppressions.c.address_hash == address_hash)
            ).one_or_none()
        return None if row is None else Suppression(row.address_hash, row.why, row.since)


def save_in(connection: Connection, subscription: Subscription, *, asked: datetime | None = None) -> None:
    """Write a subscription in a transaction that is under way."""
    values = _row(subscription) | ({} if asked is None else {"asked": asked})
    here = subscriptions.c.id == subscription.id
    if not connection.execute(update(subscriptions).where(here).values(**values)).rowcount:
        connection.execute(insert(subscriptions).values(**values))


def suppress_in(connection: Any, address_hash: str, why: str, now: datetime) -> None:
    """Write a suppression in a transaction that is under way."""
    if not connection.execute(select(suppressions.c.since).where(suppressions.c.address_hash == address_hash)).first():
        connection.execute(insert(suppressions).values(address_hash=address_hash, why=discreet(why), since=now))


def subscription_of(row: Any) -> Subscription:
    """The noun that a row holds."""
    return Subscription(
        id=row.id,
        address=row.address,
        digest=row.digest,
        cadence=row.cadence,
        status=Status(row.status),
        hour=row.hour,
        timezone=row.timezone,
        topics=tuple(row.topics),
        vouched=row.vouched,
        created=row.created,
        confirmed=row.confirmed,
        ended=row.ended,
        paused_until=row.paused_until,
        evidence=dict(row.evidence),
    )


def _row(subscription: Subscription) -> dict[str, object]:
    return {
        "id": subscription.id,
        "address": subscription.address,
        "digest": subscription.digest,
        "cadence": subscription.cadence,
        "status": subscription.status.value,
        "hour": subscription.hour,
        "timezone": subscription.timezone,
        "topics": list(subscription.topics),
        "vouched": subscription.vouched,
        "created": subscription.created,
        "confirmed": subscription.confirmed,
        "ended": subscription.ended,
        "paused_until": subscription.paused_until,
        "evidence": dict(subscription.evidence),
    }
