"""Code and tables of a plain text stay or go as wholes.

The line model looks at each cell by itself, and a table with holes is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from chaffinch.extract import by_repeats
from chaffinch.model import Block, Verdict

_TABLE = re.compile(r"(?:.*/)?table\[\d+\](?=/)")
_CELL = 15
"""Words; a table whose cells hold more on average is there for the layout."""
_PARAGRAPH = 20
"""Words of running text in a cell; where two cells beside it are furniture, the table holds a whole page."""
_LINKED = 0.5
"""Share of a table's words; what is linked that much leads elsewhere."""
_LEAST = 0.1
"""The mean score of a table that stands between two kept lines, for it to be kept."""


def settled(blocks: Sequence[Block], repeated: Sequence[bool]) -> list[Block]:
    """The judged blocks, where open or judged otherwise than most of their table with its verdict.

    Between lines that were kept, a table and code are kept whatever was said of them, unless the source repeats it.
    A table that is there for the layout is none any longer once cells are dropped from it.
    """
    found = list(blocks)
    amid = _are_amid(blocks)
    for key, places in groupby(range(len(blocks)), lambda at: _whole(blocks[at])):
        if not key:
            continue
        whole = list(places)
        is_amid = amid[whole[0]] and not any(repeated[at] for at in whole)
        verdict, reason, is_for_all = _verdict([blocks[at] for at in whole], is_amid=is_amid)
        for at in whole:
            if blocks[at].verdict is Verdict.OPEN or (is_for_all and blocks[at].verdict is not verdict):
                found[at] = blocks[at]._replace(verdict=verdict, reason=reason)
        if not is_for_all and len({found[at].verdict for at in whole if found[at].text}) > 1:
            for at in whole:
                found[at] = _taken_out(found[at], key)
    return found


def _taken_out(cell: Block, table: str) -> Block:
    """A cell as a paragraph that stands where its table stood; an empty one is nothing."""
    path = f"{table.rpartition('table[')[0]}{cell.path.rpartition('/')[2]}"
    if not cell.text:
        return cell._replace(path=path, verdict=Verdict.BOILERPLATE, reason="an empty cell of the layout")
    return cell._replace(path=path)


def _verdict(whole: Sequence[Block], *, is_amid: bool) -> tuple[Verdict, str, bool]:
    """A verdict with its reason, and whether it is for all or only for the empty cells."""
    name = "code" if whole[0].tag == "pre" else "table"
    words = sum(block.words for block in whole)
    kept = sum(block.words for block in whole if block.verdict is Verdict.CONTENT)
    is_for_all = name == "code" or not _is_layout(whole, words)
    if kept and 2 * kept >= words:
        return Verdict.CONTENT, f"most of its {name} is kept", is_for_all
    if is_amid and is_for_all and (name == "code" or _mean(whole) >= _LEAST):
        return Verdict.CONTENT, f"{name} in the midst of the text", True
    return Verdict.BOILERPLATE, f"most of its {name} is dropped", is_for_all


def _is_layout(cells: Sequence[Block], words: int) -> bool:
    """Whether a table of so many words says where things stand on a page, rather than what they are."""
    if words > _CELL * len(cells) or sum(cell.linked_words for cell in cells) > _LINKED * words:
        return True
    furniture = sum(cell.reason.startswith("phrase: ") for cell in cells)
    return furniture > 1 and any(cell.words >= _PARAGRAPH and by_repeats.is_sentence(cell) for cell in cells)


def _mean(whole: Sequence[Block]) -> float:
    """The mean score of its words; where nobody was asked nothing speaks against it."""
    words = sum(block.words for block in whole)
    return sum((1.0 if block.score is None else block.score) * block.words for block in whole) / max(words, 1)


def _are_amid(blocks: Sequence[Block]) -> list[bool]:
    """For each block whether the nearest lines before and behind it were kept."""
    before, behind = _nearest_kept(blocks), _nearest_kept(blocks[::-1])[::-1]
    return [one and other for one, other in zip(before, behind, strict=True)]


def _nearest_kept(blocks: Sequence[Block]) -> list[bool]:
    is_kept, found = False, []
    for block in blocks:
        found.append(is_kept)
        if not _whole(block):
            is_kept = block.verdict is Verdict.CONTENT
    return found


def _whole(block: Block) -> str:
    """What tells the table or the code that a block belongs to; empty where there is none."""
    if block.tag == "pre":
        return block.path
    table = _TABLE.match(block.path) if "table" in block.marks else None
    return table[0] if table else ""
