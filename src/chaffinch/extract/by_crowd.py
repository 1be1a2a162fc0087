"""A text that was dumped with the whole page around it has its lines judged by a learned model, all together.

Rules of shape cannot tell a menu from a list of facts where most lines are short. Trained by
`benchmarks/train/lines.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np

from chaffinch.extract import by_classifier, features
from chaffinch.extract.forest import Forest
from chaffinch.model import Block, Verdict

_LINES = 60
_SHORT = 8
"""Words."""
_SHARE = 0.5
_THRESHOLD = 0.05
"""Of held-out pages' text this loses less than half a percent (`docs/extraction.md`)."""


def is_crowded(blocks: Sequence[Block]) -> bool:
    """Whether most of many lines are short: a page's menus and footers came along."""
    return len(blocks) >= _LINES and sum(block.words < _SHORT for block in blocks) > _SHARE * len(blocks)


def verdicts(blocks: Sequence[Block], title: str) -> list[tuple[Verdict, str] | None]:
    """CONTENT or BOILERPLATE for every line of a crowded text."""
    rows, names = features.of_lines(list(blocks), title)
    return [
        (Verdict.BOILERPLATE if chance < _THRESHOLD else Verdict.CONTENT, f"model: {chance:.2f}")
        for chance in _model(tuple(names)).chances(rows).tolist()
    ]


@cache
def _model(names: tuple[str, ...]) -> Forest:
    packed = np.load(BytesIO((files("chaffinch.extract") / "lines.npz").read_bytes()), allow_pickle=False)
    if tuple(packed["names"].tolist()) != names:
        raise ValueError("lines.npz was trained on other columns than features.of_lines gives; train it anew")
    return by_classifier.forest(packed)
