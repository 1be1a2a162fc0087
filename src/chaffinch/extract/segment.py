"""A page's tree is cut into blocks: runs of text between two block tags, in reading order.

Inline markup is written anew while cutting, from a short list of tags, with everything else escaped: what a
page's author wrote as markup never reaches a block as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from lxml import html

from chaffinch.extract import images
from chaffinch.extract.links import Links
from chaffinch.model import Block
from chaffinch.text import count_words

INLINE = {
    "a": "a",
    "abbr": "",
    "acronym": "",
    "b": "b",
    "bdi": "",
    "bdo": "",
    "big": "",
    "cite": "cite",
    "code": "code",
    "data": "",
    "del": "del",
    "dfn": "",
    "em": "em",
    "font": "",
    "i": "i",
    "ins": "ins",
    "kbd": "kbd",
    "label": "",
    "mark": "mark",
    "nobr": "",
    "output": "",
    "q": "q",
    "rp": "",
    "ruby": "",
    "s": "s",
    "samp": "samp",
    "small": "small",
    "span": "",
    "strike": "s",
    "strong": "strong",
    "sub": "sub",
    "sup": "sup",
    "time": "",
    "tt": "code",
    "u": "u",
    "var": "var",
    "wbr": "",
}
"""Tags that stand within a run of text, and what each is written as; empty: only its text stays."""

_SILENT = frozenset(
    [
        "applet",
        "area",
        "audio",
        "base",
        "canvas",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "input",
        "link",
        "map",
        "math",
        "meta",
        "meter",
        "noframes",
        "object",
        "option",
        "param",
        "progress",
        "rt",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "track",
        "video",
    ]
)
"""What holds no text that a reader sees as the page's own."""

_MARKS = {
    "address": "address",
    "aside": "aside",
    "blockquote": "quote",
    "button": "button",
    "caption": "caption",
    "dd": "list",
    "details": "details",
    "dialog": "dialog",
    "dl": "list",
    "dt": "list",
    "fieldset": "form",
    "figcaption": "caption",
    "figure": "figure",
    "footer": "footer",
    "form": "form",
    "h1": "heading",
    "h2": "heading",
    "h3": "heading",
    "h4": "heading",
    "h5": "heading",
    "h6": "heading",
    "header": "header",
    "li": "list",
    "listing": "code",
    "menu": "list",
    "nav": "nav",
    "ol": "list",
    "pre": "code",
    "table": "table",
    "ul": "list",
    "xmp": "code",
}
_ROLES = {
    "alertdialog": "dialog",
    "banner": "header",
    "complementary": "aside",
    "contentinfo": "footer",
    "dialog": "dialog",
    "form": "form",
    "menu": "nav",
    "menubar": "nav",
    "navigation": "nav",
    "search": "form",
    "tablist": "nav",
}
_PREFORMATTED = frozenset(("pre", "listing", "xmp"))
_FEW_WORDS = 40
_MAX_BLOCKS = 8_000
_DEEPEST = 230
"""Levels; below, only the text is taken. Noise can nest deeper than `tree.flat` foresees."""
_BARE = str.maketrans({" ": "", "\n": "", "\t": "", "\r": "", "\xa0": ""})


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
    cutter.block(body if body is not None else root, -1, "html/body", frozenset())
    return cutter.cut


def is_hidden(element: html.HtmlElement) -> bool:
    """Whether the element's own attributes hide it from a reader."""
    if element.get("hidden") is not None:
        return str(element.get("hidden")).lower() != "until-found"
    style = element.get("style")
    if not style:
        return False
    style = style.translate(_BARE).lower()
    return "display:none" in style or "visibility:hidden" in style


