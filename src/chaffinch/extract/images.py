"""Where an image really is, however late the page means to load it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import html

from chaffinch.extract.links import Links
from chaffinch.text import one_line

_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-full-src",
    "data-hi-res-src",
    "data-img-url",
    "data-image",
    "data-url",
    "src",
)
"""Best first: `src` comes last, since pages that load late put a placeholder there."""
_LAZY_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_PLACEHOLDER = re.compile(
    r"(?:^|[/_-])(?:blank|spacer|transparent|placeholder|pixel|1x1|loading|grey|lazy)[^/]*\.(?:gif|png|svg|jpe?g)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[./]")
_PIXELS = re.compile(r"\s*(\d{1,5})")
_TINY = 48
"""Pixels; what is smaller is an icon or a counter."""
_CANDIDATE = re.compile(r"(\S+?)(?:\s+([\d.]+)([wx]))?\s*(?:,\s|,$|$)")


class Image(NamedTuple):
    src: str
    alt: str


def find(element: html.HtmlElement, links: Links) -> Iterator[Image]:
    """The images of an `img`, `picture` or `noscript`, at most one for each `img`, icons left out."""
    found = [element] if element.tag in ("img", "amp-img") else list(element.iter("img", "amp-img"))
    for image in found:
        if (src := address(image, links)) and not _is_tiny(image):
            yield Image(src, one_line(image.get("alt", ""))[:500])


def address(image: html.HtmlElement, links: Links) -> str:
    """Where the image is, absolute; empty where the page does not say."""
    said = dict(image.items())
    for name in _LAZY:
        value = said.get(name)
        if value and not value.startswith("data:") and "{" not in value and not _PLACEHOLDER.search(value):
            found = links.web(value)
            if found and (name == "src" or _ADDRESS.search(value)):
                return found
    sets = [said[name] for name in _LAZY_SETS if name in said]
    parent = image.getparent()
    if parent is not None and parent.tag == "picture":
        sets += [s.get(name, "") for s in parent.iter("source") for name in _LAZY_SETS]
    for candidates in sets:
        if best := largest(candidates):
            return links.web(best)
    return ""


def largest(candidates: str) -> str:
    """The largest of the candidates in a `srcset` (HTML 4.8.4.2.1), at most 1600 pixels wide where widths are told."""
    best, best_size = "", -1.0
    for url, size, unit in _CANDIDATE.findall(candidates[:5000]):
        if url.startswith("data:") or not url.strip(","):
            continue
        wide = float(size) if size.replace(".", "", 1).isdigit() else 1.0
        wide = -wide if unit == "w" and wide > 1600 and best_size > 0 else wide
        if wide > best_size:
            best, best_size = url, wide
    return best


def _is_tiny(image: html.HtmlElement) -> bool:
    for name in ("width", "height"):
        said = image.get(name)
        size = _PIXELS.match(said) if said else None
        if size and int(size[1]) < _TINY and "%" not in said:
            return True
    return False
