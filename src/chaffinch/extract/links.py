"""A page's links, seen from its address."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

import nh3

from chaffinch import urls

_PLAIN = re.compile(
    r"[hH][tT][tT][pP][sS]?://[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}(?::\d+)?(?:[/?#][^\s\"'<>\\^`{|}\x00-\x20\x7f]*)?"
)
_ROOTED = re.compile(r"/(?![/.])[^\s\"'<>\\^`{|}\x00-\x20\x7f]*")
_UNSAFE = re.compile(r"[\s\"'<>\\^`{|}\x00-\x20\x7f]")


class Links:
    """Makes links absolute; a page repeats many, and most need no parsing."""

    def __init__(self, base: str) -> None:
        self._base = base
        parts = urls.split(base) if urls.is_web(base) else None
        root = f"{parts.scheme}://{parts.netloc}" if parts else ""
        self._root = root if root and _stands(f"{root}/") else ""
        self._known: dict[str, str] = {}

    def absolute(self, href: str) -> str:
        """The web or mail address that is meant; empty where there is none (`#top`, `javascript:`)."""
        if href not in self._known:
            self._known[href] = self._resolved(href)
        return self._known[href]

    def web(self, href: str) -> str:
        """The web address that is meant; empty where there is none."""
        found = self.absolute(href)
        return "" if found.startswith("mailto:") else found

    def _resolved(self, href: str) -> str:
        if _is_plain(href):
            return href
        if self._root and "/." not in href and _ROOTED.fullmatch(href):
            return self._root + href
        if not href.strip() or href.startswith("#"):
            return ""
        if href.lower().startswith("mailto:"):
            href = f"mailto:{href[7:]}"
            return href if re.fullmatch(r"mailto:[\w.+-]+@[\w.-]+(?:\?[\w=&%.+-]*)?", href, re.ASCII) else ""
        found = _UNSAFE.sub(lambda bad: quote(bad[0], safe=""), urls.absolute(self._base, href))
        return found if found and _stands(found) else ""


def _is_plain(url: str) -> bool:
    """Whether it is so plain that every parser takes it."""
    return _PLAIN.fullmatch(url) is not None and "xn--" not in url


def _stands(url: str) -> bool:
    """Whether a browser's own parser takes it (URL Standard): Python's passes hosts such as `exa mple.org`."""
    if _is_plain(url):
        return True
    return "href" in nh3.clean(f'<a href="{escape(url)}">x</a>', tags={"a"}, attributes={"a": {"href"}})
