"""The lines of a plain text that stand beside its headline.

A day or a name there is of the article; elsewhere in a dump it may be of anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chaffinch.model import Block, Verdict

_ABOVE = 3
_BELOW = 14
"""Lines, of which the paragraphs of running text are not counted."""
_PARAGRAPHS = 2
_PARAGRAPH = 25
"""Words."""
_REACH = 25
"""Lines below a headline of which the text must be, where it stands several times."""
_HEADS = 50


class Near(NamedTuple):
    """A line beside the headline, or beside the text's beginning where no line is the headline."""

    at: int
    """Its place among the blocks."""
    offset: int
    """How many lines it is below the headline, less than 0 above."""
    paragraphs: int
    """Of running text between it and the headline."""
    text: str


def lines(blocks: Sequence[Block], titled: Sequence[int]) -> list[Near]:
    """The lines near the headline in their order; `titled` are the places of all lines that say it."""
    heads = titled[:_HEADS]
    if not heads:
        begin = next((at for at, block in enumerate(blocks) if _is_paragraph(block)), 0)
        return [Near(at, at - begin, 0, blocks[at].text) for at in range(max(0, begin - _ABOVE), begin)]
    head = max(heads, key=lambda at: _kept(blocks[at + 1 : at + 1 + _REACH]))
    above: list[Near] = []
    for at in range(head - 1, max(-1, head - 1 - _ABOVE), -1):
        if _is_paragraph(blocks[at]):
            break
        above.append(Near(at, at - head, 0, blocks[at].text))
    below: list[Near] = []
    paragraphs = counted = 0
    for at in range(head + 1, len(blocks)):
        if counted >= _BELOW or paragraphs > _PARAGRAPHS:
            break
        if blocks[at].words > _PARAGRAPH:
            paragraphs += 1
            continue
        counted += 1
        below.append(Near(at, counted, paragraphs, blocks[at].text))
    return [*reversed(above), *below]


def behind(blocks: Sequence[Block], most: int) -> list[Near]:
    """The few lines behind the text."""
    last = max((at for at, block in enumerate(blocks) if _is_paragraph(block)), default=len(blocks))
    return [Near(at, at - last, 0, blocks[at].text) for at in range(last + 1, min(len(blocks), last + 1 + most))]


def _is_paragraph(block: Block) -> bool:
    return block.words > _PARAGRAPH and block.verdict is Verdict.CONTENT


def _kept(blocks: Sequence[Block]) -> int:
    return sum(block.words for block in blocks if block.verdict is Verdict.CONTENT)
