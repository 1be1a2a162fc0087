"""What was parsed for a page's outline is kept for its extraction, which follows soon."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from lxml import html

from chaffinch import urls
from chaffinch.extract import metadata, segment, tree
from chaffinch.model import Page

_MOST = 6_000_000
"""Characters of markup; a tree takes five to ten times as many bytes."""
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page's tree and its blocks."""

    size: int
    """Characters of markup."""
    root: html.HtmlElement
    url: str
    """The page's own web address; empty where nobody knows it."""
    base: str
    """What its links are relative to."""
    cut: segment.Cut
    scripts: Sequence[html.HtmlElement]
    noscripts: Sequence[html.HtmlElement]


class _Shelf:
    """Parsed pages by what they were parsed from, the oldest of them given up first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[bytes, Parsed] = OrderedDict()
        self._size = 0

    def put(self, key: bytes, page: Parsed) -> None:
        if page.size > _LARGEST:
            return
        with self._lock:
            if key in self._pages:
                return
            self._pages[key] = page
            self._size += page.size
            while self._size > _MOST:
                self._size -= self._pages.popitem(last=False)[1].size

    def is_empty(self) -> bool:
        return not self._pages

    def take(self, key: bytes) -> Parsed | None:
        with self._lock:
            page = self._pages.pop(key, None)
            self._size -= page.size if page else 0
            return page


_SHELF = _Shelf()


def keep(text: str, page: Page) -> Parsed:
    """The page parsed, and kept for the next `take`. Raises ExtractError."""
    found = _parsed(text, page)
    _SHELF.put(_key(page), found)
    return found


def take(text: str, page: Page) -> Parsed:
    """The page as it was kept, which is over then, or parsed anew. Raises ExtractError."""
    return (None if _SHELF.is_empty() else _SHELF.take(_key(page))) or _parsed(text, page)


def _key(page: Page) -> bytes:
    said = (page.url, page.charset or "", (page.told.canonical if page.told else None) or "")
    return blake2b("\n".join(said).encode("utf-8", "replace") + b"\0" + page.body, digest_size=16).digest()


def _parsed(text: str, page: Page) -> Parsed:
    markup = tree.checked(text)
    root = tree.grown(markup)
    url = _address(root, page)
    unseen = list(root.iter("base", "noscript", "script"))  # one look through all elements for three
    base = _base(unseen, url)
    cut = segment.cut(root, base)
    scripts, noscripts = ([element for element in unseen if element.tag == tag] for tag in ("script", "noscript"))
    return Parsed(len(markup), root, url, base, cut, scripts, noscripts)


def _address(root: html.HtmlElement, page: Page) -> str:
    if urls.is_web(page.url):
        return page.url
    return (page.told.canonical if page.told else None) or metadata.canonical(root) or ""


def _base(elements: Sequence[html.HtmlElement], url: str) -> str:
    """The base element (HTML 4.2.3), seen from where the page came from."""
    href = next((element.get("href") for element in elements if element.tag == "base" and "href" in element.attrib), "")
    return (urls.absolute(url, href) if href else "") or url
