"""What tells a headline from other lines of a plain text, as one row of numbers.

What a line looks like, where it stands, what stands around it, and whether the article speaks of what it speaks of. The
same function serves training and use: whatever changes the rows wants the network trained anew.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import by_lines, dates, topic
from chaffinch.model import Block
from chaffinch.text import normalised

Rows = NDArray[np.float32]

MOST_WORDS = 35
"""Of a headline."""
AGAIN = 120
"""First lines of a text in which a headline may stand again."""
_LEAST = 1e-4
"""The chance as which a smaller one counts."""
_HEAD = 300
"""Characters of a line that are looked at."""
_HEARD = 400
"""Lines of the text that tell what it speaks of."""
_BESIDE = (-2, -1, 1, 2, 3)
"""Lines beside a candidate that are looked at, by how far they stand below it."""
_KINDS = (("byline", "date"), ("prose",), ("short", "phrase", "parted"))
"""Shapes that are told apart there."""
_DATED = 14
"""The most words of a line that may tell a day."""
_RANKED = 3
"""The fewest words of a line that is counted among those like a headline."""
_LINKED = 0.5
"""The share of words that are links in a line that is one."""
_LINE_ENDS = (".", ("?", "？", "؟"), "!", (":", "："), ("…", "..."))
SHAPES = ("prose", "sentence", "item", "parted", "headline", "short")
"""Of lines that may be the headline."""
_COUNTS = ((1, 1), (2, 2), (3, 3), (4, 6), (7, 12), (13, 18), (19, MOST_WORDS))
"""Words: from, to."""
_OF_PICTURE = re.compile(
    r"\b(?:photo|picture|image|illustration|graphic|credit|courtesy|getty|reuters|foto|bild|grafik|crédit|imagen|imagem"
    r"|fotograf|zdj|rys|фото|иллюстрация|görsel|عکس|صورة|تصوير)|写真|図[:：/／]|[图圖攝摄](?:片|[:：/／])|사진",
    re.IGNORECASE,
)
"""What a caption says."""
_LOOKS = (
    re.compile(r"^[\[(（【].*[\])）】]$"), re.compile(r"\[\d+\]|\[\w+\.\w+\]|\[IMG"), re.compile(r"^[\"“„«‘『「']"),
    re.compile(r"\w[:：]\s?\S"), re.compile(r"https?:|www\.|\w@\w"), re.compile(r"^[#@►▶•·>›+\-*]"),
    re.compile(r"\s[|·•/»>›]\s| {3,}"), re.compile(r"[-–—]\s\S"), re.compile(r"\d{1,2}:\d\d"), re.compile(r"^\W*\d"),
    re.compile(r"[$€£¥%]"),
)  # fmt: skip
"""Brackets around the line, marks of links, an opening quote, a label, an address, a bullet, bars, a dash, a time, a
number in front, a price."""


def rows(blocks: Sequence[Block], shapes: Sequence[str], read: by_lines.Read, scores: Sequence[float | None],
         likely: Sequence[float], places: Sequence[int], begin: int) -> Rows:  # fmt: skip
    """One row of numbers for each candidate of a text that begins at `begin`, in the order in which they were learned.

    What they are divided by keeps them about 1.
    """
    last = max(places[-1], begin) + 1
    text = _Text(
        blocks,
        shapes,
        begin,
        said=[normalised(block.text[:_HEAD]) for block in blocks[:AGAIN]],
        dated=[_is_dated(block) for block in blocks[: last + max(_BESIDE)]],
        spoken=topic.rows(blocks[: max(_HEARD, last)]).tolist(),
        likely=likely,
        rivals=sorted(likely[at] for at in places)[-2:],
        chances=[_log_odds(score) for score in scores[: last + max(_BESIDE)]],
    )
    ranked = [at for at in places if shapes[at] in ("headline", "sentence") and blocks[at].words >= _RANKED]
    known = normalised(read.title)
    return np.array(
        [
            (
                *text.standing(at), *text.shape(at), *text.said_again(at),
                *text.meaning(at, known, ranked), *text.surroundings(at), *text.looks(at), *text.heard(at),
            )
            for at in places
        ],
        dtype=np.float32,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Text:
    """A text whose candidates are described."""

    blocks: Sequence[Block]
    shapes: Sequence[str]
    begin: int
    said: Sequence[str]
    """Of its first lines what they say, normalised."""
    dated: Sequence[bool]
    """Of the lines above the article whether a day stands in them."""
    spoken: Sequence[Sequence[float]]
    """How far the article speaks of what they speak of (`topic`)."""
    likely: Sequence[float]
    """How likely the line model holds each line the headline."""
    rivals: Sequence[float]
    """The two likeliest of the candidates, or the only one."""
    chances: Sequence[float]
    """How sure the line model is that they are the article's."""

    def standing(self, at: int) -> tuple[float, ...]:
        """Where the line stands, and how sure the line model is of it."""
        above = math.log1p(max(0, self.begin - at)) / 4
        return (
            math.log1p(at) / 4, at == 0, above, at == self.begin - 1, at >= self.begin, max(0, at - self.begin) / 4,
            min(1.0, at / (self.begin or 1)), math.log1p(len(self.blocks)) / 6, math.log1p(self.begin) / 4,
            self.chances[at],
        )  # fmt: skip

    def shape(self, at: int) -> tuple[float, ...]:
        """How long the line is, what it looks like, and how it ends."""
        words, text = self.blocks[at].words, self.blocks[at].text[:_HEAD]
        return (
            *(low <= words <= high for low, high in _COUNTS), *(self.shapes[at] == one for one in SHAPES),
            *(text.endswith(end) for end in _LINE_ENDS), text[-1:].isdigit(),
        )  # fmt: skip

    def said_again(self, at: int) -> tuple[float, ...]:
        """Whether another line says the same, or nearly."""
        plain = normalised(self.blocks[at].text[:_HEAD])
        others = [other for n, other in enumerate(self.said) if n != at]
        return bool(plain) and plain in others, any(by_lines.alike(plain, other) for other in others)

    def meaning(self, at: int, known: str, ranked: Sequence[int]) -> tuple[float, ...]:
        """Whether the article speaks of it, what Markdown and the rules call it, and how many lines are like it."""
        block = self.blocks[at]
        plain = normalised(block.text[:_HEAD])
        return (
            *self.spoken[at], block.tag == "h1", block.tag in ("h2", "h3"),
            block.linked_words > _LINKED * (block.words or 1), bool(plain) and plain == known,
            math.log1p(sum(n < at for n in ranked)) / 2, math.log1p(sum(n > at for n in ranked)) / 2,
        )  # fmt: skip

    def surroundings(self, at: int) -> tuple[float, ...]:
        """What the lines beside it are: a day, a byline, prose, a short line; and how long."""
        near = [at + step if 0 <= at + step < len(self.blocks) else -1 for step in _BESIDE]
        before, behind = near[1], near[2]
        return (
            *(0 <= n < len(self.dated) and self.dated[n] for n in near), self.dated[at],
            *(n >= 0 and self.shapes[n] in kinds for kinds in _KINDS for n in near), before < 0,
            *(self.chances[n] if 0 <= n < len(self.chances) else 0.0 for n in near),
            math.log1p(self.blocks[behind].words if behind >= 0 else 0) / 3,
            math.log1p(self.blocks[before].words if before >= 0 else 0) / 3,
        )  # fmt: skip

    def heard(self, at: int) -> tuple[float, ...]:
        """What the line model holds of it, alone and beside the likeliest of the others."""
        mine, best = self.likely[at], self.rivals[-1]
        other = self.rivals[0] if mine == best else best
        return mine / 8, max(-2.0, min(2.0, (mine - other) / 4)), mine == best

    def looks(self, at: int) -> tuple[float, ...]:
        """What its characters are."""
        text, markup = self.blocks[at].text[:_HEAD], self.blocks[at].html.lstrip()
        letters = max(1, len(text))
        return (
            _OF_PICTURE.search(text) is not None, *(look.search(text) is not None for look in _LOOKS),
            sum(map(str.isupper, text)) / letters, sum(map(str.isdigit, text)) / letters, text[:1].islower(),
            markup.startswith(("<strong>", "<b>")),
        )  # fmt: skip


def _log_odds(score: float | None) -> float:
    chance = min(max(score or 0.0, _LEAST), 1 - _LEAST)
    return math.log(chance / (1 - chance)) / 8


def _is_dated(block: Block) -> bool:
    return block.words <= _DATED and dates.in_words(block.text[:200]) is not None
