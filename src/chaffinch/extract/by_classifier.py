"""What is still open is decided by a learned model, all blocks of the page together.

A forest of trees looks at each block together with its neighbours, the elements around it and the page. Trained by
`benchmarks/train/blocks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import features
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.extract.forest import Floats, Forest
from chaffinch.extract.segment import Cut
from chaffinch.model import Metadata, Verdict

THRESHOLD = 0.5
_FLOOR = 0.15
_BARE = 8
"""Blocks; a page with no more has no room for much furniture."""
_ASIDE = frozenset(("aside", "dialog", "footer", "form", "hidden", "nav"))


def verdicts(cut: Cut, metadata: Metadata) -> list[tuple[Verdict, str] | None]:
    """CONTENT or BOILERPLATE for every block with words; also writes each block's score."""
    found: list[tuple[Verdict, str] | None] = []
    judged = scores(cut, metadata).tolist()
    threshold = _threshold(cut, judged)
    for at, score in enumerate(judged):
        block = cut.blocks[at] = replace(cut.blocks[at], score=round(score, 3))
        verdict = Verdict.CONTENT if score >= threshold else Verdict.BOILERPLATE
        found.append((verdict, f"model: {score:.2f}") if block.words else None)
    return found


def _threshold(cut: Cut, judged: list[float]) -> float:
    """Lower where no running text reaches the usual one: a note of three sentences on a bare page is an article too."""
    prose = [
        score
        for block, score in zip(cut.blocks, judged, strict=True)
        if is_sentence(block) and not _ASIDE & block.marks
    ]
    floor = _FLOOR if sum(block.words > 0 for block in cut.blocks) > _BARE else 0.0
    return min(THRESHOLD, max(floor, 0.6 * max(prose, default=1.0)))


def scores(cut: Cut, metadata: Metadata) -> Floats:
    """For each block, how sure the model is that it belongs to the article: 0 to 1."""
    if not cut.blocks:
        return np.zeros(0, dtype=np.float32)
    rows, names = features.rows(cut, metadata)
    return model(tuple(names)).chances(rows)


@cache
def model(names: tuple[str, ...]) -> Forest:
    """The forest in the package. Raises ValueError when it was trained on other columns."""
    packed = np.load(BytesIO((files("chaffinch.extract") / "blocks.npz").read_bytes()), allow_pickle=False)
    if tuple(packed["names"].tolist()) != names:
        raise ValueError(
            "blocks.npz was trained on other columns than features.rows gives; run benchmarks/train/blocks.py"
        )
    return forest(packed)


def forest(packed: Mapping[str, NDArray[np.generic]]) -> Forest:
    """The forest in a model file."""
    return Forest(
        column=packed["column"].astype(np.int32),
        threshold=packed["threshold"].astype(np.float32),
        low=packed["low"].astype(np.int32),
        high=packed["high"].astype(np.int32),
        value=packed["value"].astype(np.float32),
        roots=packed["roots"].astype(np.int32),
        levels=int(packed["levels"]),
    )
