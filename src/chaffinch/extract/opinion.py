"""What another extractor would keep of the page is a second opinion for the classifier.

Resiliparse judges by rules of its own, in a fraction of the time: alone it keeps too much, but it errs elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from resiliparse.extract.html2text import extract_plain_text

from chaffinch.model import Block

_ENOUGH = 200
"""Characters of a block that tell it from all others."""


def asked(markup: str) -> str:
    """The text that it would keep, in one line. The markup must have been checked (`tree.checked`)."""
    said = extract_plain_text(markup, main_content=True, alt_texts=False, links=False)
    return " ".join(said.split())


def columns(blocks: Sequence[Block], kept: str) -> dict[str, NDArray[np.float32]]:
    """For each block whether it is kept, and how much of the page is."""
    words = np.array([block.words for block in blocks], dtype=np.float32)
    inside = np.array(_inside([_beginning(block.text) for block in blocks], kept), dtype=np.float32) * (words > 0)
    share = float((inside * words).sum() / (words.sum() + 1))
    return {"second": inside, "second_share": np.full(len(blocks), share, dtype=np.float32)}


def _beginning(text: str) -> str:
    return " ".join(text[: 2 * _ENOUGH].split())[:_ENOUGH]


def _inside(texts: Sequence[str], kept: str) -> list[bool]:
    """Whether each text stands somewhere in what is kept. Most that do follow the one before, or stand close behind."""
    found: list[bool] = []
    behind = 0
    for text, may_be in zip(texts, _may_be_inside(texts, kept), strict=True):
        at = -1
        if may_be:
            at = behind if kept.startswith(text, behind) else kept.find(text, behind)
            at = kept.find(text) if at < 0 else at
        found.append(at >= 0)
        behind = at + len(text) + 1 if at >= 0 else behind
    return found


def _may_be_inside(texts: Sequence[str], kept: str) -> list[bool]:
    """False for texts with a run of four bytes that is nowhere in what is kept."""
    written = [text.encode("utf-8", "surrogatepass") for text in texts]
    end = np.cumsum([len(raw) for raw in written])
    first = np.concatenate(([0], end[:-1]))
    known = np.zeros(1 << 16, dtype=bool)
    known[_runs(kept.encode("utf-8", "surrogatepass"))] = True
    strange = np.concatenate(([0], np.cumsum(~known[_runs(b"".join([*written, b"   "]))])))
    may_be: list[bool] = (strange[np.maximum(end - 3, first)] == strange[first]).tolist()
    return may_be


def _runs(raw: bytes) -> NDArray[np.uint32]:
    """A number of sixteen bits for each run of four bytes."""
    codes = np.frombuffer(raw, dtype=np.uint8).astype(np.uint32)
    runs = codes[:-3] + (codes[1:-2] << 8) + (codes[2:-1] << 16) + (codes[3:] << 24)
    mixed: NDArray[np.uint32] = runs * np.uint32(0x9E3779B1) >> np.uint32(16)
    return mixed
