"""What belongs together is decided together: a table's cells, a list's items, a picture's caption, a question's answer.

The classifier looks at each block; where it kept nearly all of such a whole, a hole in it is more likely its error.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile

from chaffinch.extract.segment import Cut, Node
from chaffinch.model import Verdict

_WHOLES = frozenset(("details", "dl", "ol", "table", "tr", "ul"))
"""Elements that are kept whole, where most of them is kept."""
_MOST = 0.9
"""Of a whole's words."""
_FEWEST = 3
"""Blocks with words; a whole of two has no majority."""
_CELL = 15
"""Words; a table whose cells hold more on average is there for the layout."""
_PARAGRAPH = 40
_PARAGRAPHS = 0.5
"""Words of a paragraph, and the share of a table's words in such that says the same; menus make its average small."""
_LINKED = 0.5
"""Share of a list's words; what is linked that much leads elsewhere."""

_LEAST = 0.1
"""The mean score of a table that stands between two kept blocks, for it to be kept."""

Said = list[tuple[Verdict, str] | None]


def completed(cut: Cut, said: Said, scores: Sequence[float | None]) -> Said:
    """The verdicts; what the classifier dropped (`scores`) is kept where most of what it belongs to is.

    So is a table in the midst of the text.
    """
    found = list(said)
    kept = [verdict is not None and verdict[0] is Verdict.CONTENT for verdict in said]
    for place, node in _wholes(cut):
        inside = [at for at in range(node.first, node.end) if cut.blocks[at].words]
        words = sum(cut.blocks[at].words for at in inside)
        if len(inside) < _FEWEST or sum(cut.blocks[at].linked_words for at in inside) > _LINKED * words:
            continue
        if node.tag in ("table", "tr") and _is_layout(place, inside, cut):
            continue
        if sum(cut.blocks[at].words for at in inside if kept[at]) >= _MOST * words:
            why = f"the rest of its {node.tag} is kept"
        elif node.tag == "table" and _is_amid(place, cut, kept, scores) and _mean(inside, cut, scores) >= _LEAST:
            why = "a table in the midst of the text"
        else:
            continue
        for at in inside:
            if scores[at] is not None and not kept[at]:
                kept[at] = True
                found[at] = Verdict.CONTENT, why
    return found


def captioned(cut: Cut, said: Said, scores: Sequence[float | None]) -> Said:
    """The verdicts after those of pictures: a caption goes with the picture of its figure."""
    found = list(said)
    for node in cut.nodes:
        if node.tag != "figure":
            continue
        inside = range(node.first, node.end)
        pictures = [said[at] for at in inside if cut.blocks[at].tag == "img"]
        if not any(verdict and verdict[0] is Verdict.CONTENT for verdict in pictures):
            continue
        for at in inside:
            if scores[at] is not None and "caption" in cut.blocks[at].marks:
                found[at] = Verdict.CONTENT, "the caption of a kept picture"
    return found


def _wholes(cut: Cut) -> Iterator[tuple[int, Node]]:
    """Inner ones first."""
    for place in range(len(cut.nodes) - 1, -1, -1):
        node = cut.nodes[place]
        if node.tag in _WHOLES and node.end - node.first >= _FEWEST:
            yield place, node


def _is_layout(place: int, inside: Sequence[int], cut: Cut) -> bool:
    """Whether a table or a row is there for the layout: running text stands in it, or a table."""
    words = [cut.blocks[at].words for at in inside]
    node = cut.nodes[place]
    return (
        sum(words) > _CELL * (node.end - node.first)
        or sum(count for count in words if count > _PARAGRAPH) > _PARAGRAPHS * sum(words)
        or any(each.tag == "table" for each in _within(place, cut))
    )


def _within(place: int, cut: Cut) -> Iterator[Node]:
    """The elements that stand in one."""
    end = cut.nodes[place].end
    return takewhile(lambda node: node.first < end, islice(cut.nodes, place + 1, None))


def _is_amid(place: int, cut: Cut, kept: Sequence[bool], scores: Sequence[float | None]) -> bool:
    """Whether the nearest blocks before and after a table that were asked about were kept, and no table is in it."""
    table = cut.nodes[place]
    before = next((at for at in range(table.first - 1, -1, -1) if scores[at] is not None), None)
    after = next((at for at in range(table.end, len(scores)) if scores[at] is not None), None)
    if before is None or after is None or not (kept[before] and kept[after]):
        return False
    return all(node.tag != "table" for node in _within(place, cut))


def _mean(inside: Sequence[int], cut: Cut, scores: Sequence[float | None]) -> float:
    words = sum(cut.blocks[at].words for at in inside)
    return sum((scores[at] or 0.0) * cut.blocks[at].words for at in inside) / max(words, 1)
