"""A rendered letter becomes RFC 5322 messages, one for each recipient.

What is the same for everyone is set once, as a `Plate` of bytes with gaps; a message is the plate with the recipient's
headers before it and the recipient's tokens in the gaps. The result is ASCII with CRLF line ends and no line longer
than 998 octets: what is written here is what goes over the wire.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import getaddresses
from urllib.parse import quote

from chaffinch.errors import ConfigError, InputError
from chaffinch.mailing import dkim, headers, tokens
from chaffinch.mailing.bounces import return_address
from chaffinch.mailing.letter import Rendered
from chaffinch.mailing.subscriptions import normalised
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Digest, Subscription
from chaffinch.text import one_line, shorten
from chaffinch.urls import host_of

_SUBJECT = 120
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
"""An address that needs no parser to be sure of (RFC 5321 §4.1.2)."""
Segments = tuple[bytes | Purpose, ...]


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: what the messages of one press have in common."""

    sender: Address
    base_url: str
    secret: bytes = field(repr=False)
    contact: str = ""
    """Where a person reads mail; an unsubscribe address for programs that only write mail (RFC 2369)."""
    keys: tuple[dkim.Key, ...] = ()
    """What every message is signed with (RFC 6376)."""
    bounces: str = ""
    """Where letters come back to, each with a token after a plus; empty: to the sender."""


@dataclass(frozen=True, slots=True)
class Plate:
    """A letter set once: everything but what is one recipient's own."""

    head: Letterhead
    digest: str
    occasion: str
    shared: bytes = field(repr=False)
    body: Segments = field(repr=False)
    canonical: Segments = field(default=(), repr=False)
    """The body as signatures see it."""
    covered: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The shared header fields as signatures see them."""
    purposes: frozenset[Purpose] = frozenset(Purpose)
    """Which of a recipient's tokens it needs."""


@dataclass(frozen=True, slots=True)
class Message:
    """What goes over the wire, and for whom."""

    id: str
    """With its angle brackets."""
    sender: str
    recipient: str
    content: bytes = field(repr=False)


def letterhead(
    sender: str, base_url: str, secret: bytes, contact: str = "", keys: tuple[dkim.Key, ...] = ()
) -> Letterhead:
    """The letterhead of a configuration. Raises ConfigError where sender or address cannot stand in a header."""
    found = getaddresses([one_line(sender)])
    if len(found) != 1:
        raise ConfigError(f'mail.from: "{one_line(sender)}" is not one address; write "Name <name@example.org>"')
    try:
        address = Address(display_name=found[0][0], addr_spec=normalised(found[0][1]))
    except (InputError, HeaderParseError, ValueError) as error:
        raise ConfigError(f"mail.from: {one_line(str(error))}") from error
    if not re.fullmatch(r"https?://[!-;=?-~]+", base_url):
        raise ConfigError(f"press.base_url: {base_url!r} must be plain ASCII; write an IDN host as xn--…")
    return Letterhead(address, base_url.rstrip("/"), secret, contact, keys)


