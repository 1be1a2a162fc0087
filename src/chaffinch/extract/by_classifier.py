"""What is still open is decided by a learned model, all blocks of the page together.

A forest of trees looks at each block together with its neighbours, the elements around it and the page. Where it is not
sure of a page networks, too, read all blocks in their order, with their words, and neither outweighs the other. Trained
by `benchmarks/train/blocks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import features, sequence
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.extract.forest import Forest
from chaffinch.extract.segment import Cut
from chaffinch.model import Metadata, Verdict

_BIAS = 1.1
"""What was chosen too much costs readers more than the measure says."""
_STRICTEST = 0.55
_MILDEST = 0.2
_DOUBT = 0.3
_CERTAIN = 0.9
_FLOOR = 0.15
_BARE = 8
"""Blocks; a page with no more has no room for much furniture."""
_DOUBTFUL = 2.0
"""Log-odds; a block nearer to 0 is in doubt."""
_LITTLE = 0.03
"""Words in doubt for each that seems to be kept. A third of articles has no more; there networks change nothing."""
_BEYOND = 4.0
_MOST = 30.0
_ASIDE = frozenset(("aside", "dialog", "footer", "form", "hidden", "nav"))


@dataclass(frozen=True, slots=True)
class Model:
    """What the model file holds."""

    columns: tuple[str, ...]
    forest: Forest
    readers: sequence.Readers
    middle: sequence.Floats
    spread: sequence.Floats
    """Of each column's values, as logarithms, on the pages that it was trained on."""

    def chances(self, texts: Sequence[str], rows: features.Rows, asked: Sequence[int]) -> NDArray[np.float32]:
        """For each of the blocks that are asked about the chance, 0 to 1, that it belongs to the article.

        `rows` are of all blocks of the page.
        """
        said = self.forest.log_odds(rows[asked])
        if not self._is_sure(said, rows[asked, self.columns.index("words")]):
            read = self.readers.log_odds(texts, scaled(rows, self.middle, self.spread))[asked, 0]
            said = np.mean([said, read], axis=0)
        return np.asarray(1 / (1 + np.exp(-np.clip(said, -_MOST, _MOST))), dtype=np.float32)

    @staticmethod
    def _is_sure(said: sequence.Floats, words: sequence.Floats) -> bool:
        """Whether next to nothing of a page is in doubt, beside what seems to be kept."""
        return bool(words[np.abs(said) < _DOUBTFUL].sum() <= _LITTLE * words[said > 0].sum())


def verdicts(cut: Cut, judged: Sequence[float | None]) -> list[tuple[Verdict, str] | None]:
    """CONTENT or BOILERPLATE for every block that was judged, by its score and the page's threshold."""
    threshold = _threshold(cut, judged)
    between = _between(judged)
    return [
        None
        if score is None
        else (
            Verdict.CONTENT if score >= threshold or at in between else Verdict.BOILERPLATE,
            f"model: {score:.2f}" + (", in the midst of the text" if score < threshold and at in between else ""),
        )
        for at, score in enumerate(judged)
    ]


def scores(cut: Cut, metadata: Metadata, is_open: Sequence[bool]) -> list[float | None]:
    """For each open block with words, how sure the model is that it belongs to the article, 0 to 1; None for others."""
    asked = [at for at, block in enumerate(cut.blocks) if is_open[at] and block.words]
    judged: list[float | None] = [None] * len(cut.blocks)
    if asked:
        rows, names = features.rows(cut, metadata)
        texts = [block.text for block in cut.blocks]
        for at, chance in zip(asked, packaged(tuple(names)).chances(texts, rows, asked).tolist(), strict=True):
            judged[at] = chance
    return judged


def scaled(rows: features.Rows, middle: sequence.Floats, spread: sequence.Floats) -> features.Rows:
    """Numbers of any size as networks take them: as logarithms, centred, and none far away."""
    logs = np.copysign(np.log1p(np.abs(rows)), rows)
    scaled: features.Rows = np.clip((logs - middle) / spread, -_BEYOND, _BEYOND)
    return scaled


def best_threshold(chances: NDArray[np.floating[Any]], words: NDArray[np.floating[Any]]) -> float:
    """The score from which on blocks are kept: half of the best F1 over words that is to be expected of the page.

    Where the model is sure of a page that is near a half; where it doubts, keeping more pays (Lipton et al., 2014).
    """
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum((chances * words)[order])
    expected = 2 * hits / (np.cumsum(words[order]) + hits[-1] + 1e-9)
    return min(_STRICTEST, max(_MILDEST, _BIAS * float(expected.max()) / 2))


def _between(judged: Sequence[float | None]) -> set[int]:
    """Blocks in doubt whose neighbours on both sides are surely content: headings, captions, short list items."""
    asked = [(at, score) for at, score in enumerate(judged) if score is not None]
    return {
        at
        for (_, before), (at, score), (_, after) in zip(asked, asked[1:], asked[2:], strict=False)
        if score >= _DOUBT and before >= _CERTAIN and after >= _CERTAIN
    }


def _threshold(cut: Cut, judged: Sequence[float | None]) -> float:
    """Lower where no running text reaches the usual one: a note of three sentences on a bare page is an article too."""
    known = [(score, block) for score, block in zip(judged, cut.blocks, strict=True) if score is not None]
    if not known:
        return _STRICTEST
    usual = best_threshold(
        np.array([score for score, _ in known]), np.array([float(block.words) for _, block in known])
    )
    prose = [score for score, block in known if is_sentence(block) and not _ASIDE & block.marks]
    floor = _FLOOR if sum(block.words > 0 for block in cut.blocks) > _BARE else 0.0
    return min(usual, max(floor, 0.6 * max(prose, default=1.0)))


@cache
def packaged(names: tuple[str, ...]) -> Model:
    """The model in the package. Raises ValueError when it was trained on other columns."""
    model = unpacked((files("chaffinch.extract") / "blocks.npz").read_bytes())
    if model.columns != names:
        raise ValueError(
            "blocks.npz was trained on other columns than features.rows gives; run benchmarks/train/blocks.py"
        )
    return model


def unpacked(body: bytes) -> Model:
    """The model in a file's bytes."""
    packed = np.load(BytesIO(body), allow_pickle=False)
    middle, spread = packed["middle"].astype(np.float32), packed["spread"].astype(np.float32)
    return Model(tuple(packed["names"].tolist()), _forest(packed), sequence.unpacked(packed), middle, spread)


def _forest(packed: Mapping[str, NDArray[np.generic]]) -> Forest:
    return Forest(
        column=packed["column"].astype(np.intp),
        threshold=packed["threshold"].astype(np.float32),
        child=np.stack([packed["low"], packed["high"]], axis=1).astype(np.intp).ravel(),
        value=packed["value"].astype(np.float32),
        roots=packed["roots"].astype(np.intp),
        levels=int(packed["levels"]),
    )
