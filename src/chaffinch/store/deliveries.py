"""The outbox: one row for each letter to each recipient."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from chaffinch.errors import LeaseLost, StoreError
from chaffinch.model import Delivery, DeliveryState, IssueState, Letter, Status
from chaffinch.ports import Parcel
from chaffinch.store.database import Database
from chaffinch.store.planning import frozen, issue_of
from chaffinch.store.schema import deliveries, issues, letter_articles, letters, subscriptions, suppressions
from chaffinch.store.subscriptions import subscription_of, suppress_in

_WAITING = (DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value)
_HELD = (DeliveryState.CLAIMED.value, DeliveryState.IN_FLIGHT.value)

# Built once: for statements that run for each letter, building them would cost more than running them.
_IN_FLIGHT = (
    update(deliveries)
    .where(
        deliveries.c.id == bindparam("row"),
        deliveries.c.lease == bindparam("held"),
        deliveries.c.state == DeliveryState.CLAIMED.value,
        select(subscriptions.c.id)
        .where(subscriptions.c.id == bindparam("reader"), subscriptions.c.status == Status.CONFIRMED.value)
        .exists(),
        select(issues.c.id).where(issues.c.id == bindparam("of"), issues.c.state == IssueState.OPEN.value).exists(),
    )
    .values(state=DeliveryState.IN_FLIGHT.value, message_id=bindparam("name"), changed=bindparam("now"))
)
_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"), deliveries.c.lease == bindparam("held"))
    .values(
        state=bindparam("became"),
        problem=bindparam("why"),
        changed=bindparam("now"),
        attempts=deliveries.c.attempts + bindparam("tried"),
        lease=None,
        leased_until=None,
    )
)
_SETTLE_LATER = _SETTLE.values(due=bindparam("later"))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A letter that may or may not have arrived."""

    number: int
    issue: str
    address: str
    message_id: str
    since: datetime
    problem: str


@dataclass(slots=True)
class _Flight:
    """A letter whose end is about to be sent, until that is on disk."""

    parcel: Parcel
    message_id: str
    now: datetime
    sent: Parcel | None
    settled: bool = False
    ours: bool = False
    error: StoreError | None = None


