"""What a site repeats on its pages is learned from outlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from chaffinch.model import Block, Outline, Repeats
from chaffinch.text import fingerprint

_SAME = 0.8
"""Pages that share more of their blocks than this are one page seen twice, and one witness."""


def outlined(url: str, blocks: Sequence[Block]) -> Outline:
    """The page's blocks as fingerprints, each block once."""
    return Outline(url, tuple(dict.fromkeys(fingerprint(block.text) for block in blocks if block.words)))


def learned(outlines: Iterable[Outline]) -> Repeats:
    """How many pages hold each block, for blocks on two pages or more; near-duplicates count as one page."""
    witnesses: list[frozenset[int]] = []
    for outline in outlines:
        blocks = frozenset(outline.fingerprints)
        if blocks and not any(_alike(blocks, other) for other in witnesses):
            witnesses.append(blocks)
    counts = Counter(block for blocks in witnesses for block in blocks)
    return Repeats(len(witnesses), {block: count for block, count in counts.items() if count > 1})


def _alike(one: frozenset[int], other: frozenset[int]) -> bool:
    small, large = sorted((len(one), len(other)))
    return small > _SAME * large and len(one & other) > _SAME * large
