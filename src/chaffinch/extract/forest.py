"""A learned forest of decision trees, evaluated with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


_FIRST = 3
"""One in so many trees is asked first; the rest only about rows of which those are not sure."""
_SURE = 3.0
"""Log-odds; of 24,000 blocks none beyond it was judged otherwise by the whole forest."""


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees side by side in flat arrays; a leaf points at itself, so that every row can go on to the last level."""

    column: NDArray[np.intp]
    threshold: Floats
    child: NDArray[np.intp]
    """For each node two: where a row goes whose value is at most the threshold, and where any other goes."""
    value: Floats
    roots: NDArray[np.intp]
    levels: int

    def log_odds(self, rows: Floats) -> Floats:
        """For each row how sure it is what the forest was trained to tell."""
        first = len(self.roots) // _FIRST
        total = self._sums(rows, self.roots[:first])
        unsure = np.flatnonzero(np.abs(total) < _SURE)
        total[unsure] += self._sums(rows[unsure], self.roots[first:])
        said: Floats = total.astype(np.float32)
        return said

    def _sums(self, rows: Floats, roots: NDArray[np.intp]) -> NDArray[np.float64]:
        count = len(rows)
        flat = np.ascontiguousarray(rows, dtype=np.float32).ravel()
        offsets = np.tile(np.arange(count, dtype=np.intp) * rows.shape[1], len(roots))
        at = np.repeat(roots, count)
        for _ in range(self.levels):
            over = flat.take(offsets + self.column.take(at)) > self.threshold.take(at)
            at = self.child.take(2 * at + over)
        sums: NDArray[np.float64] = self.value.take(at).reshape(len(roots), count).sum(axis=0, dtype=np.float64)
        return sums
