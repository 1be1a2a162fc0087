"""A page's bytes become text, whatever they claim to be.

The order is the one browsers use: byte order mark, transport, the page's own word, a guess. A claim is
believed only where the bytes bear it out.
"""

from __future__ import annotations

import codecs
import re

_GUESS_FROM = 64 * 1024
"""Bytes a guess is made from: more costs time and changes nothing."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_WIDER = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-11": "cp874",
    "iso8859-9": "cp1254",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
}
"""What pages mean when they say so (WHATWG Encoding Standard, section 4.2)."""

_TEXT_CODECS = re.compile(
    r"utf[-_](8|16|32)([-_](le|be))?|cp\d+|iso8859-\d+|koi8[-_][rut]|big5hkscs|gb18030|euc_jp|iso2022_jp|hz|johab"
    r"|mac[-_]\w+|tis-620|ptcp154|euc_jis_2004|shift_jis_2004"
)
"""Only these: Python's codecs also hold zip, base64 and others that are no character sets."""

_CLAIM = re.compile(
    rb"""(?:<meta[^>]{0,300}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w:.-]{2,40})""", re.IGNORECASE
)
_WINDOWS = re.compile(rb"[\x80-\x9f]")
_SINGLE_BYTE = re.compile(r"cp125\d|iso8859-\d+|koi8|mac|cp874")


def decode(body: bytes, transport: str | None = None) -> str:
    """The body as text, without byte order mark and NULs. Never raises: bytes that fit nothing become U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _plain(body[len(mark) :].decode(name, "replace"))
    wide = _without_mark(body)
    if wide:
        return _plain(body.decode(wide, "replace"))
    claims = [known(said) for said in (transport, claimed(body)) if said]
    for claim in claims:
        if claim and _borne_out(body, claim):
            return _plain(body.decode(claim, "replace"))
    return _plain(body.decode(_guessed(body), "replace"))


def claimed(body: bytes) -> str | None:
    """The character set that the page names in its first 4 KB (HTML 13.2.3.2, XML 1.0 section 4.3.3)."""
    found = _CLAIM.search(body, 0, 4096)
    return found[1].decode("ascii") if found else None


def known(claim: str) -> str | None:
    """The codec that is meant by a claim, or None where there is no such character set."""
    try:
        found = codecs.lookup(claim.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    name: str = _WIDER.get(found, found)
    if not _TEXT_CODECS.fullmatch(name):
        return None
    # EBCDIC fits all bytes, and no page on the web is in it: what says so is in ASCII, or nobody could read that.
    return name if name.startswith(("utf-16", "utf-32")) or "<html>".encode(name, "replace") == b"<html>" else None


def _borne_out(body: bytes, name: str) -> bool:
    if name.startswith(("utf-16", "utf-32")):
        return False  # such a body has NULs, which were looked for; the claim is a slip (HTML 13.2.3.2)
    if _SINGLE_BYTE.match(name):
        # Almost any bytes fit a single-byte set, almost no text but UTF-8 fits UTF-8: then the claim is wrong.
        return body.isascii() or not _fits(body, "utf-8")
    if name == "utf-8" and _fits(body, name):
        return True
    sample = body[: 16 * _GUESS_FROM]
    broken = sample.decode(name, "replace").count("\ufffd")
    return broken * 200 <= len(sample) - len(sample.translate(None, bytes(range(128, 256)))) + 200


def _fits(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(body: bytes) -> str | None:
    head = body[:2000]
    if len(head) < 4 or head.count(0) * 5 < len(head):
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else None


def _guessed(body: bytes) -> str:
    if _fits(body, "utf-8"):
        return "utf-8"
    from charset_normalizer import from_bytes  # slow to import, rarely needed

    best = from_bytes(body[:_GUESS_FROM], steps=5, chunk_size=512, enable_fallback=False).best()
    name = known(best.encoding) if best else None
    name = name or "cp1252"
    # The sign ¤ stands in no text; where Windows' own signs are lacking too, € was meant.
    return "iso8859-15" if name == "cp1252" and b"\xa4" in body and not _WINDOWS.search(body) else name


def _plain(text: str) -> str:
    return text.replace("\x00", "")
