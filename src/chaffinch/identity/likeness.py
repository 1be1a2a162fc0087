"""How alike two texts are, told by their runs of four words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from chaffinch.text import normalised

RUN = 4
"""Words a run; two texts that share one by chance are rare."""
READ = 2_000
"""Words of a text that are looked at; nobody writes that much twice by chance."""
LEAST = 50
"""Words; a shorter text is too short to be known by its words."""
BANDS = 20
"""Of two rows each: of two texts that share 40 % of their runs, 97 % meet in a band; of those that share 5 %, 5 %."""
_OPENING = 60
_WORD = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two texts have in common; each a share from 0 to 1."""

    resemblance: float
    """Runs that both have, of those that either has."""
    containment: float
    """Runs that both have, of those that the one with fewer has."""
    opening: float
    """Of the opening words of either, what stands anywhere in the other; the better of the two."""
    figures: float
    """Numbers that both name, of those that either names; 1 where they name none."""
    shared: int
    """How many runs both have."""


def words(text: str) -> Sequence[str]:
    """The words that are compared, at most READ; in scripts without blanks each character is one."""
    return _WORD.findall(normalised(text[: READ * 20]))[:READ]


def likeness(one: str, other: str) -> Likeness:
    """How alike two texts are, whatever their case, punctuation and space."""
    mine, theirs = words(one), words(other)
    ours, others = _runs(mine), _runs(theirs)
    shared = len(ours & others)
    figures, other_figures = _figures(mine), _figures(theirs)
    return Likeness(
        resemblance=_share(shared, len(ours | others)),
        containment=_share(shared, min(len(ours), len(others))),
        opening=max(_within(mine[:_OPENING], others), _within(theirs[:_OPENING], ours)),
        figures=_share(len(figures & other_figures), len(figures | other_figures), nothing=1.0),
        shared=shared,
    )


def sketch(text: str) -> tuple[int, ...]:
    """What texts are found by: BANDS signed 64-bit hashes, of which alike texts share some; none for a short text.

    The same on every machine and in every run: they are stored.
    """
    said = words(text)
    if len(said) < LEAST:
        return ()
    digests = b"".join(hashlib.blake2b(" ".join(run).encode(), digest_size=8).digest() for run in _runs(said))
    hashes = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
    factors, terms = _permutations()
    least = (hashes[None, :] * factors[:, None] + terms[:, None]).min(axis=1)
    bands = least[:BANDS] * factors[:BANDS] ^ least[BANDS:] + terms[BANDS:]
    return tuple(int(band) for band in bands.astype(np.int64))


@cache
def _permutations() -> tuple[np.ndarray[tuple[int], np.dtype[np.uint64]], np.ndarray[tuple[int], np.dtype[np.uint64]]]:
    drawn = np.frombuffer(hashlib.shake_256(b"chaffinch sketch").digest(BANDS * 2 * 16), dtype=">u8").astype(np.uint64)
    return drawn[: BANDS * 2] | np.uint64(1), drawn[BANDS * 2 :]


def _runs(said: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(zip(*(said[start:] for start in range(RUN)), strict=False))


def _within(said: Sequence[str], runs: frozenset[tuple[str, ...]]) -> float:
    own = _runs(said)
    return _share(len(own & runs), len(own))


def _figures(said: Sequence[str]) -> frozenset[str]:
    return frozenset(word for word in said if word[0].isdigit())


def _share(part: int, whole: int, nothing: float = 0.0) -> float:
    return part / whole if whole else nothing
