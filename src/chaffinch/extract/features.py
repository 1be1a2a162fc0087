"""What the classifier is told of each block, as one row of numbers.

The same function serves training and use; the model's file names the columns it was trained on, so a change
here without a new model is noticed when the model is loaded.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from chaffinch.extract import surroundings, wording
from chaffinch.extract.segment import Cut
from chaffinch.extract.wording import Columns
from chaffinch.model import Metadata

Rows = NDArray[np.float32]
_NEAR = 3
_TOLD = ("words", "linked", "ends", "in_heading", "phrase", "tag", "date")
"""What is told of the blocks so near before and after."""


def rows(cut: Cut, metadata: Metadata) -> tuple[Rows, list[str]]:
    """One row a block, and the names of the columns. There must be a block."""
    own = wording.columns(cut.blocks, metadata)
    found: Columns = {**own, **surroundings.columns(cut, own)}
    _neighbours(found, own)
    _page(found, own)
    table = np.empty((len(found), len(cut.blocks)), dtype=np.float32)
    for at, column in enumerate(found.values()):
        table[at] = column
    return table.T, list(found)


def _neighbours(found: Columns, own: Columns) -> None:
    """What stands before and after."""
    count = len(own["words"])
    padded = np.full((len(_TOLD), count + 2 * _NEAR), -1, dtype=np.float32)
    for row, name in zip(padded, _TOLD, strict=True):
        row[_NEAR:-_NEAR] = own[name]
    for step in (*range(-_NEAR, 0), *range(1, _NEAR + 1)):
        moved = padded[:, _NEAR + step : _NEAR + step + count]
        found |= zip([f"{name}{step:+d}" for name in _TOLD], moved, strict=True)
    long = wording.long(own)
    running = np.concatenate(([0.0], np.cumsum(long, dtype=np.float64)))
    here = np.arange(count)
    for span in (5, 15):
        found[f"long_before{span}"] = running[here] - running[np.maximum(here - span, 0)]
        found[f"long_after{span}"] = running[np.minimum(here + 1 + span, count)] - running[here + 1]
    heading = np.where(own["in_heading"] > 0, np.arange(count), -1)
    last = np.maximum.accumulate(heading)
    found["since_heading"] = np.arange(count) - last
    found["heading_phrase"] = np.where(last >= 0, own["phrase"][last], 0)
    h1 = np.where(own["tag"] == wording.TAGS["h1"], np.arange(count), -1)
    found["since_h1"] = np.arange(count) - np.maximum.accumulate(h1)
    after = np.where(np.isin(own["phrase"], (2, 7, 8)), np.arange(count), -1)  # comment, popular, related
    after = np.maximum.accumulate(after)
    found["since_phrase"] = np.where(after >= 0, np.arange(count) - after, 999)


def _page(found: Columns, own: Columns) -> None:
    """What kind of page it stands on, and how far down."""
    count = len(own["words"])
    words, total = own["words"], float(own["words"].sum()) + 1
    running = np.cumsum(words)
    long = wording.long(own)
    so_far = np.cumsum(long)
    found["at"] = np.arange(count) / max(1, count)
    found["index"] = np.arange(count)
    found["words_so_far"] = running / total
    found["long_so_far"] = so_far / (float(long.sum()) + 1)
    found["page_words"] = np.full(count, np.log1p(total))
    found["page_blocks"] = np.full(count, count)
    found["page_linked"] = np.full(count, float((words * own["linked"]).sum()) / total)
    found["page_long"] = np.full(count, float(long.sum()) / total)
    found["page_longest"] = np.full(count, float(words.max()) if count else 0)
    linked_heading = (own["in_heading"] > 0) & (own["linked"] >= 0.8) & (words >= 3)
    for name, share in (
        ("dates", own["date"]), ("headings", own["in_heading"]), ("linked_headings", linked_heading),
        ("items", own["in_list"]), ("cells", own["in_table"]), ("questions", own["question"]),
        ("more", own["more"]), ("twice", own["twice"] > 1),
    ):  # fmt: skip
        found[f"page_{name}"] = np.full(count, float(share.sum()) / count)
    found["page_item_words"] = np.full(count, float((words * own["in_list"]).sum()) / total)
    found["page_cell_words"] = np.full(count, float((words * own["in_table"]).sum()) / total)
