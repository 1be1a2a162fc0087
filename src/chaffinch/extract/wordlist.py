"""A line's words become the numbers that a model knows them by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from zlib import crc32

_TOKEN = re.compile(r"[^\W\d_]+|\d+|[\u3040-\u30ff\u3400-\u9fff]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_HEAD = 24
_TAIL = 8
"""Words at a line's ends that are looked at; the midst of a long line says the same again."""
_CHARACTERS = 1000


def terms(text: str) -> Iterator[str]:
    """Words, pairs of neighbours, and what the line begins and ends with; every number is 0, 00, 000 or 0000."""
    lower = text if len(text) <= 2 * _CHARACTERS else f"{text[:_CHARACTERS]} {text[-_CHARACTERS:]}"
    words = [word if not word.isdigit() else "0" * min(len(word), 4) for word in _TOKEN.findall(_spaced(lower.lower()))]
    if not words:
        return
    if len(words) > _HEAD + _TAIL:
        words = [*words[:_HEAD], *words[-_TAIL:]]
    yield from words
    yield f"^{words[0]}"
    yield f"{words[-1]}$"
    yield from map(" ".join, pairwise(words))


def numbers(text: str, known: Mapping[int, int]) -> list[int]:
    """The numbers of those terms that are known; `known` maps `key(term)` to them."""
    return [number for term in terms(text) if (number := known.get(key(term))) is not None]


def key(term: str) -> int:
    """A 32-bit hash, the same on every machine and in every run."""
    return crc32(term.encode())


def _spaced(text: str) -> str:
    """Scripts without blanks have every character for a word."""
    return text if text.isascii() else _WIDE.sub(lambda found: f" {found[0]} ", text)