class Deliveries:
    """Keeps the outbox (`ports.Outbox`): every step is on disk when its verb returns, and fenced by the lease."""

    def __init__(self, database: Database, hashed: Callable[[str], str]) -> None:
        """`hashed` makes the keyed hash under which an address is suppressed."""
        self._database = database
        self._hashed = hashed
        self._waiting: list[_Flight] = []
        self._queue = threading.Lock()
        self._turn = threading.Lock()

    def recover(self, issue: int, now: datetime) -> int:
        """See `ports.Outbox`; what live workers hold is left alone."""
        return self._recover(now, deliveries.c.issue == issue, deliveries.c.leased_until <= now)

    def recover_all(self, now: datetime) -> int:
        """The same for every issue, live leases too: for the start of a daemon that has the data directory alone."""
        return self._recover(now)

    def claim(self, issue: int, now: datetime, until: datetime, limit: int) -> Sequence[Parcel]:
        """See `ports.Outbox`. Suppressed addresses and letters whose articles were all withdrawn are skipped too."""
        lease = secrets.token_hex(8)
        while True:
            with self._database.write() as connection:
                row = connection.execute(select(issues).where(issues.c.id == issue)).one_or_none()
                if row is None or row.state != IssueState.OPEN.value:
                    return []
                rows = connection.execute(
                    select(deliveries)
                    .where(deliveries.c.issue == issue, deliveries.c.state.in_(_WAITING), deliveries.c.due <= now)
                    .order_by(deliveries.c.due, deliveries.c.id)
                    .limit(limit)
                ).all()
                if not rows:
                    return []
                parcels = self._parcels(connection, row, rows, lease, now)
                taken = [parcel.delivery.id for parcel in parcels]
                connection.execute(
                    update(deliveries)
                    .where(deliveries.c.id.in_(taken))
                    .values(state=DeliveryState.CLAIMED.value, lease=lease, leased_until=until, changed=now)
                )
            if parcels:
                return parcels

    def in_flight(self, parcel: Parcel, message_id: str, now: datetime, sent: Parcel | None = None) -> None:
        """See `ports.Outbox`. Refused as well when the subscription has ended or the issue was stopped since.

        Threads that come at the same time share one transaction: whoever has the turn writes for all who wait.
        """
        flight = _Flight(parcel, message_id, now, sent)
        with self._queue:
            self._waiting.append(flight)
        with self._turn:
            if not flight.settled:
                with self._queue:
                    together, self._waiting = self._waiting, []
                self._take_off(together)
        if flight.error:
            raise flight.error
        if not flight.ours:
            raise LeaseLost(f"delivery {parcel.delivery.id} is not ours to send any more")

    def _take_off(self, together: Sequence[_Flight]) -> None:
        try:
            with self._database.write() as connection:
                done = [_settling(f.sent, DeliveryState.SENT, f.now, 1) for f in together if f.sent]
                if done:
                    connection.execute(_SETTLE, done)
                ours = [connection.execute(_IN_FLIGHT, _flying(flight)).rowcount > 0 for flight in together]
        except StoreError as error:
            for flight in together:
                flight.error = error
        else:
            for flight, its in zip(together, ours, strict=True):
                flight.ours = its
        finally:
            for flight in together:
                flight.settled = True

    def settle(
        self, parcel: Parcel, state: DeliveryState, now: datetime, *, due: datetime | None = None, problem: str = ""
    ) -> None:
        """See `ports.Outbox`. Says nothing when another worker has taken the delivery over."""
        values = _settling(parcel, state, now, 0 if state is DeliveryState.QUEUED else 1, problem)
        with self._database.write() as connection:
            if due is None:
                connection.execute(_SETTLE, values)
            else:
                connection.execute(_SETTLE_LATER, {**values, "later": due})

    def sent(self, parcels: Sequence[Parcel], now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._database.write() as connection:
            connection.execute(_SETTLE, [_settling(parcel, DeliveryState.SENT, now, 1) for parcel in parcels])

    def suppress(self, address: str, why: str, now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._database.write() as connection:
            suppress_in(connection, self._hashed(address), why, now)

    def hold(self, issue: int, now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._database.write() as connection:
            connection.execute(update(issues).where(issues.c.id == issue).values(state=IssueState.HELD.value))

    def left_since(self, moment: datetime) -> int:
        """How many letters have left, or may have, since then."""
        away = (DeliveryState.SENT.value, DeliveryState.UNKNOWN.value, DeliveryState.IN_FLIGHT.value)
        with self._database.read() as connection:
            return connection.execute(
                select(func.count())
                .select_from(deliveries)
                .where(deliveries.c.state.in_(away), deliveries.c.changed > moment)
            ).scalar_one()

    def unknown(self) -> Sequence[Delivery]:
        """The deliveries of which nobody knows whether they arrived, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(deliveries)
                .where(deliveries.c.state == DeliveryState.UNKNOWN.value)
                .order_by(deliveries.c.changed, deliveries.c.id)
            ).all()
        return [_delivery(row) for row in rows]

    def doubtful(self) -> Sequence[Doubt]:
        """The same for a person's eyes: to whom they went, under which name."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(deliveries, subscriptions.c.address, issues.c.digest, issues.c.number)
                .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
                .join(issues, issues.c.id == deliveries.c.issue)
                .where(deliveries.c.state == DeliveryState.UNKNOWN.value)
                .order_by(deliveries.c.changed, deliveries.c.id)
            ).all()
        return [
            Doubt(row.id, f"{row.digest} No. {row.number}", row.address, row.message_id, row.changed, row.problem)
            for row in rows
        ]

    def resolve(self, delivery: int, arrived: bool, now: datetime) -> bool:
        """Settle an unknown one as the owner found out: it arrived, or is sent again; False when it is not one."""
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

    def _recover(self, now: datetime, *where: Any) -> int:
        with self._database.read() as connection:
            if not connection.execute(select(deliveries.c.id).where(deliveries.c.state.in_(_HELD), *where)).first():
                return 0
        with self._database.write() as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.state == DeliveryState.CLAIMED.value, *where)
                .values(state=DeliveryState.QUEUED.value, lease=None, leased_until=None, changed=now)
            )
            # The lease stays: a worker that was only slow may still say how it went.
            return connection.execute(
                update(deliveries)
                .where(deliveries.c.state == DeliveryState.IN_FLIGHT.value, *where)
                .values(
                    state=DeliveryState.UNKNOWN.value,
                    problem="the worker was lost while the server had the letter; it may have arrived",
                    attempts=deliveries.c.attempts + 1,
                    changed=now,
                )
            ).rowcount

    def _parcels(
        self, connection: Connection, issue: Any, rows: Sequence[Any], lease: str, now: datetime
    ) -> list[Parcel]:
        people = {
            row.id: subscription_of(row)
            for row in connection.execute(
                select(subscriptions).where(subscriptions.c.id.in_([row.subscription for row in rows]))
            )
        }
        hashes = {person: self._hashed(subscription.address) for person, subscription in people.items()}
        silent = {
            row.address_hash: row.why
            for row in connection.execute(
                select(suppressions).where(suppressions.c.address_hash.in_(list(hashes.values())))
            )
        }
        written = _letters(connection, issue, {row.letter for row in rows})
        parcels = []
        for row in rows:
            person, letter = people[row.subscription], written.get(row.letter)
            if person.status is not Status.CONFIRMED:
                _skip(connection, row.id, "the subscription has ended", now)
            elif hashes[row.subscription] in silent:
                _skip(connection, row.id, f"suppressed: {silent[hashes[row.subscription]]}", now)
            elif letter is None or all(article.hidden for article in letter.articles):
                _skip(connection, row.id, "its articles were withdrawn", now)
            else:
                parcels.append(Parcel(_delivery(row), person, letter, row.letter, lease))
        return parcels


