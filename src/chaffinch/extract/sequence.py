"""A learned model reads lines or blocks in their order, evaluated with numpy alone.

Each line is the sum of its words' vectors beside its row of numbers; layers of dilated convolutions let it see up to
32 lines on either side, one layer the whole text. Time and memory grow with the number of lines and no faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import wordlist

Floats = NDArray[np.float32]
_TINY = 1e-5


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution over a line and the two that are `dilation` lines away."""

    dilation: int
    scale: Floats
    shift: Floats
    weights: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        return _relu(_neighbourhood(_normed(x) * self.scale + self.shift, self.dilation) @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class Readers:
    """Networks that were trained from other beginnings and are asked together, and the words that they know."""

    known: Mapping[int, int]
    """By `wordlist.key`."""
    readers: Sequence[Reader]

    def log_odds(self, texts: Sequence[str], rows: Floats) -> Floats:
        """For each line the mean of what they say, a column for each thing that they were trained to tell."""
        words = Words.of([wordlist.numbers(text, self.known) for text in texts])
        said: Floats = np.mean([reader.log_odds(words, rows) for reader in self.readers], axis=0)
        return said

    def knows(self, texts: Iterable[str]) -> float:
        """The share of their words, and pairs of words, that the networks know: little in a strange language."""
        known = [wordlist.key(term) in self.known for text in texts for term in wordlist.terms(text)]
        return sum(known) / len(known) if known else 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """The numbers of all lines' words, one behind the other."""

    flat: NDArray[np.intp]
    filled: NDArray[np.intp]
    """The lines that have some."""
    starts: NDArray[np.intp]
    """Where theirs begin."""
    roots: Floats
    """The square root of each line's count of words, as a column; 1 where it has none."""

    @classmethod
    def of(cls, lines: Sequence[Sequence[int]]) -> Self:
        """The words of lines that are known by their words' numbers."""
        counts = np.array(list(map(len, lines)), dtype=np.intp)
        flat = np.fromiter(chain.from_iterable(lines), dtype=np.intp, count=int(counts.sum()))
        filled = np.flatnonzero(counts)
        starts = (np.cumsum(counts) - counts)[filled]
        return cls(flat, filled, starts, np.sqrt(np.maximum(counts, 1)).astype(np.float32)[:, None])


@dataclass(frozen=True, slots=True)
class Reader:
    """One network."""

    vectors: Floats
    """A row for each known word."""
    inlet: tuple[Floats, Floats]
    layers: tuple[Layer, ...]
    whole: tuple[Floats, Floats]
    whole_after: int
    """The layer after which the whole text is looked at."""
    outlet: tuple[Floats, Floats]

    def log_odds(self, words: Words, rows: Floats) -> Floats:
        """For each line the log-odds that it is what the network was trained to tell, a column for each such thing."""
        line = np.concatenate([self._meaning(words), rows], axis=1)
        x = _relu(line @ self.inlet[0] + self.inlet[1])
        for at, layer in enumerate(self.layers):
            x = x + layer(x)
            if at == self.whole_after:
                seen = np.concatenate([x.mean(axis=0), x.max(axis=0)])
                x = x + _relu(seen @ self.whole[0] + self.whole[1])
        said: Floats = x @ self.outlet[0] + self.outlet[1]
        return said

    def _meaning(self, words: Words) -> Floats:
        """The sum of each line's vectors, by the root of how many there are."""
        total = np.zeros((len(words.roots), self.vectors.shape[1]), dtype=np.float32)
        if len(words.filled):
            total[words.filled] = np.add.reduceat(self.vectors[words.flat], words.starts, axis=0)
        return total / words.roots


def unpacked(packed: Mapping[str, NDArray[Any]]) -> Readers:
    """The networks in a model file."""
    known = {key: at for at, key in enumerate(packed["words"].tolist())}
    return Readers(known, [_reader(packed, f"{number}.") for number in range(int(packed["readers"]))])


def _reader(packed: Mapping[str, NDArray[Any]], prefix: str) -> Reader:
    def floats(name: str) -> Floats:
        return packed[prefix + name].astype(np.float32)

    return Reader(
        vectors=floats("vectors") * floats("vectors.scale"),
        inlet=(floats("inlet.weights"), floats("inlet.bias")),
        layers=tuple(
            Layer(dilation, *(floats(f"layer{at}.{part}") for part in ("scale", "shift", "weights", "bias")))
            for at, dilation in enumerate(packed["dilations"].tolist())
        ),
        whole=(floats("whole.weights"), floats("whole.bias")),
        whole_after=int(packed["whole_after"]),
        outlet=(floats("outlet.weights"), floats("outlet.bias")),
    )


def _neighbourhood(x: Floats, distance: int) -> Floats:
    """Each line beside the one so far before it and the one so far behind it; nothing stands outside the text."""
    count, width = x.shape
    found = np.zeros((count, 3 * width), dtype=np.float32)
    found[distance:, :width] = x[: max(0, count - distance)]
    found[:, width : 2 * width] = x
    found[: max(0, count - distance), 2 * width :] = x[distance:]
    return found


def _normed(x: Floats) -> Floats:
    centred = x - x.mean(axis=1, keepdims=True)
    normed: Floats = centred / np.sqrt((centred * centred).mean(axis=1, keepdims=True) + _TINY)
    return normed


def _relu(x: Floats) -> Floats:
    return np.maximum(x, np.float32(0))
