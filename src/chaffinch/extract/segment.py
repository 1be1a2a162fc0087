"""A page's tree is cut into blocks: runs of text between two block tags, in reading order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import html

from chaffinch.extract import images, inline, marks
from chaffinch.extract.links import Links
from chaffinch.model import Block
from chaffinch.text import count_words

_PREFORMATTED = frozenset(("pre", "listing", "xmp"))
_CELLS = frozenset(("td", "th"))
_PICTURES = frozenset(("amp-img", "img", "noscript", "picture"))
_NAMING = ("class", "id", "role", "itemprop")
_MOST_CELLS = 100
_DIGITS = 5
_PERMALINKS = frozenset(("#", "¶", "§", "🔗"))
"""What a link to a heading shows beside it."""
_EDIT = "mw-editsection"
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
    path: str
    marks: frozenset[str]
    """Its own and those of the elements around it."""
    span: tuple[int, int]
    """How many columns and rows the table cell takes that it is or stands in."""
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
    cutter.begin(body if body is not None else root)
    return cutter.cut


class _Cutter:
    def __init__(self, base: str) -> None:
        self.cut = Cut()
        self._known = Links(base)
        self._run = inline.Run()
        self._images: list[str] = []
        self._seen: set[str] = set()
        self._depth = 0
        self._pre = False

    def begin(self, body: html.HtmlElement) -> None:
        self._node(body, Node(body.tag, -1, _names(body.attrib), "html/body", frozenset(), (1, 1), 0))

    def _block(self, element: html.HtmlElement, tag: str, parent: int, path: str) -> None:
        above = self.cut.nodes[parent]
        said = dict(element.items())
        own = marks.of(tag, said)
        self._node(
            element,
            Node(
                tag, parent, _names(said), path, above.marks | own if own else above.marks,
                _span(said) if tag in _CELLS else above.span, len(self.cut.blocks),
            ),
        )  # fmt: skip

    def _node(self, element: html.HtmlElement, node: Node) -> None:
        place = len(self.cut.nodes)
        self.cut.nodes.append(node)
        self.cut.elements.append(element)
        was_pre = self._pre
        self._pre = was_pre or node.tag in _PREFORMATTED
        self._content(element, place, {})
        if node.tag in _CELLS and len(self.cut.blocks) == node.first and not (self._run.has_text() or self._images):
            self._emit(place, node.tag, "", "", 0)  # an empty cell holds its column's place
        self._flush(place)
        self._pre = was_pre
        node.end = len(self.cut.blocks)

    def _content(self, element: html.HtmlElement, place: int, counts: dict[str, int]) -> None:
        """What stands in an element goes to the block element at a place, or into blocks of its own."""
        run, pre = self._run, self._pre
        if self._depth > _DEEPEST:
            run.say(element.text_content(), pre=pre)
            return
        self._depth += 1
        if text := element.text:
            run.say(text, pre=pre)
        for child in element:
            tag = child.tag
            if tag in inline.INLINE:
                self._inline(child, tag, place, counts)
            elif tag == "br":
                if run.broken(pre=pre):
                    self._flush(place)
            elif tag in _PICTURES:
                self._picture(child)
            elif isinstance(tag, str) and tag not in marks.SILENT:
                self._flush(place)
                number = counts[tag] = counts.get(tag, 0) + 1
                path = f"{self.cut.nodes[place].path}/{tag}"
                self._block(child, tag, place, f"{path}[{number}]" if number > 1 else path)
            if text := child.tail:
                run.say(text, pre=pre)
        self._depth -= 1

    def _inline(self, child: html.HtmlElement, tag: str, place: int, counts: dict[str, int]) -> None:
        said = dict(child.items())
        if said and (marks.is_hidden(said) or _is_handle(child, tag, said)):
            return
        if not inline.INLINE[tag]:
            self._content(child, place, counts)
            return
        href = said.get("href")
        written = self._run.opened(tag, href, self._known.absolute(href or "") if tag == "a" else "")
        self._content(child, place, counts)
        self._run.closed(tag, href, written=written)

    def _picture(self, element: html.HtmlElement) -> None:
        for found in images.find(element, self._known):
            if found.src not in self._seen:
                self._seen.add(found.src)
                self._images.append(inline.picture(found))

    def _flush(self, place: int) -> None:
        if found := self._run.taken(pre=self._pre):
            self._emit(place, "pre" if self._pre else self.cut.nodes[place].tag, *found)
        if self._images:
            pictures, self._images = self._images, []
            for picture in pictures:
                self._emit(place, "img", picture, "", 0)

    def _emit(self, place: int, tag: str, written: str, text: str, linked: int) -> None:
        cut = self.cut
        if len(cut.blocks) >= _MAX_BLOCKS:
            return
        words = count_words(text) if text else 0
        node = cut.nodes[place]
        cut.blocks.append(Block(node.path, tag, written, text, words, min(linked, words), node.marks, span=node.span))
        cut.places.append(place)


def _is_handle(element: html.HtmlElement, tag: str, said: Mapping[str, str]) -> bool:
    """Whether it is for those who link to a heading or edit below it: `¶`, MediaWiki's `[edit]`."""
    if tag == "a":
        return said.get("href", "").startswith("#") and element.text_content().strip() in _PERMALINKS
    return tag == "span" and _EDIT in said.get("class", "")


def _names(said: Mapping[str, str]) -> str:
    """How an element is called."""
    return " ".join([said[name] for name in _NAMING if said.get(name)]).lower() if said else ""


def _span(said: Mapping[str, str]) -> tuple[int, int]:
    """How many columns and rows a cell takes (HTML 4.9.11)."""
    return _number(said.get("colspan")), _number(said.get("rowspan"))


def _number(said: str | None) -> int:
    said = (said or "").strip()
    return min(max(int(said), 1), _MOST_CELLS) if said.isdecimal() and len(said) <= _DIGITS else 1
