"""The lines of a text that stand beside its headline.

A day or a name there is of the article; elsewhere in a dump it may be of anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chaffinch.model import Block, Verdict

_ABOVE = 3
_BELOW = 14
"""Lines around the headline, paragraphs of running text aside."""
_PARAGRAPHS = 2
"""Paragraphs that may stand between."""
_PARAGRAPH = 25
"""Words; a line of more is one."""
_SENTENCE = 12
"""Words of a line that was kept, behind which comments and lists of other articles are not the headline's."""
_OTHERS = frozenset(("phrase: comment", "phrase: popular", "phrase: related"))
_REACH = 25
"""Lines below a headline that tell, where it stands several times, which one the text is below."""
_HEADS = 50
"""The most places of a headline that are looked at."""
_BEHIND = 4
"""Lines behind the text."""


class Near(NamedTuple):
    """A line beside the headline, or beside the text's beginning where no line is the headline."""

    at: int
    """Its place among the blocks."""
    offset: int
    """How many lines it is below the headline, less than 0 above."""
    paragraphs: int
    """Of running text between it and the headline."""
    text: str


def lines(blocks: Sequence[Block]) -> list[Near]:
    """The lines near the headline in their order; where several say it, near the one that the text is below."""
    heads = [at for at, block in enumerate(blocks) if block.reason == "the title"][:_HEADS]
    if not heads:
        begin = next((at for at, block in enumerate(blocks) if _is_paragraph(block)), 0)
        return [Near(at, at - begin, 0, blocks[at].text) for at in range(max(0, begin - _ABOVE), begin)]
    head = max(heads, key=lambda at: _kept(blocks[at + 1 : at + 1 + _REACH]))
    return [*_above(blocks, head), *_below(blocks, head)]


def behind(blocks: Sequence[Block]) -> list[Near]:
    """The first lines behind the text."""
    last = max((at for at, block in enumerate(blocks) if _is_paragraph(block)), default=len(blocks))
    return [Near(at, at - last, 0, blocks[at].text) for at in range(last + 1, min(len(blocks), last + 1 + _BEHIND))]


def _above(blocks: Sequence[Block], head: int) -> list[Near]:
    begin = max(0, head - _ABOVE)
    last = max((at for at in range(begin, head) if _is_paragraph(blocks[at])), default=begin - 1)
    return [Near(at, at - head, 0, blocks[at].text) for at in range(last + 1, head)]


def _below(blocks: Sequence[Block], head: int) -> Iterator[Near]:
    paragraphs = counted = 0
    has_begun = False
    for at in range(head + 1, len(blocks)):
        if counted >= _BELOW or paragraphs > _PARAGRAPHS or (has_begun and blocks[at].reason in _OTHERS):
            break
        has_begun |= blocks[at].words > _SENTENCE and blocks[at].verdict is Verdict.CONTENT
        if blocks[at].words > _PARAGRAPH:
            paragraphs += 1
        else:
            counted += 1
            yield Near(at, counted, paragraphs, blocks[at].text)


def _is_paragraph(block: Block) -> bool:
    return block.words > _PARAGRAPH and block.verdict is Verdict.CONTENT


def _kept(blocks: Sequence[Block]) -> int:
    return sum(block.words for block in blocks if block.verdict is Verdict.CONTENT)
