"""A learned model judges each line of a plain text, with what stands around it.

It knows words and shapes, and drops only what it is sure of. Trained by `benchmarks/train/lines.py`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np

from chaffinch.extract import by_lines, sequence, shapes
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block, Verdict

ALONE = 0.4
"""Below it a line goes. Of held-out pages' text the three lose half a percent at most (`docs/extraction.md`)."""
AGREED = 0.6
"""The same for lines that the rules would drop too."""
CROWDED = 0.1
"""The same, rules or not, in a crowded text: menus came along, and lists of facts look like them."""
SAID = 0.1
"""The same for sentences that the rules would keep: in languages that the model hardly knows it doubts short ones."""
ECHOED = 0.9
"""The same for lines that one other text of the source holds, too; with two it is proof (`by_repeats`)."""
LINKED = 0.9
"""The same for lines that are a link and nothing else, where a text says so."""
_NOTHING_ELSE = 0.8
"""Share of words that are linked."""
_LINES = 60
_SHORT = 8
"""Words."""
_SHARE = 0.5
_FURNISHED = 0.3
_MOST = 20_000
"""Lines; a longer text is no article, and rules do for it."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the model file holds: the columns it was trained on, and networks that are asked together."""

    columns: tuple[str, ...]
    readers: sequence.Readers


def verdicts(
    blocks: Sequence[Block], read: by_lines.Read, scores: Sequence[float | None], echoed: Collection[int] = ()
) -> list[tuple[Verdict, str]]:
    """CONTENT or BOILERPLATE for every line; a sentence of more than twelve words that is no link always stays.

    `echoed` are the places of lines that one other text of the source holds, too: of them the model must be sure.
    """
    crowded = is_crowded(blocks, scores)
    return [
        ruled if score is None else _verdict(block, ruled, score, crowded=crowded, echoed=at in echoed)
        for at, (block, ruled, score) in enumerate(zip(blocks, read.verdicts, scores, strict=True))
    ]


def chances(blocks: Sequence[Block], read: by_lines.Read) -> list[float | None]:
    """For each line how sure the model is that it belongs to the article, 0 to 1; None where it was not asked."""
    if not 0 < len(blocks) <= _MOST:
        return [None] * len(blocks)
    model = packaged()
    rows, columns = shapes.rows(blocks, read)
    if tuple(columns) != model.columns:
        raise ValueError("lines.npz was trained on other columns than shapes.rows gives; train it anew")
    said = model.readers.log_odds([block.text for block in blocks], rows)
    return [1.0 / (1.0 + math.exp(-log_odds)) for log_odds in np.clip(said, -30, 30).tolist()]


def is_crowded(blocks: Sequence[Block], scores: Sequence[float | None]) -> bool:
    """Whether a page's menus and footers came along: most of many lines are short, and many read like furniture."""
    if len(blocks) < _LINES or sum(block.words < _SHORT for block in blocks) <= _SHARE * len(blocks):
        return False
    return sum(score is not None and score < ALONE for score in scores) >= _FURNISHED * len(blocks)


def _verdict(
    block: Block, ruled: tuple[Verdict, str], score: float, *, crowded: bool, echoed: bool
) -> tuple[Verdict, str]:
    is_dropped = ruled[0] is Verdict.BOILERPLATE
    if is_dropped and by_lines.is_firm(ruled[1]):
        return ruled
    linked = block.linked_words > _NOTHING_ELSE * block.words
    if score >= _least(ruled, crowded=crowded, echoed=echoed, linked=linked) or is_sentence(block):
        return Verdict.CONTENT, "reads like the article" if is_dropped else ruled[1]
    if is_dropped:
        return ruled
    if echoed:
        return Verdict.BOILERPLATE, "another text of this source holds it"
    return Verdict.BOILERPLATE, "a link and nothing else" if linked else "reads like furniture"


def _least(ruled: tuple[Verdict, str], *, crowded: bool, echoed: bool, linked: bool) -> float:
    """The score from which on a line stays."""
    if echoed:
        return ECHOED
    if linked:
        return LINKED
    if by_lines.is_said(ruled[1]):
        return SAID
    if crowded:
        return CROWDED
    return AGREED if ruled[0] is Verdict.BOILERPLATE else ALONE


@cache
def packaged() -> Model:
    """The model in the package."""
    return unpacked((files("chaffinch.extract") / "lines.npz").read_bytes())


def unpacked(body: bytes) -> Model:
    """The model in a file's bytes."""
    packed = np.load(BytesIO(body), allow_pickle=False)
    return Model(tuple(packed["columns"].tolist()), sequence.unpacked(packed))
