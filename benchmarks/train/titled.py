"""Which lines of a text say what people noted as its title.

Some noted the headline, some the window's title, so that lines count which say nearly the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

import numpy as np

from chaffinch.model import Block
from chaffinch.text import normalised

_ALIKE = 0.85
_SHORTEST = 4
"""Letters; a shorter title must be the same."""
_FOUND = 3
"""Of a line and a title of which one holds the other, the longer must not be more than so many times as long."""
_MOST_WORDS = 45
"""Of a line that may be one."""


def is_same(line: str, noted: str) -> bool:
    """Whether a line is the title that people noted, or nearly."""
    ours, theirs = normalised(line), normalised(noted)
    if len(ours) < _SHORTEST or len(theirs) < _SHORTEST:
        return bool(ours) and ours == theirs
    if ours in theirs or theirs in ours:
        return max(len(ours), len(theirs)) <= _FOUND * min(len(ours), len(theirs))
    alike = SequenceMatcher(a=ours, b=theirs)
    return alike.real_quick_ratio() > _ALIKE and alike.quick_ratio() > _ALIKE and alike.ratio() > _ALIKE


def among(blocks: Sequence[Block], noted: str, told: Collection[str] = ()) -> np.ndarray:
    """1 for each line that is the title, or that is `told` to be, 0 for others; -1 for all where no title is known."""
    if not noted and not told:
        return np.full(len(blocks), -1)
    return np.array(
        [
            block.text in told or (bool(noted) and block.words <= _MOST_WORDS and is_same(block.text, noted))
            for block in blocks
        ],
        dtype=int,
    )
