"""What stands on other pages of the same site is no part of this article."""

from __future__ import annotations

from collections.abc import Sequence

from chaffinch.model import Block, Repeats, Verdict
from chaffinch.text import fingerprint

WITNESSES = 2
"""Other pages that must hold a block before it is dropped for it."""
_MOST = 0.5
_FEW = 0.3
"""The most of a page's running text that repetition alone may take."""
_STOPS = frozenset(".!?…。！？؟۔")
_CLOSERS = "\"'”’»)]"
_LONG = 12


def verdicts(blocks: Sequence[Block], repeats: Repeats) -> list[tuple[Verdict, str] | None]:
    """BOILERPLATE for blocks that at least two other pages hold.

    `repeats` may count this page too, so a block needs one witness more. A long sentence that ends in a full stop is
    an agency's background paragraph unless most pages of the site have it.
    """
    none: list[tuple[Verdict, str] | None] = [None] * len(blocks)
    if repeats.pages <= WITNESSES or not repeats.counts:
        return none
    found = list(none)
    for at, block in enumerate(blocks):
        count = repeats.counts.get(fingerprint(block.text), 0) if block.words else 0
        if count > WITNESSES and (not is_sentence(block) or count > max(WITNESSES, _MOST * repeats.pages)):
            found[at] = (Verdict.BOILERPLATE, f"stands on {count} of {repeats.pages} pages of this source")
    prose = sum(block.words for block in blocks if is_sentence(block))
    taken = sum(block.words for block, verdict in zip(blocks, found, strict=True) if verdict and is_sentence(block))
    if taken > _FEW * prose:
        return [verdict if not is_sentence(block) else None for block, verdict in zip(blocks, found, strict=True)]
    return found


def is_sentence(block: Block) -> bool:
    """Whether it is running text: more than twelve words, few of them links, a full stop at the end."""
    if block.words <= _LONG or block.linked_words >= block.words / 2:
        return False
    return block.text.rstrip(_CLOSERS)[-1:] in _STOPS
