"""An article's markup, fit for mail.

What comes in was written by `extract`, or by whoever filled the database: it is cleaned once more. What goes out has
nothing that mail programs or their filters refuse: no active content, no relative link, no link that says one host
and goes to another, no picture that is not https, none as small as a pixel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from lxml import html as markup
from lxml.html import HtmlElement

from chaffinch.model import Images
from chaffinch.text import one_line, xml_safe
from chaffinch.urls import host_of, is_web

WIDTH = 536
"""Pixels between the margins of a letter."""

_TAGS = nh3.ALLOWED_TAGS - {"area", "article", "aside", "center", "footer", "header", "hgroup", "map", "nav"}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"alt", "src", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_HOST = re.compile(r"(?:https?://|www\.)([\w.-]+\.\w+)", re.IGNORECASE)
_NUMERIC = re.compile(r"[\d.]+|.*:.*")


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of an article."""

    html: str
    length: int
    """Characters of its text."""


def pieces(html: str, images: Images) -> tuple[Piece, ...]:
    """The article's blocks, in order; what is empty without its pictures is left out."""
    cleaned = nh3.clean(xml_safe(html), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    if not cleaned.strip():
        return ()
    body = markup.fragment_fromstring(cleaned, create_parent="div")
    for element in list(body.iter("img")):
        _picture(element, images)
    for element in list(body.iter("a")):
        if not _honest(element):
            element.drop_tag()
    for element in body.iter("table"):
        if element.find(".//th") is None:
            element.set("role", "presentation")
    return tuple(_piece(block) for block in _blocks(body))


def fitting(blocks: Sequence[Piece], room: int) -> tuple[Piece, ...]:
    """As many of the first blocks as have room, in bytes; a cut never ends with a heading."""
    kept: list[Piece] = []
    for block in blocks:
        room -= len(block.html.encode())
        if room < 0:
            while kept and re.match(r"<h\d", kept[-1].html):
                kept.pop()
            break
        kept.append(block)
    return tuple(kept)


def picture_allowed(url: str | None, images: Images) -> bool:
    """Whether a picture may be linked from a letter."""
    return bool(url) and images is Images.LINK and url is not None and url.startswith("https://") and is_web(url)


def _picture(element: HtmlElement, images: Images) -> None:
    if not picture_allowed(element.get("src"), images) or {element.get("width"), element.get("height")} & {"0", "1"}:
        element.drop_tree()
        return
    width = element.get("width", "")
    element.set("width", width if width.isdigit() and 1 < int(width) < WIDTH else str(WIDTH))
    element.attrib.pop("height", None)  # the shape is the picture's own, whatever the width comes to
    element.set("alt", element.get("alt", ""))


def _honest(link: HtmlElement) -> bool:
    href = link.get("href", "")
    if href.startswith("mailto:"):
        return re.match(r"mailto:[^\s@]+@", href) is not None
    host = host_of(href)
    if not is_web(href) or "@" in href.split("/")[2] or _NUMERIC.fullmatch(host):
        return False
    says = _HOST.match(one_line(link.text_content()))
    return says is None or says[1].lower().removeprefix("www.") == host.removeprefix("www.")


def _blocks(body: HtmlElement) -> Iterator[HtmlElement]:
    if body.text and body.text.strip():
        yield _wrapped(body.text)
    for child in list(body):
        tail, child.tail = child.tail, None
        shows = child.tag in ("img", "hr") or child.find(".//img") is not None
        if shows or one_line(child.text_content()):
            yield child
        if tail and tail.strip():
            yield _wrapped(tail)


def _piece(element: HtmlElement) -> Piece:
    return Piece(markup.tostring(element, encoding="unicode"), len(one_line(element.text_content())))


def _wrapped(text: str) -> HtmlElement:
    paragraph = markup.Element("p")
    paragraph.text = text.strip()
    return paragraph
