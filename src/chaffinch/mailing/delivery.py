"""An issue's letters leave: each to one recipient, at most once, none silently lost.

    queued → claimed (lease) → in flight → sent
                                         | deferred (due later)   4xx: this recipient, for now
                                         | failed                 5xx: this recipient, for good; suppressed
                                         | unknown                no answer after the end: shown, never resent by itself
                             → skipped                            the subscription ended meanwhile

`in flight` is written down before the end of the message is sent. So whoever is killed in the middle leaves rows that
were surely not sent (they are queued again) or rows that may have been (they are unknown): a letter that is missing is
among the unknown ones, and no letter comes twice.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from chaffinch.killpoints import passing
from chaffinch.mailing.domains import domain_of
from chaffinch.mailing.message import Message
from chaffinch.model import Delivery, DeliveryState, Issue, IssueState
from chaffinch.ports import Gate, Outbox, Parcel, Stop, Transport

OLDEST = timedelta(days=3)
"""An issue released longer ago is not sent any more: what has come back from a backup stays unsent."""

_BATCH = 200
_LEASE = timedelta(minutes=10)
_MARGIN = timedelta(minutes=3)  # longer than a server may take over one message
SERVER_AWAY = timedelta(minutes=5)
"""So long nobody tries again, but for the owner."""
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


def retry_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When a deferred letter is tried again: after 5 minutes, then twice as long each time; None after two days."""
    if delivery.attempts + 1 >= _TRIES:
        return None
    wait = _FIRST_RETRY * float(2 ** min(delivery.attempts, 10))
    return now + min(wait, _LONGEST_RETRY)


def deliver(
    issue: Issue,
    outbox: Outbox,
    transports: Sequence[Transport],
    write: Callable[[Parcel], Message],
    clock: Clock,
    stop: Stop,
    gate: Gate,
) -> Delivered:
    """Send whatever of an issue is due, until nothing is, `stop` says so, or the server is away or refuses us.

    Each transport has a thread of its own, but for a single one. Several workers may do so at once. `gate` says who
    may be written to, and how many letters may leave. Raises StoreError; whatever happened until then is kept.
    """
    now = clock()
    if issue.state is not IssueState.OPEN:
        return Delivered()
    if now - (issue.released_at or issue.closed_at) > OLDEST:
        return Delivered(problem=f"issue {issue.number} was released too long ago; release it again or skip it")
    counts: Counter[DeliveryState] = Counter()
    counts[DeliveryState.UNKNOWN] += outbox.recover(issue.id, now)
    troubles: list[str] = []
    while not (stop() or gate.away_until(clock())):
        now = clock()
        granted = gate.grant(_BATCH, now)
        parcels = outbox.claim(issue.id, now, now + _LEASE, granted) if granted else ()
        if parcels:
            passing("claimed")
        admitted = _admitted(parcels, outbox, gate, now)
        batch = _Batch(admitted, now + _LEASE - _MARGIN, outbox, write, clock, stop, gate)
        batch.work_off(transports[: len(admitted)])
        gate.give_back(granted - len(batch.tried), (domain_of(p.subscription.address) for p in batch.untried), clock())
        if not parcels:
            break
        passing("sent")
        counts.update(outcome.state for outcome in batch.outcomes if outcome.state is not DeliveryState.QUEUED)
        troubles += [outcome.problem for outcome in batch.outcomes if outcome.problem and not outcome.stop]
        if halted := next((outcome for outcome in batch.outcomes if outcome.stop), None):
            return Delivered(+counts, halted.problem, tuple(troubles))
    return Delivered(+counts, troubles=tuple(troubles))


def _admitted(parcels: Sequence[Parcel], outbox: Outbox, gate: Gate, now: datetime) -> Sequence[Parcel]:
    """Those whose recipients' providers may be written to now; the others wait."""
    answers = gate.admit([domain_of(parcel.subscription.address) for parcel in parcels], now) if parcels else ()
    answered = list(zip(parcels, answers, strict=True))
    outbox.put_back([(parcel, due) for parcel, due in answered if due is not None], now)
    return [parcel for parcel, due in answered if due is None]


