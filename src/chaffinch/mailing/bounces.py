"""A message that came back says who cannot be reached (RFC 3464), or who complained (RFC 5965).

Each letter leaves with a return address of its own, `bounces+TOKEN@…`, so that whatever comes back is known by the
token, never by what its text claims. A failure for good that is about the recipient counts at once. One that may pass,
a full mailbox or a server that could not be reached for days, counts when it happens again and again. What is about us
does not count, nor does a delay, nor a holiday notice. Servers that know no RFC 3464 are understood by flufl.bounce.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum
from itertools import islice

from flufl.bounce import all_failures

from chaffinch.mailing import tokens
from chaffinch.mailing.tokens import Purpose
from chaffinch.text import one_line, shorten

logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it tells of each of its guesses

_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_SERVERS = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
_FULL_BOX = re.compile(r"quota|mailbox (is )?full|over ?quota|insufficient (storage|disk)", re.IGNORECASE)
_IN_LETTERS = (
    (r"/unsubscribe/([a-z0-9]{30,60})\b", Purpose.UNSUBSCRIBE),
    (r"\+([a-z0-9]{30,60})@", Purpose.BOUNCE),
)
_PARTS = 100
_LOOKED_AT = 100_000
_DAYS = 5
_FULL = ("2", "2")
_OURS = ("3", "4", "5", "7")
"""Subjects that are about the mail system, the route, the protocol or policy (RFC 3463 §3): not about the recipient."""
_TO = ("delivered-to", "x-original-to", "to")


class Kind(StrEnum):
    """What came back."""

    HARD = "hard"
    """It failed for good."""
    SOFT = "soft"
    """It failed, and another one may not."""
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A recipient who cannot be reached, or does not want to be."""

    subscription: str
    why: str
    kind: Kind = Kind.HARD


def return_address(secret: bytes, base: str, subscription: str) -> str:
    """Where a letter to a subscription comes back to: `bounces+TOKEN@example.org`."""
    local, _, domain = base.rpartition("@")
    return f"{local}+{tokens.mint(secret, Purpose.BOUNCE, subscription)}@{domain}"


def bounce_of(secret: bytes, raw: bytes) -> Bounce | None:
    """Whom a message that came back is about; None when it is about nobody, or says nothing of that kind.

    Whatever the message is, nothing is raised.
    """
    try:
        return _bounce(secret, raw)
    except RecursionError:  # parts in parts in parts
        return None


def too_often(days: int) -> bool:
    """Whether an address that could not be reached on so many days of the last two months is given up."""
    return days >= _DAYS


def signed(key: bytes, body: bytes, signature: str) -> bool:
    """Whether a relay that knows the key has sent this body; compared in constant time."""
    wanted = "sha256=" + hmac.digest(key, body, hashlib.sha256).hex()
    return bool(key) and hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace"))


def _bearers(secret: bytes, message: Message) -> Iterator[str]:
    for name in _TO:
        for value in message.get_all(name, []):
            for token in re.findall(r"\+([a-z0-9]+)@", str(value).lower()):
                subscription = tokens.read(secret, Purpose.BOUNCE, token)
                if subscription:
                    yield subscription


def _bounce(secret: bytes, raw: bytes) -> Bounce | None:
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    parts = list(islice(message.walk(), _PARTS))
    if any(part.get_content_type() == "message/feedback-report" for part in parts):
        return _complaint(secret, raw)
    subscription = next(_bearers(secret, message), None)
    if subscription is None:
        return None
    told = _told(parts) if any(map(_is_status, parts)) else _guessed(message)
    found = next((one for one in told if one[0] is Kind.HARD), None) or next(iter(told), None)
    return found and Bounce(subscription, found[1], found[0])


def _is_status(part: Message) -> bool:
    return part.get_content_type() == "message/delivery-status"


def _told(parts: Sequence[Message]) -> list[tuple[Kind, str]]:
    """What the server says in the form of RFC 3464."""
    found = []
    for part in filter(_is_status, parts):
        for group in islice(part.walk(), _PARTS):
            status = _STATUS.match(str(group.get("status", "")).strip())
            if str(group.get("action", "")).strip().lower() == "failed" and status and (kind := _kind(status)):
                said = one_line(str(group.get("diagnostic-code", "")))
                found.append((kind, shorten(f"bounced: {status[0]} {said}".rstrip(), 200)))
    return found


def _guessed(message: Message) -> list[tuple[Kind, str]]:
    """What a server of its own mind says, if it is a server that says it (RFC 3834 §2)."""
    sender, path = str(message.get("from", "")), str(message.get("return-path", "")).strip()
    if path != "<>" and not _SERVERS.search(sender):
        return []
    try:
        temporary, permanent = all_failures(message)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError):  # its heuristics met something odd
        return []
    if not permanent and not temporary:
        return []
    text = str(message.get_payload(decode=False))[:_LOOKED_AT] if not message.is_multipart() else ""
    status = _STATUS.search(text)
    kind = Kind.SOFT if not permanent or _FULL_BOX.search(text) else _kind(status) if status else Kind.HARD
    return [(kind, "bounced: its server says so in words of its own")] if kind else []


def _kind(status: re.Match[str]) -> Kind | None:
    """For good, for now, or not about the recipient at all (RFC 3463 §3)."""
    category, subject, detail = status.groups()
    if category == "4" or (subject, detail) == _FULL:
        return Kind.SOFT
    return None if subject in _OURS else Kind.HARD


def _complaint(secret: bytes, raw: bytes) -> Bounce | None:
    """A reader's complaint, known by the tokens in the letter that it encloses: only who has had it can complain."""
    said = re.sub(r"=\r?\n", "", raw.decode("latin-1"))
    kind = re.search(r"^feedback-type:\s*(abuse|fraud|other|virus)\b", said, re.IGNORECASE | re.MULTILINE)
    if kind is None:
        return None  # "not-spam" is praise
    for pattern, purpose in _IN_LETTERS:
        for token in islice(re.findall(pattern, said), _PARTS):
            if subscription := tokens.read(secret, purpose, token):
                return Bounce(subscription, f"complained: {kind[1].lower()}", Kind.COMPLAINT)
    return None
