"""What the elements around each block are called and hold, as numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import families, wording
from chaffinch.extract.families import FAMILIES
from chaffinch.extract.segment import Cut

_BITS = np.arange(len(FAMILIES))[:, None]
_LEVELS = range(4)
"""The element that a block stands in and those around it."""
_NAMED_LEVELS = (0, 1, 3)
"""How far up what the elements are called is told."""


def columns(cut: Cut, own: wording.Columns) -> wording.Columns:
    """For each name a column, with a row for each block."""
    nodes, places = cut.nodes, np.array(cut.places)
    parents = np.array([max(node.parent, 0) for node in nodes])
    first, end = np.array([node.first for node in nodes]), np.array([node.end for node in nodes])
    tag, tags = _numbered([node.tag for node in nodes])
    name, names = _numbered([node.names for node in nodes])
    called = np.array(families.of(names))[name]
    long = wording.long(own)
    held = _held(first, end, own, long)
    _, twins, counts = np.unique(
        (parents * len(tags) + tag) * len(names) + name, return_inverse=True, return_counts=True
    )
    kinds = np.array([wording.TAGS.get(each, len(wording.TAGS)) for each in tags])[tag]

    up = [places]
    for _ in _LEVELS[1:]:
        up.append(parents[up[-1]])
    found = _around(np.array(up), held, counts[twins], kinds, called)
    anywhere = _spelt(_with_those_above(called, parents)[places])
    found |= zip([f"any_{family}" for family in FAMILIES], anywhere, strict=True)
    _kin(found, ((tag * len(names) + name) * len(names) + name[parents])[places], own, long)
    _container(found, parents, places, held["long"], first, end, long)
    return found


def _numbered(values: list[str]) -> tuple[NDArray[np.int64], list[str]]:
    """Each value's number, and the values by number."""
    numbers = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return np.array([numbers[value] for value in values]), list(numbers)


def _held(
    first: NDArray[np.int64], end: NDArray[np.int64], own: wording.Columns, long: NDArray[np.float32]
) -> wording.Columns:
    """For each element the sums over the blocks in it."""
    words = own["words"]
    sums = {"words": words, "linked": words * own["linked"], "long": long, "blocks": np.ones_like(words),
            "paragraphs": (own["tag"] == 0) * 1.0, "images": own["image"],
            "short": (words < 6) * 1.0, "dates": own["date"]}  # fmt: skip
    running = np.zeros((len(sums), len(words) + 1))
    np.cumsum(list(sums.values()), axis=1, dtype=np.float64, out=running[:, 1:])
    return dict(zip(sums, running[:, end] - running[:, first], strict=True))


def _around(
    up: NDArray[np.int64],
    held: wording.Columns,
    twins: NDArray[np.int64],
    kinds: NDArray[np.int64],
    called: NDArray[np.int64],
) -> wording.Columns:
    """What the elements of each level hold and are called; `up` has a row for each level."""
    inside = {name: column[up] for name, column in held.items()}
    total, blocks = inside["words"] + 1, inside["blocks"] + 1
    told = {
        "words": np.log1p(inside["words"]), "linked": inside["linked"] / total, "long": inside["long"] / total,
        "blocks": inside["blocks"], "mean": inside["words"] / blocks, "paragraphs": inside["paragraphs"],
        "short": inside["short"] / blocks, "images": inside["images"], "dates": inside["dates"], "twins": twins[up],
        "tag": kinds[up],
    }  # fmt: skip
    near = np.bitwise_or.accumulate(called[up])
    found: wording.Columns = {}
    for level in _LEVELS:
        found |= {f"up{level}_{name}": column[level] for name, column in told.items() if level or name != "tag"}
        if level in _NAMED_LEVELS:
            found |= zip([f"up{level}_{family}" for family in FAMILIES], _spelt(near[level]), strict=True)
    return found


def _with_those_above(called: NDArray[np.int64], parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each element its families and those of all around it, in steps of twice the length."""
    while parents.any():
        called, parents = called | called[parents], parents[parents]
    every: NDArray[np.int64] = called | called[0]
    return every


def _spelt(called: NDArray[np.int64]) -> NDArray[np.int64]:
    """A row for each family, 1 for whoever is of it."""
    bits: NDArray[np.int64] = (called >> _BITS) & 1
    return bits


def _kin(found: wording.Columns, names: NDArray[np.int64], own: wording.Columns, long: NDArray[np.float32]) -> None:
    """What the blocks are like, all over the page, that stand in elements of the same name in elements of the same."""
    _, kin = np.unique(names, return_inverse=True)
    blocks = np.bincount(kin).astype(np.float32)
    words = np.bincount(kin, weights=own["words"])
    linked = np.bincount(kin, weights=own["words"] * own["linked"])
    running = np.bincount(kin, weights=long)
    found["kin_blocks"] = blocks[kin]
    found["kin_words"] = (words / np.maximum(blocks, 1))[kin]
    found["kin_linked"] = (linked / (words + 1))[kin]
    found["kin_long"] = (running / (words + 1))[kin]
    found["kin_share"] = (running / (float(long.sum()) + 1))[kin]


def _container(
    found: wording.Columns,
    parents: NDArray[np.int64],
    places: NDArray[np.int64],
    held: NDArray[np.float64],
    first: NDArray[np.int64],
    end: NDArray[np.int64],
    long: NDArray[np.float32],
) -> None:
    """Where each block stands to the element that holds most of the running text."""
    direct = np.bincount(places, weights=long, minlength=len(parents))
    of_children = np.bincount(parents[1:], weights=direct[1:], minlength=len(parents))
    top = int(np.argmax(of_children + direct))
    wide = top
    while wide and held[wide] < 0.7 * held[0]:
        wide = int(parents[wide])
    blocks = np.arange(len(places))
    for name, node in (("top", top), ("wide", wide)):
        inside = (blocks >= first[node]) & (blocks < end[node])
        found[f"{name}_inside"] = inside
        found[f"{name}_before"] = np.maximum(first[node] - blocks, 0)
        found[f"{name}_after"] = np.maximum(blocks - end[node] + 1, 0)
        found[f"{name}_at"] = (blocks - first[node]) / max(1, end[node] - first[node])
        found[f"{name}_share"] = np.full(len(places), held[node] / (held[0] + 1))
    found["apart"] = _steps(parents.tolist(), top)[places]


def _steps(parents: list[int], top: int) -> NDArray[np.int64]:
    """How many steps each element is below the nearest that holds the top one, or is it."""
    around = {0}
    while top:
        around.add(top)
        top = parents[top]
    steps = [0] * len(parents)
    for node, parent in enumerate(parents):  # parents come before their children
        if node not in around:
            steps[node] = steps[parent] + 1
    return np.array(steps)
