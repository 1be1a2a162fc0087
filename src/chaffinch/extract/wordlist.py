"""A line's words become the numbers that a model knows them by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from zlib import crc32

key = crc32
"""A term's 32-bit hash, the same on every machine and in every run."""

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[\u3040-\u30ff\u3400-\u9fff]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_ASCII_TOKEN = re.compile(rb"[a-z]+|[0-9]+")
_ASCII_DIGIT = re.compile(rb"[0-9]")
_LETTERS_OR_BLANKS = bytes(ord(chr(c).lower()) if chr(c).isalpha() else ord(" ") for c in range(128)).ljust(256)
"""A table that makes capitals small and all but letters blanks."""
_HEAD = 24
_TAIL = 8
"""Words at a line's ends that are looked at; the midst of a long line says the same again."""
_CHARACTERS = 1000


def terms(text: str) -> list[bytes]:
    """Words, what the line begins and ends with, and pairs of neighbours, in UTF-8; every number is 0, 00, 000 or 0000.

    Scripts without blanks have every character for a word.
    """
    words = _words(text if len(text) <= 2 * _CHARACTERS else f"{text[:_CHARACTERS]} {text[-_CHARACTERS:]}")
    if not words:
        return []
    if len(words) > _HEAD + _TAIL:
        words = [*words[:_HEAD], *words[-_TAIL:]]
    return [*words, b"^" + words[0], words[-1] + b"$", *map(b" ".join, pairwise(words))]


def numbers(text: str, known: Mapping[int, int]) -> list[int]:
    """The numbers of those terms that are known; `known` maps `key(term)` to them."""
    return [number for number in map(known.get, map(key, terms(text))) if number is not None]


def _words(text: str) -> list[bytes]:
    """The words in lower case, in UTF-8; every number is 0, 00, 000 or 0000."""
    if not text.isascii():
        lower = _WIDE.sub(lambda found: f" {found[0]} ", text.lower())
        return [b"0000"[: len(word)] if word.isdigit() else word.encode() for word in _TOKEN.findall(lower)]
    raw = text.encode()  # most texts are ASCII without digits: cut so they take a third of the time
    if not _ASCII_DIGIT.search(raw):
        return raw.translate(_LETTERS_OR_BLANKS).split()
    return [b"0000"[: len(word)] if word.isdigit() else word for word in _ASCII_TOKEN.findall(raw.lower())]
