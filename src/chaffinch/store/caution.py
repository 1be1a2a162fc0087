"""A press that was brought back does not know what it did after its backup was made, so it repeats nothing.

Letters that waited may have gone out since; issues may have closed, been numbered and been sent. What cannot be known
is left to the owner, and nothing is sent by itself that could have been sent before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, func, insert, select, update

from chaffinch.model import DeliveryState, IssueState
from chaffinch.store import schema
from chaffinch.store.schema import closings, deliveries, issues, notes, sources, subscriptions

_GIVEN = (schema.hosts, schema.leases, schema.departures)
"""What others had in hand when the backup was made, and what was paced then."""
_HELD = (DeliveryState.CLAIMED.value, DeliveryState.IN_FLIGHT.value)
_WAITING = (DeliveryState.QUEUED.value, DeliveryState.DEFERRED.value)


def be_cautious(connection: Connection, made: datetime, now: datetime) -> int:
    """Let nothing go out that may have gone out between the backup and now; how many letters nobody knows of."""
    for table in _GIVEN:
        connection.execute(delete(table))
    connection.execute(update(sources).values(lease=None, leased_until=None))
    doubtful = _doubt_letters(connection, made, now)
    _close_what_may_have_closed(connection, made, now)
    connection.execute(update(notes).where(notes.c.taken.is_(None)).values(taken=now))
    asked = subscriptions.c.status == "pending"
    connection.execute(update(subscriptions).where(asked, subscriptions.c.asked.is_(None)).values(asked=now))
    return doubtful


def _doubt_letters(connection: Connection, made: datetime, now: datetime) -> int:
    """What was due before now may have left; what is due later is still to leave."""
    doubt = {
        "state": DeliveryState.UNKNOWN.value,
        "problem": f"brought back from a backup of {made:%Y-%m-%d %H:%M} UTC: it may have gone out since",
        "lease": None,
        "leased_until": None,
        "changed": now,
    }
    waited = deliveries.c.state.in_(_WAITING) & (deliveries.c.due <= now)
    held = deliveries.c.state.in_(_HELD)
    return connection.execute(update(deliveries).where(waited | held).values(doubt)).rowcount


def _close_what_may_have_closed(connection: Connection, made: datetime, now: datetime) -> None:
    # Who had no letter of an open issue yet may have one by now; a held one may have been released by its own time.
    connection.execute(update(issues).where(issues.c.state == IssueState.OPEN.value).values(enqueued=True))
    connection.execute(update(issues).where(issues.c.state == IssueState.HELD.value).values(release_at=None))
    passed = ceil(max(now - made, timedelta(0)) / timedelta(hours=1)) + 1
    per_digest = select(closings.c.digest, func.count()).group_by(closings.c.digest)
    for digest, cadences in connection.execute(per_digest).all():
        last = connection.execute(select(func.max(issues.c.number)).where(issues.c.digest == digest)).scalar()
        if last is not None:
            connection.execute(insert(issues).values(_leap(digest, last + passed * cadences, now)))
    connection.execute(update(closings).where(closings.c.slot < now).values(slot=now))


def _leap(digest: str, number: int, now: datetime) -> dict[str, object]:
    """A skipped issue of nothing: later ones have numbers, so Message-IDs, that no lost issue can have had."""
    return {
        "digest": digest,
        "cadence": "",
        "slot": now,
        "number": number,
        "state": IssueState.SKIPPED.value,
        "closed_at": now,
        "enqueued": True,
        "note": "The press was brought back from a backup; numbers leap so that none is used twice.",
    }
