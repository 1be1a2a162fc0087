"""An issue's letters leave: each to one recipient, at most once, none silently lost.

    queued → claimed (lease) → in flight → sent
                                         | deferred (due later)   4xx: this recipient, for now
                                         | failed                 5xx: this recipient, for good; suppressed
                                         | unknown                no answer after the end: shown, never resent by itself
                             → skipped                            the subscription ended meanwhile

`in flight` is on disk before the end of the message is sent. So whoever is killed in the middle leaves rows that were
surely not sent (they are queued again) or rows that may have been (they are unknown): a letter that is missing is
among the unknown ones, and no letter comes twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chaffinch.clock import Clock
from chaffinch.errors import (
    ChaffinchError,
    LeaseLost,
    MailAway,
    MailPolicy,
    MailRefused,
    MailUnknown,
    TemplateError,
)
from chaffinch.mailing.cadence import first_at
from chaffinch.mailing.message import Message
from chaffinch.model import Delivery, DeliveryState, Digest, Issue, IssueState, Subscription
from chaffinch.ports import Outbox, Parcel, Stop, Transport

OLDEST = timedelta(days=3)
"""An issue released longer ago is not sent any more: what has come back from a backup stays unsent."""

_BATCH = 50
_LEASE = timedelta(minutes=10)
_MARGIN = timedelta(minutes=3)  # longer than a server may take over one message
_SERVER_AWAY = timedelta(minutes=5)
_FIRST_RETRY = timedelta(minutes=5)
_LONGEST_RETRY = timedelta(hours=4)
_TRIES = 14
_GOING_AWAY = 421


@dataclass(frozen=True, slots=True)
class Delivered:
    """What one go at an issue's letters came to."""

    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    problem: str = ""
    """Why it stopped before the end: for the owner."""
    troubles: Sequence[str] = ()
    """What happened to single letters that were not sent."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: DeliveryState
    due: datetime | None = None
    problem: str = ""
    stop: bool = False
    """Whether the others would fare the same: they are given back untried."""


def due_at(subscription: Subscription, digest: Digest, released_at: datetime) -> datetime:
    """When a subscriber's letter is to leave: the first time it is their own hour, or at once."""
    if subscription.hour is None:
        return released_at
    return first_at(subscription.hour, subscription.timezone or digest.timezone, released_at)


def retry_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When a deferred letter is tried again: after 5 minutes, then twice as long each time; None after two days."""
    if delivery.attempts + 1 >= _TRIES:
        return None
    wait = _FIRST_RETRY * float(2 ** min(delivery.attempts, 10))
    return now + min(wait, _LONGEST_RETRY)


def deliver(
    issue: Issue,
    outbox: Outbox,
    transport: Transport,
    write: Callable[[Parcel], Message],
    clock: Clock,
    stop: Stop,
) -> Delivered:
    """Send whatever of an issue is due, until nothing is, `stop` says so, or the server is away or refuses us.

    Several workers may do so at once. Raises StoreError; whatever happened until then is kept.
    """
    now = clock()
    if issue.state is not IssueState.OPEN:
        return Delivered()
    if now - (issue.released_at or issue.closed_at) > OLDEST:
        return Delivered(problem=f"issue {issue.number} was released too long ago; release it again or skip it")
    counts: Counter[DeliveryState] = Counter()
    counts[DeliveryState.UNKNOWN] += outbox.recover(issue.id, now)
    troubles: list[str] = []
    while not stop():
        now = clock()
        parcels = outbox.claim(issue.id, now, now + _LEASE, _BATCH)
        if not parcels:
            break
        for outcome in _work_off(parcels, now + _LEASE - _MARGIN, outbox, transport, write, clock, stop):
            if outcome.state is not DeliveryState.QUEUED:
                counts[outcome.state] += 1
            if outcome.stop:
                return Delivered(+counts, outcome.problem, tuple(troubles))
            if outcome.problem:
                troubles.append(outcome.problem)
    return Delivered(+counts, troubles=tuple(troubles))


def _work_off(
    parcels: Sequence[Parcel],
    until: datetime,
    outbox: Outbox,
    transport: Transport,
    write: Callable[[Parcel], Message],
    clock: Clock,
    stop: Stop,
) -> Iterator[_Outcome]:
    for number, parcel in enumerate(parcels):
        if stop() or clock() >= until:
            _give_back(parcels[number:], outbox, clock(), None)
            return
        outcome = _send(parcel, outbox, transport, write, clock)
        if outcome is None:
            continue
        now = clock()
        outbox.settle(parcel, outcome.state, now, due=outcome.due, problem=outcome.problem)
        if outcome.stop:
            _give_back(parcels[number + 1 :], outbox, now, outcome.due)
        yield outcome


def _send(
    parcel: Parcel, outbox: Outbox, transport: Transport, write: Callable[[Parcel], Message], clock: Clock
) -> _Outcome | None:
    """How it went with one letter; None when it is not ours any more."""
    try:
        message = write(parcel)
    except TemplateError as error:
        return _Outcome(DeliveryState.QUEUED, problem=str(error), stop=True)  # due as before: once mended, it leaves
    except ValueError as error:
        return _Outcome(DeliveryState.FAILED, problem=f"the letter cannot be written: {error}")
    try:
        transport.send(
            message.content,
            message.sender,
            message.recipient,
            lambda: outbox.in_flight(parcel, message.id, clock()),
        )
    except LeaseLost:
        return None
    except MailRefused as error:
        outbox.suppress(parcel.subscription.address, str(error), clock())
        return _Outcome(DeliveryState.FAILED, problem=str(error))
    except MailPolicy as error:
        outbox.hold(parcel.delivery.issue, clock())
        return _Outcome(DeliveryState.QUEUED, clock(), f"{error}; the issue waits until you approve it", stop=True)
    except MailUnknown as error:
        return _Outcome(DeliveryState.UNKNOWN, problem=str(error))
    except MailAway as error:
        return _away(parcel.delivery, error, clock())
    return _Outcome(DeliveryState.SENT)


def _away(delivery: Delivery, error: ChaffinchError, now: datetime) -> _Outcome:
    code = getattr(error, "code", None)
    if code is None or code == _GOING_AWAY:  # the server, not the recipient: it costs nobody a try
        return _Outcome(DeliveryState.QUEUED, now + _SERVER_AWAY, str(error), stop=True)
    again = retry_at(delivery, now)
    if again is None:
        return _Outcome(DeliveryState.FAILED, problem=f"given up after {_TRIES} tries: {error}")
    return _Outcome(DeliveryState.DEFERRED, again, str(error))


def _give_back(parcels: Sequence[Parcel], outbox: Outbox, now: datetime, due: datetime | None) -> None:
    for parcel in parcels:
        outbox.settle(parcel, DeliveryState.QUEUED, now, due=due)
