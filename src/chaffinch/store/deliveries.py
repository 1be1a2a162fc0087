"""The outbox: one row for each letter to each recipient."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from chaffinch.errors import LeaseLost
from chaffinch.model import Article, Delivery, DeliveryState, IssueState, Letter, Status
from chaffinch.ports import Parcel
from chaffinch.store.boot import this_boot
from chaffinch.store.database import Database
from chaffinch.store.frozen import frozen, frozen_elsewhere, issue_of
from chaffinch.store.schema import articles, deliveries, issues, letter_articles, letters, subscriptions, suppressions
from chaffinch.store.subscriptions import subscription_of, suppress_in
from chaffinch.store.workers import token_of, worker_of

_WAITING = (DeliveryState.DEFERRED.value, DeliveryState.QUEUED.value)
_ISSUES_KEPT = 4
_WORKER_LOST = "the worker was lost while the server had the letter; it may have arrived"
_MACHINE_DOWN = "the machine went down while this letter was in hand; it may have arrived"
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


class Deliveries:
    """Keeps the outbox (`ports.Outbox`): every step outlives the process, and is fenced by the lease.

    A claim is on the disk when it returns, with the start of the machine in its lease, or of many machines the name of
    its worker. Where the database lets us, the steps of a letter after it are written without waiting for the disk:
    they outlive a killed process all the same, and what is still claimed after the machine itself went down is unknown.
    """

    def __init__(
        self, database: Database, hashed: Callable[[str], str], boot: str | None = None, worker: str = ""
    ) -> None:
        """`hashed` makes the keyed hash under which an address is suppressed; `boot` names the machine's start.

        `worker` is our name, where many work on one database.
        """
        self._database = database
        self._hashed = hashed
        self._worker = worker
        self._boot = (this_boot() if boot is None else boot) if database.outlived else ""
        self._step = database.write_soon if self._boot else database.write_beside
        self._contents: dict[tuple[int, datetime | None], dict[int, Article]] = {}
        # Where one writes at a time, waiting for a lock is quicker than asking the database again and again.
        self._turn = nullcontext() if database.shared else threading.Lock()

    def recover(self, issue: int, now: datetime) -> int:
        """See `ports.Outbox`; what live workers hold is left alone."""
        return self._recover(now, deliveries.c.issue == issue, deliveries.c.leased_until <= now)

    def recover_all(self, now: datetime) -> int:
        """The same for every issue, live leases too: for the start of a daemon that has the data directory alone."""
        return self._recover(now)

    def recover_from(self, workers: Collection[str], now: datetime) -> int:
        """The same for what these workers held, live leases too: they are dead (`Workers.dead`)."""
        with self._database.read() as connection:
            held = select(deliveries.c.lease).where(deliveries.c.state.in_(_HELD)).distinct()
            theirs = [lease for lease in connection.execute(held).scalars() if worker_of(lease) in workers]
        return self._recover(now, deliveries.c.lease.in_(theirs)) if theirs else 0

    def claim(self, issue: int, now: datetime, until: datetime, limit: int) -> Sequence[Parcel]:
        """See `ports.Outbox`. Suppressed addresses and letters whose articles were all withdrawn are skipped too."""
        lease = f"{self._boot}.{secrets.token_hex(8)}" if self._boot else token_of(self._worker)
        while True:
            with self._database.write() as connection:
                row = connection.execute(select(issues).where(issues.c.id == issue)).one_or_none()
                if row is None or row.state != IssueState.OPEN.value:
                    return []
                rows = _due(connection, issue, now, limit)
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

        Nothing is done between the commit and the return: whoever is killed there has marked what was never sent.
        """
        with self._turn, self._step() as connection:
            if sent is not None:
                connection.execute(_SETTLE, _settling(sent, DeliveryState.SENT, now, 1))
            ours = connection.execute(_IN_FLIGHT, _flying(parcel, message_id, now)).rowcount > 0
        if not ours:
            raise LeaseLost(f"delivery {parcel.delivery.id} is not ours to send any more")

    def settle(
        self, parcel: Parcel, state: DeliveryState, now: datetime, *, due: datetime | None = None, problem: str = ""
    ) -> None:
        """See `ports.Outbox`. Says nothing when another worker has taken the delivery over."""
        values = _settling(parcel, state, now, 0 if state is DeliveryState.QUEUED else 1, problem)
        with self._step() as connection:
            if due is None:
                connection.execute(_SETTLE, values)
            else:
                connection.execute(_SETTLE_LATER, {**values, "later": due})

    def sent(self, parcels: Sequence[Parcel], now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._step() as connection:
            connection.execute(_SETTLE, [_settling(parcel, DeliveryState.SENT, now, 1) for parcel in parcels])

    def put_back(self, parcels: Sequence[tuple[Parcel, datetime | None]], now: datetime) -> None:
        """See `ports.Outbox`."""
        if parcels:
            with self._step() as connection:
                for parcel, due in parcels:
                    values = _settling(parcel, DeliveryState.QUEUED, now, 0)
                    connection.execute(
                        *((_SETTLE, values) if due is None else (_SETTLE_LATER, {**values, "later": due}))
                    )

    def suppress(self, address: str, why: str, now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._database.write() as connection:
            suppress_in(connection, self._hashed(address), why, now)

    def hold(self, issue: int, now: datetime) -> None:
        """See `ports.Outbox`."""
        with self._database.write() as connection:
            connection.execute(update(issues).where(issues.c.id == issue).values(state=IssueState.HELD.value))

    def _recover(self, now: datetime, *where: Any) -> int:
        with self._database.read() as connection:
            if not connection.execute(select(deliveries.c.id).where(deliveries.c.state.in_(_HELD), *where)).first():
                return 0
        claimed, flying = DeliveryState.CLAIMED.value, DeliveryState.IN_FLIGHT.value
        with self._database.write() as connection:
            lost = 0
            if self._boot:
                earlier = deliveries.c.lease.not_like(f"{self._boot}.%")
                lost = _doubt(connection, now, _MACHINE_DOWN, deliveries.c.state == claimed, earlier, *where)
            connection.execute(
                update(deliveries)
                .where(deliveries.c.state == claimed, *where)
                .values(state=DeliveryState.QUEUED.value, lease=None, leased_until=None, changed=now)
            )
            return lost + _doubt(connection, now, _WORKER_LOST, deliveries.c.state == flying, *where)

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
        written = self._letters(connection, issue, {row.letter for row in rows})
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

    def _letters(self, connection: Connection, issue: Any, wanted: Iterable[int | None]) -> dict[int, Letter]:
        contents = self._frozen(connection, issue)
        whole = issue_of(issue, tuple(contents.values()))
        ids = [letter for letter in wanted if letter is not None]
        chosen: dict[int, list[int]] = {}
        for row in connection.execute(
            select(letter_articles).where(letter_articles.c.letter.in_(ids)).order_by(letter_articles.c.position)
        ):
            chosen.setdefault(row.letter, []).append(row.article)
        missed = {article for rows in chosen.values() for article in rows} - contents.keys()
        held = contents | frozen_elsewhere(connection, issue.digest, missed)
        return {
            row.id: Letter(whole, tuple(held[article] for article in chosen.get(row.id, [])), tuple(row.topics))
            for row in connection.execute(select(letters).where(letters.c.id.in_(ids)))
        }

    def _frozen(self, connection: Connection, issue: Any) -> dict[int, Article]:
        """The issue's articles; read once while it is open, but for which of them were withdrawn."""
        key = (issue.id, issue.released_at)
        if key not in self._contents:
            if len(self._contents) >= _ISSUES_KEPT:
                self._contents = {}
            self._contents[key] = frozen(connection, issue.id)
        held = self._contents[key]
        hidden = set(
            connection.execute(select(articles.c.id).where(articles.c.id.in_(list(held)), articles.c.hidden)).scalars()
        )
        return (
            {
                row: replace(one, hidden=True) if row in hidden else replace(one, hidden=False)
                for row, one in held.items()
            }
            if hidden or any(one.hidden for one in held.values())
            else held
        )


def _due(connection: Connection, issue: int, now: datetime, limit: int) -> list[Any]:
    """What is due, the earliest first. One look for each state, so that the index gives them in order."""
    found: list[Any] = []
    for state in _WAITING:
        found += connection.execute(
            select(deliveries)
            .where(deliveries.c.issue == issue, deliveries.c.state == state, deliveries.c.due <= now)
            .order_by(deliveries.c.due, deliveries.c.id)
            .limit(limit)
        ).all()
    return sorted(found, key=lambda row: (row.due, row.id))[:limit]


def _doubt(connection: Connection, now: datetime, why: str, *where: Any) -> int:
    """Nobody knows of these any more. The lease stays: a worker that was only slow may still say how it went."""
    return connection.execute(
        update(deliveries)
        .where(*where)
        .values(state=DeliveryState.UNKNOWN.value, problem=why, attempts=deliveries.c.attempts + 1, changed=now)
    ).rowcount


def _skip(connection: Connection, delivery: int, why: str, now: datetime) -> None:
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery)
        .values(state=DeliveryState.SKIPPED.value, problem=why, changed=now)
    )


def _flying(parcel: Parcel, message_id: str, now: datetime) -> dict[str, object]:
    return {
        "row": parcel.delivery.id,
        "held": parcel.lease,
        "reader": parcel.subscription.id,
        "of": parcel.delivery.issue,
        "name": message_id,
        "now": now,
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
