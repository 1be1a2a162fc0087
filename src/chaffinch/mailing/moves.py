"""A subscription moves to another address, when who reads there says so, and back, when who read here objects.

Pure, like `mailing/subscriptions`. The subscription keeps its id, so that what stands in old letters still ends it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chaffinch.errors import InputError
from chaffinch.mailing.subscriptions import ENDED_BY, ONE_CONFIRM_LETTER, end
from chaffinch.model import Move, MoveState, Status, Subscription
from chaffinch.pages import marked

CONFIRM_WITHIN = timedelta(days=7)
OBJECT_WITHIN = timedelta(days=30)
AT_MOST = 3
"""New addresses that one subscription may ask in a day: each gets a letter."""

_MOVED = "moved"
_RUN_OUT = marked("this link has run out; please change the address again")
TOO_LATE = marked("this link has run out; please write to us")


def wanted(
    held: Subscription,
    address: str,
    *,
    silent: bool,
    last_asked: datetime | None,
    others: Iterable[Move],
    now: datetime,
) -> bool:
    """Whether the new address is to be asked. Whatever comes out, the person at the form gets the same answer.

    `silent` says that it gets no mail; `last_asked` is when it last was asked anything, `others` are the wishes that
    the subscription has had. Raises InputError for what the person may be told: it is about their own subscription.
    """
    if held.status is not Status.CONFIRMED:
        raise InputError(marked("this subscription has ended; please sign up again"))
    if address.casefold() == held.address.casefold():
        raise InputError(marked("this is the address that your letters come to"))
    before = list(others)
    if any(m.state is MoveState.TAKEN_BACK and m.settled and now - m.settled < OBJECT_WITHIN for m in before):
        raise InputError(marked("a change was taken back not long ago; please write to us"))
    lately = sum(now - move.asked < ONE_CONFIRM_LETTER for move in before)
    asked_before = last_asked is not None and now - last_asked < ONE_CONFIRM_LETTER
    return not (silent or asked_before or lately >= AT_MOST)


def moved(
    held: Subscription | None,
    beside: Subscription | None,
    move: Move,
    evidence: Mapping[str, str],
    now: datetime,
    new_id: Callable[[], str],
) -> tuple[Subscription, ...]:
    """What to write once the new address said yes, in this order. `beside` is what that address has of the digest.

    Raises InputError when it is too late, or the subscription has ended since.
    """
    if held is None or held.status is not Status.CONFIRMED or move.state is not MoveState.ASKED:
        raise InputError(_RUN_OUT)
    if now - move.asked > CONFIRM_WITHIN or held.address.casefold() != move.old.casefold():
        raise InputError(_RUN_OUT)
    proof = {**move.evidence, **evidence, "moved": now.isoformat(timespec="seconds"), "moved from": move.old}
    if beside is not None and beside.id != held.id:
        gone = end(held, now, by=_MOVED)
        if beside.status is Status.CONFIRMED:
            return (gone,)
        return gone, _in_the_place_of(held, beside, proof, now)
    here = replace(held, address=move.address, vouched=False, evidence={**held.evidence, **proof})
    if not held.vouched:
        return (here,)
    # the config still has the old address: that it left must be remembered, or the next start would bring it back
    return here, end(Subscription(new_id(), move.old, held.digest, held.cadence, created=now), now)


def taken_back(
    held: Subscription | None, beside: Subscription | None, move: Move, now: datetime
) -> tuple[Subscription, ...]:
    """What to write once the old address objected. `beside` is what that address has of the digest now.

    Raises InputError when it is too late.
    """
    if held is None or move.state is not MoveState.DONE or move.settled is None or held.address.endswith(".invalid"):
        raise InputError(TOO_LATE)
    if now - move.settled > OBJECT_WITHIN:
        raise InputError(TOO_LATE)
    proof = {"taken back": now.isoformat(timespec="seconds")}
    if beside is not None and beside.id != held.id:
        return end(held, now, by=_MOVED), _in_the_place_of(held, beside, proof, now)
    evidence = {key: value for key, value in {**held.evidence, **proof}.items() if key != ENDED_BY}
    return (replace(held, address=move.old, status=Status.CONFIRMED, ended=None, evidence=evidence),)


def _in_the_place_of(held: Subscription, beside: Subscription, proof: Mapping[str, str], now: datetime) -> Subscription:
    """The address's own row, as the other one was: it had ended, and is wanted again."""
    evidence = {key: value for key, value in {**beside.evidence, **proof}.items() if key != ENDED_BY}
    return replace(
        beside,
        cadence=held.cadence,
        hour=held.hour,
        timezone=held.timezone,
        topics=held.topics,
        status=Status.CONFIRMED,
        vouched=False,
        confirmed=now,
        ended=None,
        paused_until=held.paused_until,
        evidence=evidence,
    )
