"""How far a line speaks of what the text's prose speaks of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block

_TOKEN = re.compile(r"[^\W\d_]{4,}")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2}")
_STEM = 6
"""Letters that are compared: endings differ by case and number."""
_CHARACTERS = 4000
"""Of a line; a longer one says the same again."""
COLUMNS = ("topic", "topic_near", "topic_words")


def rows(blocks: Sequence[Block]) -> NDArray[np.float32]:
    """For each line: the share of its longer words that other prose says, that the prose next to it says; how many."""
    said = [_stems(block.text) for block in blocks]
    is_prose = [is_sentence(block) for block in blocks]
    spoken = Counter(stem for stems, prose in zip(said, is_prose, strict=True) if prose for stem in stems)
    before = _nearest(said, is_prose)
    behind = _nearest(said[::-1], is_prose[::-1])[::-1]
    found = np.zeros((len(blocks), len(COLUMNS)), dtype=np.float32)
    for at, (stems, prose) in enumerate(zip(said, is_prose, strict=True)):
        if stems:
            found[at, 0] = sum(spoken[stem] > prose for stem in stems) / len(stems)
            found[at, 1] = len(stems & (before[at] | behind[at])) / len(stems)
            found[at, 2] = np.log1p(len(stems)) / 2
    return found


def _stems(text: str) -> frozenset[str]:
    """The beginnings of longer words; of scripts without blanks, pairs of characters."""
    text = text[:_CHARACTERS]
    if text.isascii():
        return frozenset(word[:_STEM] for word in _TOKEN.findall(text.lower()))
    folded = text.casefold()
    wide = (folded[at : at + 2] for at in range(len(folded) - 1) if _WIDE.match(folded, at))
    return frozenset([*(word[:_STEM] for word in _TOKEN.findall(folded)), *wide])


def _nearest(said: Sequence[frozenset[str]], is_prose: Sequence[bool]) -> list[frozenset[str]]:
    """For each line the stems of the last prose line before it."""
    last: frozenset[str] = frozenset()
    found = []
    for stems, prose in zip(said, is_prose, strict=True):
        found.append(last)
        last = stems if prose else last
    return found
