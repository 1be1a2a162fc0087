"""Plain strings: cleaned, measured, compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    r"\u06df-\u06e8\u06ea-\u06ed\u0900-\u0963\u0971-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    r"\u0f71-\u0f84\u102b-\u103e\u1056-\u1059\u105e-\u108d\u17b4-\u17d3"
)
"""Accents and vowel signs: they stand within words, and Python's own pattern for letters knows none of them."""
_WORD = re.compile(rf"[\w{_MARKS}]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_SOUTHERN = re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u108f\u1780-\u17d3]")
"""Thai, Lao, Burmese, Khmer."""
_CJK_LEADS, _SOUTHERN_LEADS = bytes(range(0xE3, 0xF0)), b"\xe0\xe1"
"""What a character of these begins with in UTF-8."""
_WORDS_OF_ASCII = bytes(ord(chr(c).lower()) if chr(c).isalnum() or c == ord("_") else ord(" ") for c in range(128))
_WORDS_OF_ASCII = _WORDS_OF_ASCII.ljust(256)
"""Words in lower case with blanks between: bytes are translated in a third of the time that a pattern takes."""
_INDISCREET = (
    (re.compile(r"(?<=://)[^/\s@]+(?=@)"), "…"),
    (re.compile(r"/(address|confirm|desk|preferences|private|unsubscribe)/[^/\s\"'<>?]+"), r"/\1/…"),
    (re.compile(r"\b(token|password|secret)=[^&\s\"'<>]+", re.IGNORECASE), r"\1=…"),
    (re.compile(r"\b(Bearer|Basic) [\w.~+/=-]{8,}", re.IGNORECASE), r"\1 …"),
    (re.compile(r"(?<![a-z0-9])[a-z2-7]{36}(?![a-z0-9])"), "…"),  # a token of ours, wherever it stands
    (re.compile(r'"[^"\n]{0,64}"@((?:[\w-]+\.)+[\w-]+)'), r"…@\1"),
    # Not begun within a word: a long one without an @ would be read from each of its letters to its end.
    (re.compile(r"(?<![\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]+@((?:[\w-]+\.)+[\w-]+)"), r"…@\1"),
)
"""What is cut out of logs, and what stands in its place."""


def xml_safe(text: str) -> str:
    """The text without what XML 1.0 §2.2 forbids: control characters, lone surrogates, U+FFFE."""
    return _NOT_XML.sub("", text)


def one_line(text: str) -> str:
    """The text in one line: every run of white space one blank, none at the ends, and XML-safe."""
    return _SPACE.sub(" ", xml_safe(text)).strip()


def count_words(text: str) -> int:
    """How many words a reader would count.

    In scripts without blanks two characters make a word, five in those that spell: Thai, Lao, Burmese, Khmer.
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) == len(text):
        return len(raw.translate(_WORDS_OF_ASCII).split())
    words = 0
    for leads, script, length in ((_CJK_LEADS, _CJK, 2), (_SOUTHERN_LEADS, _SOUTHERN, 5)):
        if len(raw.translate(None, leads)) < len(raw):
            text, found = script.subn(" ", text)
            words += (found + length - 1) // length
    return words + len(_WORD.findall(text))


def normalised(text: str) -> str:
    """What two texts have in common when only case, accents' encoding, punctuation and space differ."""
    return " ".join(words(text if text.isascii() else unicodedata.normalize("NFKC", text).casefold()))


def words(text: str) -> list[str]:
    """The words, in lower case."""
    if text.isascii():
        return text.encode().translate(_WORDS_OF_ASCII).decode().split()
    return _WORD.findall(text.lower())


def is_said(text: str, plain: str, count: int) -> bool:
    """Whether a text of so many words says what a normalised one does; most are seen to differ by their length."""
    if text.isascii() and count != plain.count(" ") + 1:
        return False
    return normalised(text) == plain


def fingerprint(text: str) -> int:
    """A signed 64-bit hash of the normalised text; the same on every machine and in every run."""
    return int.from_bytes(hashlib.blake2b(normalised(text).encode(), digest_size=8).digest(), "big", signed=True)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word's end, with an ellipsis where something was cut."""
    begins = one_line(text[: 2 * limit])
    text = begins if len(begins) > limit else one_line(text)
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    at = cut.rfind(" ")
    if at > limit * 0.6:
        cut = cut[:at]
    return cut.rstrip(" ,;:–—-") + "…"


def slugify(text: str, fallback: str = "untitled") -> str:
    """Lower-case ASCII letters, digits and hyphens: what stands in a URL or a file name."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-") or fallback


def discreet(text: str) -> str:
    """The text as it may stand in a log: without what names a person or opens a door.

    Of a mail address the part before the @ is left out (`…@example.org`), of a URL its user and password, of our own
    links the token, and whatever has a token's shape or is told as a password or token.
    """
    for pattern, instead in _INDISCREET:
        text = pattern.sub(instead, text)
    return text
