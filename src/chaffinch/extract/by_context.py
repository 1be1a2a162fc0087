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
from typing import NamedTuple

import numpy as np

from chaffinch.extract import by_lines, sequence, shapes
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block, Verdict

ECHOED = 0.9
"""Below it a line goes that one other text of the source holds, too; with two it is proof (`by_repeats`)."""
LINKED = 0.9
"""The same for lines that are a link and nothing else, where a text says so."""
MEANT = 0.9
"""From it on a line stays though it is a known phrase: "Breaking" over a band's song, a note on a button's release."""
_NOTHING_ELSE = 0.8
"""Share of words that are linked."""
_KNOWN = 0.25
"""The share of words, and pairs of words, that is known where the language is; less than a fifth elsewhere."""
_HEARD = 40
"""The most sentences that are listened to for it."""
_LINES = 60
_SHORT = 8
"""Words."""
_A_TEXT = 60
"""Words."""
_SENTENCES = 300
"""Words in sentences of a crowded text that is one; its other lines are menus."""
_LEFT = 0.1
"""Share of the words that the rules keep which the model leaves of any text that it understands, such as no refrain."""
_SHARE = 0.5
_FURNISHED = 0.3
_UNLIKELY = 0.4
_MOST = 20_000
"""Lines; a longer text is no article, and rules do for it."""


class Least(NamedTuple):
    """The chances below which lines go."""

    alone: float
    """Of a line that the rules would keep."""
    agreed: float
    """Of one that they would drop, too."""
    crowded: float
    """Of either in a crowded text (`is_crowded`): menus came along, and lists of facts look like them."""
    said: float
    """Of a short sentence that the rules would keep."""
    sentence: float
    """Of a sentence of more than twelve words."""


KNOWN = Least(0.5, 0.7, 0.15, 0.3, 0.25)
"""Of held-out texts these lose about half a percent (`docs/extraction.md`)."""
STRANGE = Least(0.5, 0.7, 0.15, 0.2, 0.1)
"""In languages whose words the model does not know: it doubts sentences there somewhat, and must be surer."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the model file holds: the columns it was trained on, and networks that are asked together."""

    columns: tuple[str, ...]
    readers: sequence.Readers


class Said(NamedTuple):
    """What the model says of a text's lines."""

    chances: list[float | None]
    """How sure it is that each belongs to the article, 0 to 1; None where it was not asked."""
    headlines: list[float]
    """How likely each is the headline, as a logarithm, beside the text's other lines."""


def verdicts(
    blocks: Sequence[Block], read: by_lines.Read, scores: Sequence[float | None], echoed: Collection[int] = ()
) -> list[tuple[Verdict, str]]:
    """CONTENT or BOILERPLATE for every line; to drop a sentence the model must be very sure.

    `echoed` are the places of lines that one other text of the source holds, too: to keep them it must be sure. Where
    next to nothing of a text would be left, or of a whole page's sentences, the model does not understand it: the rules
    stand.
    """
    crowded, least = is_crowded(blocks, scores), KNOWN if is_known(blocks) else STRANGE
    found = [
        ruled if score is None else _verdict(block, ruled, score, least, crowded=crowded, echoed=at in echoed)
        for at, (block, ruled, score) in enumerate(zip(blocks, read.verdicts, scores, strict=True))
    ]
    by_rules, left = (_kept(blocks, said, only_sentences=crowded) for said in (read.verdicts, found))
    is_lost = by_rules >= (_SENTENCES if crowded else _A_TEXT) and left < _LEFT * by_rules
    return list(read.verdicts) if is_lost else found


def _kept(blocks: Sequence[Block], said: Sequence[tuple[Verdict, str]], *, only_sentences: bool) -> int:
    """The words of what was kept, or of the sentences among it."""
    kept = (block for block, (verdict, _) in zip(blocks, said, strict=True) if verdict is Verdict.CONTENT)
    return sum(block.words for block in kept if not only_sentences or is_sentence(block))


def asked(blocks: Sequence[Block], read: by_lines.Read) -> Said:
    """What the model says of each line."""
    if not 0 < len(blocks) <= _MOST:
        return Said([None] * len(blocks), [0.0] * len(blocks))
    model = packaged()
    rows, columns = shapes.rows(blocks, read)
    if tuple(columns) != model.columns:
        raise ValueError("lines.npz was trained on other columns than shapes.rows gives; train it anew")
    said = model.readers.log_odds([block.text for block in blocks], rows)
    chances = (1.0 / (1.0 + math.exp(-log_odds)) for log_odds in np.clip(said[:, 0], -30, 30).tolist())
    return Said([*chances], said[:, 1].tolist())


def is_crowded(blocks: Sequence[Block], scores: Sequence[float | None]) -> bool:
    """Whether a page's menus and footers came along: most of many lines are short, and many read like furniture."""
    if len(blocks) < _LINES or sum(block.words < _SHORT for block in blocks) <= _SHARE * len(blocks):
        return False
    return sum(score is not None and score < _UNLIKELY for score in scores) >= _FURNISHED * len(blocks)


def is_known(blocks: Sequence[Block]) -> bool:
    """Whether the model knows the language of a text's sentences."""
    said = [block.text for block in blocks if is_sentence(block)]
    return packaged().readers.knows(said[:: len(said) // _HEARD + 1]) >= _KNOWN


def _verdict(
    block: Block, ruled: tuple[Verdict, str], score: float, least: Least, *, crowded: bool, echoed: bool
) -> tuple[Verdict, str]:
    is_dropped = ruled[0] is Verdict.BOILERPLATE
    if is_dropped and by_lines.is_firm(ruled[1]):
        return ruled
    linked = block.linked_words > _NOTHING_ELSE * block.words
    if is_dropped and by_lines.is_phrase(ruled[1]):
        wanted = MEANT
    elif is_sentence(block):
        wanted = least.sentence
    elif echoed or linked:
        wanted = ECHOED if echoed else LINKED
    elif by_lines.is_said(ruled[1]):
        wanted = least.said
    elif crowded:
        wanted = least.crowded
    else:
        wanted = least.agreed if is_dropped else least.alone
    if score >= wanted:
        return Verdict.CONTENT, "reads like the article" if is_dropped else ruled[1]
    if is_dropped:
        return ruled
    if echoed:
        return Verdict.BOILERPLATE, "another text of this source holds it"
    return Verdict.BOILERPLATE, "a link and nothing else" if linked else "reads like furniture"


@cache
def packaged() -> Model:
    """The model in the package."""
    return unpacked((files("chaffinch.extract") / "lines.npz").read_bytes())


def unpacked(body: bytes) -> Model:
    """The model in a file's bytes."""
    packed = np.load(BytesIO(body), allow_pickle=False)
    return Model(tuple(packed["columns"].tolist()), sequence.unpacked(packed))
