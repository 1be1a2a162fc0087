"""The headline of a plain text is looked for when it is known where the article begins.

A small network, trained by `benchmarks/train/headlines.py`, weighs the lines above that by what tells headlines from
other lines (`cues.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np

from chaffinch.extract import by_lines, cues
from chaffinch.extract.cues import Rows
from chaffinch.extract.punctuation import CLOSERS
from chaffinch.model import Block, Verdict
from chaffinch.text import normalised

_SURE = 0.9
"""The chance from which on a paragraph is surely the article's."""
_NEARLY = 0.8
"""The share of the surest paragraph's chance that does where none is so sure."""
_FOLLOWING = 8
_MOSTLY = 0.7
"""Share of the words in so many lines from there on that must be kept."""
_ABOVE = 60
"""Lines above the article in which its headline may stand."""
_BELOW = 5
"""The same from where it begins on, where a lead stands above the headline."""
_LEAD = 25
"""Words of a lead at most."""
_SENTENCE = 14
"""The most words of a sentence that may be one though it is said once."""
_FULL_STOPS = (".", "。", "۔", "।")


@dataclass(frozen=True, slots=True)
class _Network:
    """One layer between a line's numbers and what the line is worth."""

    inlet: Rows
    bias: Rows
    outlet: Rows
    none: float
    """What a line must be worth at least to be one."""


def found(blocks: Sequence[Block], read: by_lines.Read, judged: Sequence[tuple[Verdict, str]],
          scores: Sequence[float | None], likely: Sequence[float]) -> str:  # fmt: skip
    """The title: Markdown's only heading of the first level, else the likeliest line above the article's beginning.

    `likely` is what the line model holds of each line, as a headline.
    Where the network believes none of them, it is what was `read` already, if anything.
    """
    shapes = [by_lines.shape_of(block.text, block.words, "list" in block.marks) for block in blocks]
    kept = [verdict is Verdict.CONTENT for verdict, _ in judged]
    prose = [at for at, shape in enumerate(shapes) if shape == "prose" and kept[at]]
    if told := _told(blocks, max(prose, default=0)):
        return told
    begin = beginning(blocks, shapes, kept, scores)
    places = candidates(blocks, shapes, begin)
    if not places:
        return read.title
    worth = _worth(cues.rows(blocks, shapes, read, scores, likely, places, begin))
    best = int(worth.argmax())
    is_found = worth[best] > 0 or not read.title or _is_within(blocks, kept, read.title)
    return by_lines.as_title(blocks[places[best]].text) if is_found else read.title


def beginning(
    blocks: Sequence[Block], shapes: Sequence[str], kept: Sequence[bool], scores: Sequence[float | None]
) -> int:
    """The place of the first paragraph that is surely the article's, or nearly so where none is; else of the first."""
    prose = [at for at, shape in enumerate(shapes) if shape == "prose" and kept[at]]
    wanted = min(_SURE, _NEARLY * max((scores[at] or 0 for at in prose), default=0))
    sure = (at for at in prose if (scores[at] or 0) >= wanted and _goes_on(blocks, kept, at))
    return next(sure, prose[0] if prose else next((at for at, is_kept in enumerate(kept) if is_kept), len(blocks)))


def candidates(blocks: Sequence[Block], shapes: Sequence[str], begin: int) -> list[int]:
    """The places of lines that may be the headline: those above the text, and a few below a lead that stands first."""
    refrains = by_lines.refrains(blocks)
    return [
        at
        for at in range(max(0, begin - _ABOVE), _end(blocks, shapes, begin))
        if shapes[at] in cues.SHAPES and blocks[at].words <= cues.MOST_WORDS and not by_lines.DRAWN & blocks[at].marks
        and by_lines.is_whole(blocks[at].text) and blocks[at].text not in refrains
        and not (shapes[at] == "prose" and _is_told(blocks, at, begin))
    ]  # fmt: skip


def _end(blocks: Sequence[Block], shapes: Sequence[str], begin: int) -> int:
    """The place behind the last line that may be the headline."""
    words = 0
    for at in range(begin, min(begin + _BELOW, len(blocks))):
        words += blocks[at].words * (shapes[at] == "prose")
        if words > _LEAD:
            return at + 1
    return min(begin + _BELOW, len(blocks))


def _told(blocks: Sequence[Block], last: int) -> str:
    """The only heading of the first level above the last line of prose; one that is a link may be the site's name."""
    heads = [block for block in blocks[:last] if block.tag == "h1" and block.words <= cues.MOST_WORDS]
    is_one = len({normalised(head.text) for head in heads}) == 1 and not heads[0].linked_words
    return by_lines.as_title(heads[0].text) if is_one else ""


def _is_told(blocks: Sequence[Block], at: int, begin: int) -> bool:
    """Whether a sentence that is said once is the text's own, for it is long or the first paragraph."""
    block = blocks[at]
    if not block.text.rstrip(CLOSERS).endswith(_FULL_STOPS) or (at < begin and block.words <= _SENTENCE):
        return False
    plain = normalised(block.text)
    return sum(normalised(other.text) == plain for other in blocks[: cues.AGAIN] if other.words == block.words) < 2


def _is_within(blocks: Sequence[Block], kept: Sequence[bool], title: str) -> bool:
    """Whether a line that was read as the title is one of the text's own: two that are kept stand right above it."""
    at = next((at for at, block in enumerate(blocks) if by_lines.as_title(block.text) == title), 0)
    return at > 1 and all(kept[at - 2 : at])


def _goes_on(blocks: Sequence[Block], kept: Sequence[bool], at: int) -> bool:
    """Whether the article goes on from there, and it is no lone sentence in a menu."""
    near = range(at, min(at + _FOLLOWING, len(blocks)))
    return sum(blocks[n].words for n in near if kept[n]) >= _MOSTLY * sum(blocks[n].words for n in near)


def _worth(given: Rows) -> Rows:
    """How likely each line is the headline, as a logarithm; below 0 none is likelier."""
    network = packaged()
    hidden = np.maximum(given @ network.inlet + network.bias, 0)
    return np.asarray(hidden @ network.outlet - network.none, dtype=np.float32)


@cache
def packaged() -> _Network:
    """The network in the package."""
    packed = np.load(BytesIO((files("chaffinch.extract") / "headlines.npz").read_bytes()), allow_pickle=False)
    inlet, bias, outlet = (packed[name].astype(np.float32) for name in ("inlet", "bias", "outlet"))
    return _Network(inlet, bias, outlet, float(packed["none"]))
