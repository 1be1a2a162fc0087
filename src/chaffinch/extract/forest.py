"""A learned forest of decision trees, evaluated with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees side by side in flat arrays; a leaf points at itself, so that every row can go on to the last level."""

    column: NDArray[np.int32]
    threshold: Floats
    low: NDArray[np.int32]
    """Where a row goes whose value is at most the threshold."""
    high: NDArray[np.int32]
    value: Floats
    roots: NDArray[np.int32]
    levels: int

    def chances(self, rows: Floats) -> Floats:
        """For each row the chance, 0 to 1, that it is what the forest was trained to tell."""
        count = len(rows)
        flat = np.ascontiguousarray(rows, dtype=np.float32).ravel()
        offsets = np.repeat(np.arange(count, dtype=np.int32) * np.int32(rows.shape[1]), len(self.roots))
        at = np.tile(self.roots, count)
        for _ in range(self.levels):
            at = np.where(flat[offsets + self.column[at]] <= self.threshold[at], self.low[at], self.high[at])
        total = self.value[at].reshape(count, len(self.roots)).sum(axis=1, dtype=np.float64)
        chances: Floats = (1.0 / (1.0 + np.exp(-total))).astype(np.float32)
        return chances