def _letters(connection: Connection, issue: Any, wanted: Iterable[int | None]) -> dict[int, Letter]:
    contents = frozen(connection, issue.id)
    whole = issue_of(issue, tuple(contents.values()))
    ids = [letter for letter in wanted if letter is not None]
    chosen: dict[int, list[int]] = {}
    for row in connection.execute(
        select(letter_articles).where(letter_articles.c.letter.in_(ids)).order_by(letter_articles.c.position)
    ):
        chosen.setdefault(row.letter, []).append(row.article)
    return {
        row.id: Letter(whole, tuple(contents[article] for article in chosen.get(row.id, [])), tuple(row.topics))
        for row in connection.execute(select(letters).where(letters.c.id.in_(ids)))
    }


def _skip(connection: Connection, delivery: int, why: str, now: datetime) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(state=DeliveryState.SKIPPED.value, problem=why, changed=now)
    )


def _flying(flight: _Flight) -> dict[str, object]:
    parcel = flight.parcel
    return {
        "row": parcel.delivery.id,
        "held": parcel.lease,
        "reader": parcel.subscription.id,
        "of": parcel.delivery.issue,
        "name": flight.message_id,
        "now": flight.now,
    }


def _settling(parcel: Parcel, state: DeliveryState, now: datetime, tried: int, why: str = "") -> dict[str, object]:
    return {
        "row": parcel.delivery.id,
        "held": parcel.lease,
        "became": state.value,
        "why": why,
        "now": now,
        "tried": tried,
    }


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        issue=row.issue,
        subscription=row.subscription,
        state=DeliveryState(row.state),
        due=row.due,
        attempts=row.attempts,
        message_id=row.message_id,
        problem=row.problem,
    )