class _Cutter:
    def __init__(self, base: str) -> None:
        self.cut = Cut()
        self._known = Links(base)
        self._reset()
        self._open: list[tuple[str, str]] = []
        self._links = self._anchored = self._depth = 0
        self._pre = 0
        self._seen: set[str] = set()

    def _reset(self) -> None:
        self._html: list[str] = []
        self._text: list[str] = []
        self._linked: list[str] = []
        self._images: list[str] = []
        self._breaks = 0
        self._is_marked = False

    def block(self, element: html.HtmlElement, parent: int, path: str, marks: frozenset[str]) -> None:
        tag = element.tag
        names = " ".join(filter(None, map(element.get, ("class", "id", "role", "itemprop")))).lower()
        here = len(self.cut.nodes)
        node = Node(tag, parent, names, len(self.cut.blocks))
        self.cut.nodes.append(node)
        self.cut.elements.append(element)
        if tag in _MARKS:
            marks |= {_MARKS[tag]}
        role = element.get("role")
        if role in _ROLES:
            marks |= {_ROLES[role]}
        if is_hidden(element) and parent >= 0:
            marks |= {"hidden"}
        pre = tag in _PREFORMATTED
        self._pre += pre
        place = (here, path, marks)
        self._content(element, place, {})
        if tag in ("td", "th") and len(self.cut.blocks) == node.first and not self._has_text():
            self._emit(place, tag, "", "", 0)  # an empty cell holds its column's place
        self._flush(place)
        self._pre -= pre
        node.end = len(self.cut.blocks)

    def _has_text(self) -> bool:
        return any(not part.isspace() for part in self._text) or bool(self._images)

    def _content(
        self, element: html.HtmlElement, place: tuple[int, str, frozenset[str]], counts: dict[str, int]
    ) -> None:
        if self._depth > _DEEPEST:
            self._say(element.text_content())
            return
        self._depth += 1
        if text := element.text:
            self._say(text)
        for child in element:
            self._child(child, place, counts)
            if text := child.tail:
                self._say(text)
        self._depth -= 1

    def _child(self, child: html.HtmlElement, place: tuple[int, str, frozenset[str]], counts: dict[str, int]) -> None:
        tag = child.tag
        if not isinstance(tag, str) or tag in _SILENT:
            return
        if tag in INLINE:
            self._inline(child, place, counts)
        elif tag == "br":
            self._break(place)
        elif tag in ("img", "amp-img", "noscript", "picture"):
            self._picture(child)
        else:
            self._flush(place)
            counts[tag] = counts.get(tag, 0) + 1
            number = f"[{counts[tag]}]" if counts[tag] > 1 else ""
            self.block(child, place[0], f"{place[1]}/{tag}{number}", place[2])

    def _inline(self, child: html.HtmlElement, place: tuple[int, str, frozenset[str]], counts: dict[str, int]) -> None:
        if is_hidden(child):
            return
        written = INLINE[child.tag]
        if written == "a":
            href = self._known.absolute(child.get("href", ""))
            written = "a" if href and not self._anchored else ""
            opening = f'<a href="{_attribute(href)}">' if written else ""
        else:
            opening = f"<{written}>" if written else ""
        self._anchored += written == "a"
        if opening:
            self._is_marked = True
            self._open.append((opening, f"</{written}>"))
            self._html.append(opening)
        is_link = child.tag == "a" and child.get("href") is not None
        self._links += is_link
        self._content(child, place, counts)
        self._links -= is_link
        self._anchored -= written == "a"
        if opening:
            self._html.append(self._open.pop()[1])

    def _say(self, text: str) -> None:
        if not self._pre:
            bare = text.strip(" \t\r\n\f\xa0\u200b\ufeff")
            if not bare:
                if not self._html:
                    return  # most of what stands between two block tags
                text = " "
            else:
                self._breaks = 0
                text = (
                    _one_line(bare)
                    if len(bare) == len(text)
                    else f"{' ' * text[0].isspace()}{_one_line(bare)}{' ' * text[-1].isspace()}"
                )
        else:
            text = text.replace("\xa0", " ")
        self._text.append(text)
        self._html.append(escape(text, quote=False))
        if self._links:
            self._linked.append(text)

    def _break(self, place: tuple[int, str, frozenset[str]]) -> None:
        self._breaks += 1
        if self._breaks == 2 and not self._pre:
            self._flush(place)  # two breaks are how old pages write a paragraph
            return
        self._text.append("\n")
        self._html.append("\n" if self._pre else "<br>")

    def _picture(self, element: html.HtmlElement) -> None:
        for found in images.find(element, self._known):
            if found.src not in self._seen:
                self._seen.add(found.src)
                self._images.append(f'<img src="{_attribute(found.src)}" alt="{_attribute(found.alt)}">')

    def _flush(self, place: tuple[int, str, frozenset[str]]) -> None:
        if not self._html and not self._images:
            return
        if self._text:
            text = "".join(self._text)
            if not text.isspace():
                text = text.strip("\n").rstrip() if self._pre else _lines(text)
            if text and not text.isspace():
                if self._is_marked or self._open or self._pre:
                    inner = "".join([*self._html, *(end for _, end in reversed(self._open))])
                    written = tidied(inner, pre=bool(self._pre))
                else:
                    written = escape(text, quote=False).replace("\n", "<br>")
                tag = "pre" if self._pre else self.cut.nodes[place[0]].tag
                linked = count_words("".join(self._linked)) if self._linked else 0
                self._emit(place, tag, written, text, linked)
        pictures = self._images
        self._reset()
        self._html.extend(start for start, _ in self._open)
        self._is_marked = bool(self._open)
        for picture in pictures:
            self._emit(place, "img", picture, "", 0)

    def _emit(self, place: tuple[int, str, frozenset[str]], tag: str, written: str, text: str, linked: int) -> None:
        if len(self.cut.blocks) >= _MAX_BLOCKS:
            return
        node, path, marks = place
        words = count_words(text) if text else 0
        self.cut.blocks.append(Block(path, tag, written, text, words, min(linked, words), marks))
        self.cut.places.append(node)


_EMPTY = tuple(f"<{tag}></{tag}>" for tag in sorted(set(INLINE.values()) - {"", "a"}))


def tidied(written: str, *, pre: bool) -> str:
    """Inline markup without empty elements, and without space or breaks at its ends."""
    before = None
    while before != written:
        before = written
        if "></" in written or "> " in written:
            written = re.sub(r"<(\w+)(?: [^<>]*)?>(\s*)</\1>", r"\2", written)
    if pre:
        return written.strip("\n").rstrip()
    written = re.sub(r" *<br> *", "<br>", re.sub(r" {2,}", " ", written)).strip()
    return re.sub(r"^(?:<br>)+|(?:<br>)+$", "", written).strip()


def _attribute(value: str) -> str:
    """The value as HTML's own serialisation writes it between double quotes (HTML 13.3)."""
    return escape(value, quote=False).replace('"', "&quot;")


def _lines(text: str) -> str:
    return "\n".join(filter(None, map(_one_line, text.split("\n")))) if "\n" in text else _one_line(text)


def _one_line(text: str) -> str:
    if not text.isascii():
        text = text.replace("\u200b", "").replace("\ufeff", "")
    return " ".join(text.split())


def texts(blocks: Iterable[Block]) -> list[str]:
    """The blocks' texts, those without words left out."""
    return [block.text for block in blocks if block.words]
