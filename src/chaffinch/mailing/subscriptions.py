"""What becomes of a wish to get letters, or to get no more.

Pure: each function takes what is known and says what shall be; `store/subscriptions` remembers it, the web asks.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from email_validator import EmailNotValidError, validate_email

from chaffinch.errors import InputError
from chaffinch.model import Digest, Status, Subscription
from chaffinch.pages import marked

ONE_CONFIRM_LETTER = timedelta(days=1)
"""An address is asked at most once in this time, whichever digest is asked for."""
CONFIRM_WITHIN = timedelta(days=7)
LONGEST_PAUSE = 366
"""Days."""

ENDED_BY = "ended by"
_OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Wish:
    """What follows from a sign-up: a row to keep, and whether to send the confirm letter."""

    subscription: Subscription | None
    """None: nothing changes."""
    ask: bool = False


def normalised(address: str) -> str:
    """The one way to write an address: its domain in lower-case ASCII. Raises InputError where no mail can go to it.

    The part before the @ keeps its case (RFC 5321 §2.4).
    """
    try:
        found = validate_email(
            address.strip(), check_deliverability=False, allow_smtputf8=False, strict=True, test_environment=True
        )
    except EmailNotValidError as error:
        raise InputError(f"no mail address: {error}") from error
    if not found.ascii_email or len(found.ascii_email) > 254:
        raise InputError("no mail address: it is too long")
    return found.ascii_email


def address_hash(secret: bytes, address: str) -> str:
    """What is kept of an address that shall get no mail: a keyed hash, the same however the address is written."""
    return hmac.digest(secret, b"address\0" + address.strip().casefold().encode(), hashlib.sha256).hex()


def subscribe(
    asked: Subscription, held: Subscription | None, *, suppressed: bool, last_asked: datetime | None, now: datetime
) -> Wish:
    """What to do when somebody asks for a digest in the name of an address that may not be theirs.

    `asked` is the new, pending row; `held` what is known of this address and digest; `last_asked` when a confirm
    letter last went to the address for any digest. Whatever comes out, the person at the form gets the same answer.
    """
    if suppressed or (held is not None and held.status is Status.CONFIRMED):
        return Wish(None)
    if last_asked is not None and now - last_asked < ONE_CONFIRM_LETTER:
        return Wish(None)
    if held is None:
        return Wish(asked, ask=True)
    evidence = {**held.evidence, **asked.evidence}
    again = replace(
        held,
        cadence=asked.cadence,
        hour=asked.hour,
        timezone=asked.timezone,
        topics=asked.topics,
        status=Status.PENDING,
        evidence=evidence,
    )
    return Wish(again, ask=True)


def confirm(held: Subscription, asked: datetime | None, evidence: Mapping[str, str], now: datetime) -> Subscription:
    """The subscription once its owner pressed the button; `asked` is when the confirm letter went out.

    Twice is once. Raises InputError when the letter is too old, or the subscription has ended since.
    """
    if held.status is Status.CONFIRMED:
        return held
    since = asked or held.created
    if held.status is Status.ENDED or since is None or now - since > CONFIRM_WITHIN:
        raise InputError(marked("this link has run out; please sign up again"))
    return replace(
        held,
        status=Status.CONFIRMED,
        confirmed=now,
        vouched=False,
        ended=None,
        evidence={key: value for key, value in {**held.evidence, **evidence}.items() if key != ENDED_BY},
    )


def end(held: Subscription, now: datetime, *, by: str = "subscriber") -> Subscription:
    """The subscription at its end; twice is once. Who ended it is kept: no config undoes a person's no."""
    if held.status is Status.ENDED and (held.evidence.get(ENDED_BY) != _OWNER or by == _OWNER):
        return held
    return replace(held, status=Status.ENDED, ended=held.ended or now, evidence={**held.evidence, ENDED_BY: by})


def prefer(
    held: Subscription,
    digest: Digest,
    *,
    cadence: str,
    hour: str,
    timezone: str,
    topics: Iterable[str],
    pause: int,
    now: datetime,
) -> Subscription:
    """The subscription as its owner wants it from now on. Raises InputError for what cannot be.

    `hour` is `HH:MM`, empty for the digest's own; `pause` is in days from now, 0 ends a pause. A letter that is planned
    already leaves as planned.
    """
    if held.status is not Status.CONFIRMED:
        raise InputError(marked("this subscription has ended; please sign up again"))
    if cadence not in digest.cadences:
        raise InputError(marked("this letter does not come that often"))
    wanted = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", hour.strip(), re.ASCII)
    if hour.strip() and not wanted:
        raise InputError(marked("an hour is written as 07:00"))
    try:
        ZoneInfo(timezone or "UTC")
    except (KeyError, ValueError, OSError) as error:
        raise InputError(marked("no such time zone; names look like Europe/Vienna")) from error
    if not 0 <= pause <= LONGEST_PAUSE:
        raise InputError(marked("a pause may be 366 days long"))
    return replace(
        held,
        cadence=cadence,
        hour=int(wanted[1]) * 60 + int(wanted[2]) if wanted else None,
        timezone=timezone or None,
        topics=tuple(sorted(set(topics))),
        paused_until=now + timedelta(days=pause) if pause else None,
    )


def sync(
    digest: Digest, held: Iterable[Subscription], now: datetime, new_id: Callable[[], str]
) -> tuple[Subscription, ...]:
    """The rows to write so that the digest's vouched recipients are those of the config; `held` are all it has.

    A new recipient is confirmed at once. One who left the config gets no more letters. One who said no stays ended.
    """
    changed = []
    known = {row.address.casefold(): row for row in held}
    wanted = {address.casefold(): address for address in map(normalised, digest.recipients)}
    for key, address in wanted.items():
        row = known.get(key)
        if row is None:
            fresh = Subscription(id=new_id(), address=address, digest=digest.slug, cadence=digest.cadences[0])
            changed.append(_vouched(fresh, now))
        elif (row.status is Status.PENDING and row.ended is None) or _ended_by_owner(row):
            changed.append(_vouched(row, now))
    for key, row in known.items():
        if key not in wanted and row.vouched and row.status is not Status.ENDED:
            changed.append(end(row, now, by=_OWNER))
    return tuple(changed)


def _ended_by_owner(row: Subscription) -> bool:
    return row.status is Status.ENDED and row.evidence.get(ENDED_BY) == _OWNER


def _vouched(row: Subscription, now: datetime) -> Subscription:
    evidence = {key: value for key, value in row.evidence.items() if key != ENDED_BY}
    return replace(
        row,
        status=Status.CONFIRMED,
        vouched=True,
        created=row.created or now,
        confirmed=now,
        ended=None,
        evidence={**evidence, "vouched": now.isoformat(timespec="seconds")},
    )
