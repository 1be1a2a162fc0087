"""Plain strings: cleaned, measured, compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_CJK_LEADS = bytes(range(0xE3, 0xF0))
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
    """How many words a reader would count; in scripts without blanks two characters make a word."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) == len(text):
        return len(raw.translate(_WORDS_OF_ASCII).split())
    if len(raw.translate(None, _CJK_LEADS)) == len(raw):
        return len(_WORD.findall(text))
    ideographs = len(_CJK.findall(text))
    return len(_WORD.findall(_CJK.sub(" ", text))) + (ideographs + 1) // 2


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