def set_plate(head: Letterhead, digest: Digest, occasion: str, rendered: Rendered) -> Plate:
    """The letter as bytes with gaps. `occasion` is what the letter is: an issue's number, `confirm`, `welcome`, …"""
    boundary = "=_" + tokens.seal(head.secret, "boundary", digest.slug, occasion)  # `=_` is never quoted-printable
    domain = head.sender.domain
    shared = b"".join(
        (
            headers.mailbox("From", head.sender),
            headers.text("Subject", shorten(rendered.subject, _SUBJECT)),
            headers.named("List-Id", digest.title, f"{digest.slug}.{host_of(head.base_url)}".lower()[-255:]),
            headers.machine("List-Archive", f"<{head.base_url}/digests/{digest.slug}/>"),
            headers.machine(
                "Feedback-ID",
                f"{occasion}:{digest.slug}:digest:" + tokens.seal(b"", "feedback", domain, length=12),
            ),
            headers.machine("Auto-Submitted", "auto-generated"),
            headers.machine("Precedence", "bulk"),
            headers.machine("MIME-Version", "1.0"),
            headers.machine("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        )
    )
    mark = boundary.encode()
    body: Segments = (
        b"--" + mark + _part(b"text/plain"),
        *quoted_printable(rendered.text, rendered.gaps),
        b"\r\n--" + mark + _part(b"text/html"),
        *quoted_printable(rendered.html, rendered.gaps),
        b"\r\n--" + mark + b"--\r\n",
    )
    seen = tuple(part if isinstance(part, Purpose) else dkim.canonical_body(part) for part in body) if head.keys else ()
    covered = dkim.canonical_fields(shared) if head.keys else {}
    purposes = frozenset([Purpose.UNSUBSCRIBE, *(part for part in body if isinstance(part, Purpose))])
    return Plate(head, digest.slug, occasion, shared, body, seen, covered, purposes)


def address(plate: Plate, subscription: Subscription, now: datetime) -> Message:
    """The plate as one recipient's message; the same bytes for the same `now`. Raises ValueError for a bad address."""
    head, secret = plate.head, plate.head.secret
    recipient = subscription.address
    if not _PLAIN.fullmatch(recipient):
        recipient = Address(addr_spec=recipient).addr_spec
    name = delivery_name(plate, subscription.id)
    message_id = f"<{name.rpartition('/')[2]}@{head.sender.domain}>"
    keys = {purpose: tokens.mint(secret, purpose, subscription.id) for purpose in plate.purposes}
    own = b"".join(
        (
            headers.named("To", "", recipient),
            headers.date(now),
            headers.machine("Message-ID", message_id),
            headers.machine("X-Chaffinch-Delivery", name),
            *_unsubscribing(head, keys[Purpose.UNSUBSCRIBE]),
        )
    )
    signed = b""
    if head.keys:
        fields = {**dkim.canonical_fields(own), **plate.covered}
        signed = dkim.signatures(head.keys, fields, _filled(plate.canonical, keys), now)
    content = b"".join((signed, own, plate.shared, b"\r\n", *_filled(plate.body, keys)))
    sender = return_address(secret, head.bounces, subscription.id) if head.bounces else head.sender.addr_spec
    return Message(message_id, sender, recipient, content)


def delivery_name(plate: Plate, subscription: str) -> str:
    """What this delivery is called in its Message-ID and in X-Chaffinch-Delivery; the same in every attempt.

    Some relays write a Message-ID of their own, so the second header carries it too.
    """
    mark = tokens.seal(plate.head.secret, "message", plate.digest, plate.occasion, subscription, length=32)
    return f"{plate.digest}/{plate.occasion}/{mark}"


def quoted_printable(text: str, gaps: dict[Purpose, str]) -> Segments:
    """The text in lines of at most 76 characters (RFC 2045 §6.7), the gaps between soft line breaks."""
    text = re.sub(r"\r\n?|\n", "\r\n", text)
    if not gaps:
        return (_quoted(text),)
    purposes = {mark: purpose for purpose, mark in gaps.items()}
    segments: list[bytes | Purpose] = []
    for piece in re.split("(" + "|".join(map(re.escape, purposes)) + ")", text):
        if piece in purposes:
            segments += [b"=\r\n", purposes[piece], b"=\r\n"]
        else:
            segments.append(_quoted(piece))
    return tuple(segments)


def _filled(segments: Segments, keys: Mapping[Purpose, str]) -> list[bytes]:
    return [part if isinstance(part, bytes) else keys[part].encode() for part in segments]


def _quoted(piece: str) -> bytes:
    # `b2a_qp` breaks lines with a bare LF when the text has no CRLF of its own
    return re.sub(rb"\r?\n", b"\r\n", binascii.b2a_qp(piece.encode("utf-8", "replace"), istext=True))


def _part(media_type: bytes) -> bytes:
    return (
        b"\r\nContent-Type: " + media_type + b"; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )


def _unsubscribing(head: Letterhead, token: str) -> tuple[bytes, ...]:
    """One click works over plain http too, as on loopback; mailbox providers want https (RFC 8058 §3.1)."""
    uris = [f"<{head.base_url}/unsubscribe/{token}>"]
    if head.contact:
        uris.append(f"<mailto:{quote(head.contact, safe='@+')}?subject=unsubscribe%20{token}>")
    return (
        headers.machine("List-Unsubscribe", ", ".join(uris)),
        headers.machine("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
