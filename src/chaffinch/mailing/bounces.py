"""A message that came back says who cannot be reached (RFC 3464).

Each letter leaves with a return address of its own, `bounces+TOKEN@…`, so that whatever comes back is known by the
token, never by what its text claims. Only a failure for good that is about the recipient counts: not a full mailbox,
not a server that refuses us, not a delay, not a holiday notice.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from chaffinch.mailing import tokens
from chaffinch.mailing.tokens import Purpose
from chaffinch.text import one_line, shorten

_STATUS = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")
_FULL = ("2", "2")
_OURS = ("3", "4", "5", "7")
"""Subjects that are about the mail system, the route, the protocol or policy (RFC 3463 §3): not about the recipient."""
_TO = ("delivered-to", "x-original-to", "to")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A recipient who cannot be reached."""

    subscription: str
    why: str


def return_address(secret: bytes, base: str, subscription: str) -> str:
    """Where a letter to a subscription comes back to: `bounces+TOKEN@example.org`."""
    local, _, domain = base.rpartition("@")
    return f"{local}+{tokens.mint(secret, Purpose.BOUNCE, subscription)}@{domain}"


def bounce_of(secret: bytes, raw: bytes) -> Bounce | None:
    """Whom a message that came back is about; None when it is about nobody, or says nothing for good."""
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    subscription = next(_bearers(secret, message), None)
    why = next(_failures(message), None)
    return Bounce(subscription, why) if subscription and why else None


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


def _failures(message: Message) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.walk():
            action = str(group.get("action", "")).strip().lower()
            status = _STATUS.match(str(group.get("status", "")))
            if action == "failed" and status and status.groups() != _FULL and status[1] not in _OURS:
                said = one_line(str(group.get("diagnostic-code", "")))
                yield shorten(f"bounced: {status[0].strip()} {said}".rstrip(), 200)
