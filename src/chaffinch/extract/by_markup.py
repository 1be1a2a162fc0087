"""What the page's own markup says is not its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import html

from chaffinch.extract.by_repeats import is_sentence
from chaffinch.extract.segment import Cut
from chaffinch.model import Verdict
from chaffinch.text import one_line

_NEVER = ("dialog", "hidden", "nav")
"""Marks of blocks that are no article text; others only weigh, with the classifier."""
_WHOLE = ("article", "body", "main")
"""Elements that are no box, however little they hold."""
_A_BOX = 60
"""Words that a box around a field may hold."""
_A_PANEL = re.compile(r"accord|collaps|faq|toggle|answer|tab-?pane|tabpanel|expand")
_A_POPUP = re.compile(
    r"modal|popup|pop-up|dialog|menu|nav|search|cookie|consent|drawer|offcanvas|overlay|dropdown|tooltip|share"
)
_ASKED = ("?", "？", "؟")
"""In what a question ends."""
_HEADINGS = ("h2", "h3", "h4", "h5", "dt")
"""What a button that unfolds an answer stands in."""
_UNLESS = 0.4
"""A mark that is on so much of a page's running text is no sign: pages hide all of it until a script shows it."""


def verdicts(cut: Cut) -> list[tuple[Verdict, str] | None]:
    """BOILERPLATE for what stands in navigation, in dialogs, in boxes that ask for an address, or is hidden."""
    prose = [block for block in cut.blocks if is_sentence(block)]
    words = sum(block.words for block in prose)
    telling = [m for m in _NEVER if sum(block.words for block in prose if m in block.marks) <= _UNLESS * words]
    said = {
        marks: next(((Verdict.BOILERPLATE, f"markup: {mark}") for mark in telling if mark in marks), None)
        for marks in {block.marks for block in cut.blocks}
    }
    found = [said[block.marks] for block in cut.blocks]
    hidden = (Verdict.BOILERPLATE, "markup: hidden")
    for at in _folded(cut) if hidden in found else ():
        if found[at] == hidden:
            found[at] = None
    for at in _asking(cut):
        found[at] = found[at] or (Verdict.BOILERPLATE, "markup: a box that asks for an address")
    return found


def _folded(cut: Cut) -> Iterator[int]:
    """The hidden blocks of accordions and the like: a reader unfolds them, so they are judged as what is seen."""
    panels, popups = [False], [False]  # the body's names are of the page as a whole
    for place, node in enumerate(cut.nodes[1:], 1):
        popups.append(popups[node.parent] or _A_POPUP.search(node.names) is not None)
        is_panel = panels[node.parent] or _A_PANEL.search(node.names) is not None or _is_unfolded(cut, place)
        panels.append(not popups[-1] and is_panel)
    return (at for at, block in enumerate(cut.blocks) if "hidden" in block.marks and panels[cut.places[at]])


def _is_unfolded(cut: Cut, place: int) -> bool:
    """Whether a question right before a hidden element unfolds it (WAI-ARIA Practices, Accordion Pattern).

    A heading that is nothing but such a button is one; other buttons unfold menus and notes, too.
    """
    node = cut.nodes[place]
    if "hidden" not in node.marks or "hidden" in cut.nodes[node.parent].marks:
        return False
    before = cut.elements[place].getprevious()
    button = None if before is None else next(iter(before.xpath("descendant-or-self::*[@aria-expanded]")), None)
    if button is None:
        return False
    asked = one_line(button.text_content())
    is_alone = asked == one_line(before.text_content())
    return is_alone and (asked.endswith(_ASKED) or (before.tag in _HEADINGS and " " in asked))


def _asking(cut: Cut) -> set[int]:
    """The blocks of boxes with a field for a mail address: sign-ups and comment forms, with the words that invite."""
    fields = [field for field in (cut.elements[0].iter("input") if cut.elements else ()) if _wants_address(field)]
    if not fields:
        return set()
    nodes = {element: place for place, element in enumerate(cut.elements)}
    every = sum(block.words for block in cut.blocks)
    asking: set[int] = set()
    for field in fields:
        box = None
        for above in field.iterancestors():
            if above.tag in _WHOLE:
                break
            place = nodes.get(above)
            if place is None:
                continue
            node = cut.nodes[place]
            words = sum(block.words for block in cut.blocks[node.first : node.end])
            if words > _A_BOX or words > _UNLESS * every:
                break
            box = node
        if box is not None:
            asking.update(range(box.first, box.end))
    return asking


def _wants_address(field: html.HtmlElement) -> bool:
    return (field.get("type") or "").lower() == "email" or "email" in (field.get("name") or "").lower()


def pictures(verdicts_so_far: Sequence[Verdict], cut: Cut) -> list[tuple[Verdict, str] | None]:
    """Pictures and empty cells go with what stands around them: kept in the midst of kept text, else dropped."""
    found: list[tuple[Verdict, str] | None] = [None] * len(cut.blocks)
    kept = [at for at, block in enumerate(cut.blocks) if block.words and verdicts_so_far[at] is Verdict.CONTENT]
    for at, block in enumerate(cut.blocks):
        if block.words or verdicts_so_far[at] is not Verdict.OPEN:
            continue
        node = cut.nodes[cut.places[at]]
        if block.tag in ("td", "th"):
            row = cut.nodes[node.parent]
            stays = any(verdicts_so_far[n] is Verdict.CONTENT for n in range(row.first, row.end))
            found[at] = (Verdict.CONTENT, "a cell of a kept row") if stays else (Verdict.BOILERPLATE, "an empty cell")
        else:
            found[at] = _picture(at, cut, verdicts_so_far, kept)
    return found


def _picture(at: int, cut: Cut, verdicts_so_far: Sequence[Verdict], kept: list[int]) -> tuple[Verdict, str]:
    if not kept or (not any(n < at for n in kept[:1]) and at < kept[0] - 3) or at > kept[-1] + 2:
        return Verdict.BOILERPLATE, "a picture outside the text"
    place = cut.places[at]
    for _ in range(4):
        node = cut.nodes[place]
        # its own caption says nothing: whether it is kept is another question
        near = [n for n in range(node.first, node.end) if cut.blocks[n].words and "caption" not in cut.blocks[n].marks]
        if near:
            stays = sum(cut.blocks[n].words for n in near if verdicts_so_far[n] is Verdict.CONTENT)
            if stays * 2 >= sum(cut.blocks[n].words for n in near):
                return Verdict.CONTENT, "a picture in the text"
            return Verdict.BOILERPLATE, "a picture beside dropped text"
        place = max(node.parent, 0)
    beside = [
        verdicts_so_far[n]
        for n in (at - 1, at + 1)
        if 0 <= n < len(cut.blocks) and cut.blocks[n].words and "caption" not in cut.blocks[n].marks
    ]
    if beside and all(v is Verdict.BOILERPLATE for v in beside):
        return Verdict.BOILERPLATE, "a picture beside dropped text"
    return Verdict.CONTENT, "a picture in the text"
