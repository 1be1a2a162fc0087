"""A message taken apart again, to be judged as those who get it will."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import getaddresses

from lxml import html as markup
from lxml.etree import ParserError
from lxml.html import HtmlElement

_FOLD = re.compile(rb"\r\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Opened:
    """The message's octets, its header fields as they were written, its parts as they are read."""

    raw: bytes = field(repr=False)
    head: bytes = field(repr=False)
    fields: Sequence[tuple[str, str]]
    """Lower-case names and unfolded values, in order; octets that are no ASCII show as `?`."""
    defects: tuple[str, ...]
    media_type: str
    leaves: Sequence[tuple[str, str, str]]
    """Media type, charset and transfer encoding of each part that holds no others."""
    attached: bool
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    page: HtmlElement | None = field(repr=False)

    def all(self, name: str) -> list[str]:
        """The values of a field, each time it stands there."""
        return [value for known, value in self.fields if known == name]

    def get(self, name: str) -> str:
        """A field's first value; empty when it is not there."""
        return next(iter(self.all(name)), "")

    def addresses(self, name: str) -> list[str]:
        """The addresses in a field."""
        return [address for _, address in getaddresses([self.get(name)])]

    @property
    def domain(self) -> str:
        """The sender's domain, lower case."""
        return next(iter(self.addresses("from")), "").rpartition("@")[2].lower()


def opened(raw: bytes) -> Opened:
    """The message, however broken it is: what cannot be read is empty."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].replace(b"\n", b"\r\n")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    parts = [part for part in message.walk() if not part.is_multipart()]
    html = _content(parts, "text/html")
    return Opened(
        raw=raw,
        head=head,
        fields=tuple(_fields(head)),
        defects=tuple(type(defect).__name__ for part in message.walk() for defect in part.defects),
        media_type=message.get_content_type(),
        leaves=tuple(
            (
                part.get_content_type(),
                (part.get_content_charset() or "").lower(),
                str(part.get("Content-Transfer-Encoding", "7bit")).lower(),
            )
            for part in parts
        ),
        attached=any(part.get_content_disposition() == "attachment" for part in parts),
        subject=str(message["Subject"] or ""),
        text=_content(parts, "text/plain"),
        html=html,
        page=_page(html),
    )


def _fields(head: bytes) -> list[tuple[str, str]]:
    found = []
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            found.append((name.decode("ascii", "replace").lower(), value.decode("ascii", "replace").strip()))
    return found


def _content(parts: Sequence[EmailMessage], kind: str) -> str:
    part = next((part for part in parts if part.get_content_type() == kind), None)
    if part is None:
        return ""
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode("utf-8", "replace")


def _page(html: str) -> HtmlElement | None:
    try:
        return markup.document_fromstring(html) if html.strip() else None
    except (ParserError, ValueError):
        return None
