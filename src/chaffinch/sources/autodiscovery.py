"""A web page names its feeds (`<link rel="alternate">`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

from chaffinch.errors import ReadError
from chaffinch.model import Page
from chaffinch.sources.markup import decoded, tree
from chaffinch.text import one_line
from chaffinch.urls import absolute

_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json", "application/rdf+xml")
"""Best first."""
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|/replies", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that a page names."""

    url: str
    title: str


def feeds(page: Page) -> tuple[Named, ...]:
    """The feeds that a page names, the page's own main one first: Atom before RSS; comments' feeds left out."""
    try:
        return feeds_of(tree(decoded(page)), page.url)
    except ReadError:
        return ()


def feeds_of(soup: BeautifulSoup, url: str) -> tuple[Named, ...]:
    """The same of a page whose tree is at hand."""
    base = base_of(soup, url)
    found: list[tuple[int, Named]] = []
    for link in soup.select("link[rel~=alternate i][href]"):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        named = Named(absolute(base, str(link["href"])), one_line(str(link.get("title") or "")))
        if kind in _TYPES and named.url and not _COMMENTS.search(f"{named.url} {named.title}"):
            found.append((_TYPES.index(kind), named))
    found.sort(key=lambda ranked: ranked[0])
    return tuple(dict.fromkeys(named for _, named in found))


def base_of(soup: BeautifulSoup, url: str) -> str:
    """What relative links of a page are seen from."""
    base = soup.select_one("base[href]")
    return (absolute(url, str(base["href"])) if base else "") or url
