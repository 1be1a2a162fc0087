"""A page's tree is cut into blocks: runs of text between two block tags, in reading order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import html

from chaffinch.extract import images, inline, marks
from chaffinch.extract.links import Links
from chaffinch.model import Block
from chaffinch.text import count_words

_PREFORMATTED = frozenset(("pre", "listing", "xmp"))
_CELLS = frozenset(("td", "th"))
_MOST_CELLS = 100
_DIGITS = 5
_FEW_WORDS = 40
_MAX_BLOCKS = 8_000
_DEEPEST = 230
"""Levels; below, only the text is taken. Noise can nest deeper than `tree.flat` foresees."""


@dataclass(slots=True)
class Node:
    """A block element of the page: what the stages need to know of a block's surroundings."""

    tag: str
    parent: int
    names: str
    """Class, id, role and item property in lower case."""
    first: int
    """Index of the first block in it."""
    end: int = 0
    """Index after its last block."""


@dataclass(slots=True)
class Cut:
    """A page cut up: its blocks, the block elements they stand in, and which block stands where."""

    blocks: list[Block] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    """For each block, the index of its node."""
    elements: list[html.HtmlElement] = field(default_factory=list)
    """For each node, its element in the tree."""


def cut(root: html.HtmlElement, base: str) -> Cut:
    """Every block of the page, with absolute links; `base` is the page's address.

    Where next to nothing stands outside them, `noscript` elements are opened: forums write a whole thread there.
    """
    found = _cut(root, base)
    words = sum(block.words for block in found.blocks)
    if words < _FEW_WORDS:
        told = [e for e in root.iter("noscript") if count_words(e.text_content()) > max(words, _FEW_WORDS)]
        for element in told:
            element.tag = "div"
        return _cut(root, base) if told else found
    return found


def _cut(root: html.HtmlElement, base: str) -> Cut:
    cutter = _Cutter(base)
    body = root.find("body")
    cutter.block(body if body is not None else root, None, "html/body")
    return cutter.cut


class _Place(NamedTuple):
    """Where the blocks go that are cut now."""

    node: int
    path: str
    marks: frozenset[str]
    span: tuple[int, int]


class _Cutter:
    def __init__(self, base: str) -> None:
        self.cut = Cut()
        self._known = Links(base)
        self._run = inline.Run()
        self._images: list[str] = []
        self._seen: set[str] = set()
        self._depth = self._pre = 0

    def block(self, element: html.HtmlElement, around: _Place | None, path: str) -> None:
        tag = element.tag
        names = " ".join(filter(None, map(element.get, ("class", "id", "role", "itemprop")))).lower()
        node = Node(tag, around.node if around else -1, names, len(self.cut.blocks))
        place = _Place(
            len(self.cut.nodes),
            path,
            around.marks | marks.of(element) if around else frozenset(),
            _span(element) if tag in _CELLS else around.span if around else (1, 1),
        )
        self.cut.nodes.append(node)
        self.cut.elements.append(element)
        pre = tag in _PREFORMATTED
        self._pre += pre
        self._content(element, place, {})
        if tag in _CELLS and len(self.cut.blocks) == node.first and not (self._run.has_text() or self._images):
            self._emit(place, tag, "", "", 0)  # an empty cell holds its column's place
        self._flush(place)
        self._pre -= pre
        node.end = len(self.cut.blocks)

    def _content(self, element: html.HtmlElement, place: _Place, counts: dict[str, int]) -> None:
        if self._depth > _DEEPEST:
            self._run.say(element.text_content(), pre=bool(self._pre))
            return
        self._depth += 1
        pre = bool(self._pre)
        if text := element.text:
            self._run.say(text, pre=pre)
        for child in element:
            self._child(child, place, counts)
            if text := child.tail:
                self._run.say(text, pre=pre)
        self._depth -= 1

    def _child(self, child: html.HtmlElement, place: _Place, counts: dict[str, int]) -> None:
        tag = child.tag
        if not isinstance(tag, str) or tag in marks.SILENT:
            return
        if tag in inline.INLINE:
            self._inline(child, place, counts)
        elif tag == "br":
            if self._run.broken(pre=bool(self._pre)):
                self._flush(place)
        elif tag in ("img", "amp-img", "noscript", "picture"):
            self._picture(child)
        else:
            self._flush(place)
            counts[tag] = counts.get(tag, 0) + 1
            number = f"[{counts[tag]}]" if counts[tag] > 1 else ""
            self.block(child, place, f"{place.path}/{tag}{number}")

    def _inline(self, child: html.HtmlElement, place: _Place, counts: dict[str, int]) -> None:
        if marks.is_hidden(child):
            return
        tag, href = child.tag, child.get("href")
        written = self._run.opened(tag, href, self._known.absolute(href or "") if tag == "a" else "")
        self._content(child, place, counts)
        self._run.closed(tag, href, written=written)

    def _picture(self, element: html.HtmlElement) -> None:
        for found in images.find(element, self._known):
            if found.src not in self._seen:
                self._seen.add(found.src)
                self._images.append(inline.picture(found))

    def _flush(self, place: _Place) -> None:
        if not self._run and not self._images:
            return
        if found := self._run.taken(pre=bool(self._pre)):
            self._emit(place, "pre" if self._pre else self.cut.nodes[place.node].tag, *found)
        pictures, self._images = self._images, []
        for picture in pictures:
            self._emit(place, "img", picture, "", 0)

    def _emit(self, place: _Place, tag: str, written: str, text: str, linked: int) -> None:
        if len(self.cut.blocks) >= _MAX_BLOCKS:
            return
        words = count_words(text) if text else 0
        self.cut.blocks.append(
            Block(place.path, tag, written, text, words, min(linked, words), place.marks, span=place.span)
        )
        self.cut.places.append(place.node)


def _span(cell: html.HtmlElement) -> tuple[int, int]:
    """How many columns and rows a cell takes (HTML 4.9.11)."""
    return _number(cell.get("colspan")), _number(cell.get("rowspan"))


def _number(said: str | None) -> int:
    said = (said or "").strip()
    return min(max(int(said), 1), _MOST_CELLS) if said.isdecimal() and len(said) <= _DIGITS else 1