class _Batch:
    """Claimed letters, worked off by as many threads as there are transports."""

    def __init__(
        self,
        parcels: Sequence[Parcel],
        until: datetime,
        outbox: Outbox,
        write: Callable[[Parcel], Message],
        clock: Clock,
        stop: Stop,
        gate: Gate,
    ) -> None:
        self.outcomes: list[_Outcome] = []
        self.tried: list[Parcel] = []
        self.untried: list[Parcel] = []
        self._waiting = deque(parcels)
        self._until, self._outbox, self._write = until, outbox, write
        self._clock, self._stop, self._gate = clock, stop, gate
        self._halted: _Outcome | None = None
        self._unbooked: list[Parcel] = []

    def work_off(self, transports: Sequence[Transport]) -> None:
        """Send what can be sent; give back the rest. Raises StoreError."""
        try:
            if len(transports) <= 1:
                for transport in transports:
                    self._work(transport)
            else:
                with ThreadPoolExecutor(len(transports), "mail") as threads:
                    for done in [threads.submit(self._work, transport) for transport in transports]:
                        done.result()
        finally:
            if self._unbooked:
                self._outbox.sent(self._unbooked, self._clock())
        self.untried += self._waiting
        self._outbox.put_back([(parcel, None) for parcel in self._waiting], self._clock())

    def _work(self, transport: Transport) -> None:
        sent: Parcel | None = None
        """Taken, but not yet in the books: that is written together with the next one's beginning of the end."""
        try:
            while (parcel := self._next()) is not None:
                spared = self._gate.resting(domain_of(parcel.subscription.address), self._clock())
                if spared:
                    self.untried.append(parcel)
                    self._outbox.put_back([(parcel, spared)], self._clock())
                    continue
                outcome, told = self._send(parcel, transport, sent)
                sent = None if told else sent
                if outcome is None:
                    continue
                self.outcomes.append(outcome)
                (self.untried if outcome.state is DeliveryState.QUEUED else self.tried).append(parcel)
                if outcome.state is DeliveryState.SENT:
                    sent = parcel
                    continue
                self._outbox.settle(parcel, outcome.state, self._clock(), due=outcome.due, problem=outcome.problem)
                if outcome.stop:
                    self._halted = outcome
        finally:
            if sent is not None:
                self._unbooked.append(sent)

    def _next(self) -> Parcel | None:
        if self._halted or self._stop() or self._clock() >= self._until:
            return None
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def _send(self, parcel: Parcel, transport: Transport, sent: Parcel | None) -> tuple[_Outcome | None, bool]:
        """How it went with one letter, None when it is not ours any more; and whether `sent` is in the books now."""
        outbox, clock = self._outbox, self._clock
        told, domain = False, domain_of(parcel.subscription.address)

        def before_end() -> None:
            nonlocal told
            outbox.in_flight(parcel, message.id, clock(), sent)
            told = True
            passing("in flight")

        try:
            message = self._write(parcel)
        except TemplateError as error:
            return _Outcome(DeliveryState.QUEUED, clock(), str(error), stop=True), told  # due as soon as it is mended
        except ValueError as error:
            return _Outcome(DeliveryState.FAILED, problem=f"the letter cannot be written: {error}"), told
        try:
            transport.send(message.content, message.sender, message.recipient, before_end)
            passing("handed over")
        except LeaseLost:
            return None, told
        except MailRefused as error:
            outbox.suppress(parcel.subscription.address, str(error), clock())
            return _Outcome(DeliveryState.FAILED, problem=str(error)), told
        except MailPolicy as error:
            outbox.hold(parcel.delivery.issue, clock())
            said = f"{error}; the issue waits until you approve it"
            return _Outcome(DeliveryState.QUEUED, clock(), said, stop=True), told
        except MailUnknown as error:
            return _Outcome(DeliveryState.UNKNOWN, problem=str(error)), told
        except MailAway as error:
            outcome = _away(parcel.delivery, error, clock())
            if outcome.stop:
                self._gate.away(clock() + SERVER_AWAY)
            else:
                self._gate.later(domain, clock())
            return outcome, told
        self._gate.well(domain)
        return _Outcome(DeliveryState.SENT), told


def _away(delivery: Delivery, error: ChaffinchError, now: datetime) -> _Outcome:
    code = getattr(error, "code", None)
    if code is None or code == _GOING_AWAY:  # the server, not the recipient: it costs nobody a try
        return _Outcome(DeliveryState.QUEUED, problem=str(error), stop=True)
    again = retry_at(delivery, now)
    if again is None:
        return _Outcome(DeliveryState.FAILED, problem=f"given up after {_TRIES} tries: {error}")
    return _Outcome(DeliveryState.DEFERRED, again, str(error))
