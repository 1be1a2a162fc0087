"""The headline of a plain text is looked for once more when it is known where the article begins.

Menus and banners of a whole page have longer lines than many a headline. What stands above the first paragraph that is
surely the article's, and speaks of what the article speaks of, is more likely one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from chaffinch.extract import by_lines
from chaffinch.model import Block, Verdict
from chaffinch.text import normalised

_SURE = 0.9
"""The chance from which on a paragraph is surely the article's."""
_FOLLOWING = 8
_MOSTLY = 0.7
"""Share of the words in so many lines from there on that are kept."""
_ABOVE = 40
"""Lines above the article in which its headline may stand."""
_TOPICAL = 4
"""Letters of a word that may tell what a text is about; it must stand in two paragraphs."""
_WORDS = range(2, 26)
_TOLD = 3
"""What it is worth that Markdown calls a line a heading of the first level, where there are several."""
_ENOUGH = 9
_LEAST = 1e-4


def found(blocks: Sequence[Block], read: by_lines.Read, judged: Sequence[tuple[Verdict, str]],
          scores: Sequence[float | None]) -> str:  # fmt: skip
    """The title: a line above the article's beginning, or what was read already where no better one stands there.

    Where Markdown tells of one heading of the first level, it is that.
    """
    shapes = [by_lines.shape_of(block.text, block.words, "list" in block.marks) for block in blocks]
    kept = [verdict is Verdict.CONTENT for verdict, _ in judged]
    prose = [at for at, shape in enumerate(shapes) if shape == "prose" and kept[at]]
    if told := _told(blocks, max(prose, default=0)):
        return told
    begin = next((at for at in prose if (scores[at] or 0) >= _SURE and _goes_on(blocks, kept, at)), 0)
    topic = Counter(word for at in prose for word in set(normalised(blocks[at].text).split()) if len(word) >= _TOPICAL)
    best, most = read.title, -math.inf
    for at in range(max(0, begin - _ABOVE), begin):
        block, score, shape = blocks[at], scores[at], shapes[at]
        if score is None or block.words not in _WORDS or not by_lines.may_be_headline(block.text, shape):
            continue
        asks = block.text.endswith("?")
        if shape == "prose" and not asks:
            continue
        chance = min(max(score, _LEAST), 1 - _LEAST)
        words = [word for word in normalised(block.text).split() if len(word) >= _TOPICAL]
        worth = (
            min(block.words, _ENOUGH) / 3
            + 3 * sum(topic[word] > 1 for word in words) / (len(words) or 1)
            + math.log(chance / (1 - chance)) / 8
            - 1.5 * (shape == "sentence" and not asks)
            - (begin - at) / 20
            + _TOLD * (block.tag == "h1")
        )
        if worth > most:
            best, most = block.text, worth
    return by_lines.as_title(best)


def _told(blocks: Sequence[Block], last: int) -> str:
    """The only heading of the first level above the last line of prose; one that is a link may be the site's name."""
    heads = [block for block in blocks[:last] if block.tag == "h1" and block.words <= _WORDS.stop]
    is_one = len({normalised(head.text) for head in heads}) == 1 and not heads[0].linked_words
    return by_lines.as_title(heads[0].text) if is_one else ""


def _goes_on(blocks: Sequence[Block], kept: Sequence[bool], at: int) -> bool:
    """Whether the article goes on from there, and it is no lone sentence in a menu."""
    near = range(at, min(at + _FOLLOWING, len(blocks)))
    return sum(blocks[n].words for n in near if kept[n]) >= _MOSTLY * sum(blocks[n].words for n in near)
