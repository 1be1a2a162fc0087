"""What is still open is decided by a learned model, all blocks of the page together.

Two forests: the first looks at each block and what surrounds it; the second looks again, knowing what the first
thought of the neighbours. Trained by `benchmarks/train/blocks.py`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import features
from chaffinch.extract.forest import Floats, Forest
from chaffinch.extract.segment import Cut
from chaffinch.model import Metadata, Verdict

THRESHOLD = 0.5


def verdicts(cut: Cut, metadata: Metadata) -> list[tuple[Verdict, str] | None]:
    """CONTENT or BOILERPLATE for every block with words; also writes each block's score."""
    found: list[tuple[Verdict, str] | None] = []
    for at, score in enumerate(scores(cut, metadata).tolist()):
        block = cut.blocks[at] = replace(cut.blocks[at], score=round(score, 3))
        verdict = Verdict.CONTENT if score >= THRESHOLD else Verdict.BOILERPLATE
        found.append((verdict, f"model: {score:.2f}") if block.words else None)
    return found


def scores(cut: Cut, metadata: Metadata) -> Floats:
    """For each block, how sure the model is that it belongs to the article: 0 to 1."""
    if not cut.blocks:
        return np.zeros(0, dtype=np.float32)
    rows, names = features.rows(cut, metadata)
    first, second = model(tuple(names))
    chances = first.chances(rows)
    return second.chances(np.hstack((rows, looked_around(chances, cut))))


@cache
def model(names: tuple[str, ...]) -> tuple[Forest, Forest]:
    """The two forests in the package. Raises ValueError when they were trained on other columns."""
    packed = np.load(BytesIO((files("chaffinch.extract") / "blocks.npz").read_bytes()), allow_pickle=False)
    if tuple(packed["names"].tolist()) != names:
        raise ValueError(
            "blocks.npz was trained on other columns than features.rows gives; run benchmarks/train/blocks.py"
        )
    return _forest(packed, "first"), _forest(packed, "second")


def looked_around(chances: Floats, cut: Cut) -> Floats:
    """What the first forest thinks of each block and of those around it."""
    count = len(chances)
    words = np.array([min(block.words, 80) for block in cut.blocks], dtype=np.float64)
    columns: list[NDArray[np.generic]] = [chances]
    for step in (-3, -2, -1, 1, 2, 3):
        moved = np.zeros(count, dtype=np.float32)
        if step < 0:
            moved[-step:] = chances[:step]
        else:
            moved[:-step] = chances[step:]
        columns.append(moved)
    weight = np.concatenate(([0.0], np.cumsum(words)))
    mass = np.concatenate(([0.0], np.cumsum(words * chances)))
    here = np.arange(count)
    for span in (4, 12):
        for start, end in ((np.maximum(here - span, 0), here), (here + 1, np.minimum(here + 1 + span, count))):
            start = np.minimum(start, end)
            columns.append((mass[end] - mass[start]) / (weight[end] - weight[start] + 1))
    columns.append(mass[:-1] / (mass[-1] + 1))
    columns.append(np.full(count, np.log1p(mass[-1])))
    columns.append(np.full(count, mass[-1] / (weight[-1] + 1)))
    columns.append(np.full(count, chances.max()))
    first = np.array([node.first for node in cut.nodes])
    end = np.array([node.end for node in cut.nodes])
    parents = np.array([max(node.parent, 0) for node in cut.nodes])
    at = np.array(cut.places)
    for level in range(4):
        if level:
            at = parents[at]
        columns.append((mass[end[at]] - mass[first[at]]) / (weight[end[at]] - weight[first[at]] + 1))
    sure = np.flatnonzero((chances > 0.6) & (words > 12))
    low, high = (int(sure[0]), int(sure[-1])) if len(sure) else (count, -1)
    columns.append(np.maximum(low - here, 0))
    columns.append(np.maximum(here - high, 0))
    return np.stack(columns, axis=1).astype(np.float32)


def _forest(packed: np.lib.npyio.NpzFile, name: str) -> Forest:
    return Forest(
        column=packed[f"{name}_column"].astype(np.int32),
        threshold=packed[f"{name}_threshold"],
        low=packed[f"{name}_low"],
        high=packed[f"{name}_high"],
        value=packed[f"{name}_value"],
        roots=packed[f"{name}_roots"],
        levels=int(packed[f"{name}_levels"]),
    )
