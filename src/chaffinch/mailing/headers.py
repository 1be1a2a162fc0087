"""A header field as the bytes that go over the wire.

We write them ourselves because the standard library's `EmailMessage` folds a long List-Unsubscribe into encoded words,
which breaks one-click unsubscribing (RFC 8058). Every field is ASCII, folded at 78 characters where it can be
(RFC 5322 §2.1.1), in encoded words of at most 75 where it must be (RFC 2047 §2), and ends with CRLF. No value can
start another field: what comes from people is made one line first, what comes from us is refused unless it is.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.headerregistry import Address

from chaffinch.text import one_line

_LINE = 78
_WORD = 75
_FRAME = len("=?utf-8?b??=")
_PRINTABLE = re.compile(r"[ -~]*")
_MACHINE = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text(name: str, value: str) -> bytes:
    """A field that people read, such as Subject: whatever the value, decoded it is the same text in one line."""
    return _folded(name, _text_words(one_line(value), _LINE - len(name) - 2))


def machine(name: str, value: str) -> bytes:
    """A field that programs read: folded at blanks only, never encoded. Raises ValueError unless it is plain ASCII."""
    if not _MACHINE.fullmatch(value):
        raise ValueError(f"{name}: {value!r} cannot stand in a header")
    return _folded(name, value.split(" "))


def mailbox(name: str, address: Address) -> bytes:
    """A field with one address and, where there is one, the name to show (RFC 5322 §3.4)."""
    spec = address.addr_spec
    if not re.fullmatch(r"[!-~]+@[!-~]+", spec):
        raise ValueError(f"{name}: {spec!r} cannot stand in a header")
    return named(name, address.display_name, spec)


def named(name: str, phrase: str, inside: str) -> bytes:
    """A field with a phrase and something in angle brackets: From, To, List-Id (RFC 2919)."""
    phrase = one_line(phrase)
    if not _MACHINE.fullmatch(inside) or "<" in inside or ">" in inside:
        raise ValueError(f"{name}: {inside!r} cannot stand in a header")
    if not phrase:
        return _folded(name, [inside if "@" in inside else f"<{inside}>"])
    room = _LINE - len(name) - 2
    if not _PRINTABLE.fullmatch(phrase) or "=?" in phrase or max(map(len, phrase.split())) > room - 2:
        words = list(_encoded(phrase, room))
    elif _ATOMS.fullmatch(phrase):
        words = phrase.split(" ")
    else:
        words = ('"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"').split(" ")
    return _folded(name, [*words, f"<{inside}>"])


def date(moment: datetime) -> bytes:
    """The Date field, always `+0000`: `-0000` would mean that nobody knows the zone (RFC 5322 §3.3)."""
    at = moment.astimezone(UTC)
    day = f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at.year:04}"
    return machine("Date", f"{day} {at:%H:%M:%S} +0000")


def _text_words(value: str, room: int) -> Iterable[str]:
    plain = value.split(" ")
    if _PRINTABLE.fullmatch(value) and "=?" not in value and max(map(len, plain)) < min(room, _WORD):
        return plain
    return _encoded(value, room)


def _encoded(value: str, room: int) -> Iterator[str]:
    """Encoded words, each of whole characters; the first at most `room` long (RFC 2047 §5)."""
    raw = value.encode()
    quoted = sum(byte not in _Q_SAFE for byte in raw) * 3 < len(raw)
    chunk, length, limit = b"", 0, min(room, _WORD) - _FRAME
    for character in value:
        piece = character.encode()
        longer = length + (sum(1 if byte in _Q_SAFE or byte == 0x20 else 3 for byte in piece) if quoted else len(piece))
        if longer > (limit if quoted else limit // 4 * 3):
            yield _encoded_word(chunk, quoted)
            chunk, length, limit = b"", 0, _WORD - _FRAME
            longer = sum(1 if b in _Q_SAFE or b == 0x20 else 3 for b in piece) if quoted else len(piece)
        chunk, length = chunk + piece, longer
    yield _encoded_word(chunk, quoted)


def _encoded_word(chunk: bytes, quoted: bool) -> str:
    if not quoted:
        return f"=?utf-8?b?{base64.b64encode(chunk).decode()}?="
    written = "".join("_" if b == 0x20 else chr(b) if b in _Q_SAFE else f"={b:02X}" for b in chunk)
    return f"=?utf-8?q?{written}?="


def _folded(name: str, words: Iterable[str]) -> bytes:
    """The words with a blank between, or a line break and a blank where the line would become too long."""
    lines, line = [], f"{name}:"
    for number, word in enumerate(words):
        if number and len(line) + 1 + len(word) > _LINE:  # never right after the colon: some readers lose such a field
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line, ""]).encode("ascii")
