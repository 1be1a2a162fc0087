"""Which blocks of a page belong to its article, by the text that people said it has."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

WORD = re.compile(r"\w+")
_GRAM = 4


def labels(texts: Sequence[str], truth: str) -> list[float]:
    """For each text the share of its words that stand in the truth, in one consistent order; -1 where it has none."""
    words = WORD.findall(truth.lower())
    grams: dict[tuple[str, ...], list[int]] = defaultdict(list)
    singles: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        grams[tuple(words[at : at + _GRAM])].append(at)
        singles[word].append(at)
    blocks = [WORD.findall(text.lower()) for text in texts]
    found = [_best(block, words, grams) if len(block) >= _GRAM else None for block in blocks]
    anchors = _increasing(
        [(n, place[0], len(blocks[n]) * place[1]) for n, place in enumerate(found) if place and place[1] > 0.5]
    )
    places = [n for n, _ in anchors]
    result: list[float] = []
    for n, block in enumerate(blocks):
        if not block:
            result.append(-1.0)
        elif len(block) >= _GRAM:
            result.append(found[n][1] if found[n] else 0.0)  # type: ignore[index]
        else:
            i = bisect_left(places, n)
            low = anchors[i - 1][1] if i else 0
            high = anchors[i][1] + 1 if i < len(anchors) else len(words)
            low_end = low + (len(blocks[places[i - 1]]) - 3 if i else 0)
            slack = 4 if 0 < i < len(anchors) else 0
            hit = any(
                low_end - slack <= at <= high and words[at : at + len(block)] == block
                for at in singles.get(block[0], ())
            )
            near = (0 < i < len(anchors)) or (i and n - places[i - 1] <= 6) or (i < len(anchors) and places[i] - n <= 6)
            result.append(1.0 if hit and near and anchors else 0.0)
    return result


def _best(block: list[str], words: list[str], grams: dict[tuple[str, ...], list[int]]) -> tuple[int, float] | None:
    hits: dict[int, int] = defaultdict(int)
    covered = 0
    total = len(block) - _GRAM + 1
    for at in range(total):
        found = grams.get(tuple(block[at : at + _GRAM]))
        if found:
            covered += 1
            for place in found[:20]:
                hits[(place - at) // 8] += 1
    if not hits:
        return None
    return max(0, max(hits, key=lambda k: hits[k]) * 8), covered / total


def _increasing(found: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """The heaviest run of (block, place) in which both grow."""
    best: list[float] = []
    back: list[int] = []
    for n, (_, place, weight) in enumerate(found):
        top, at = 0.0, -1
        for m in range(max(0, n - 400), n):
            if found[m][1] <= place + 8 and best[m] > top:
                top, at = best[m], m
        best.append(top + weight)
        back.append(at)
    chain = []
    at = max(range(len(best)), key=lambda k: best[k]) if best else -1
    while at >= 0:
        chain.append((found[at][0], found[at][1]))
        at = back[at]
    return chain[::-1]
