"""What a web page shows says whether it is followed as a list or read as an article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, PageElement
from bs4.element import PreformattedString

from chaffinch.model import Page
from chaffinch.sources.index import is_slug
from chaffinch.text import count_words
from chaffinch.urls import is_front

_FEWEST = 3
"""An article's page links to a few others too: fewer links than these make no list."""
_A_STORY = 60
"""Words of running text for each link; teasers have fewer, and an article's page has more than its related links."""
_NAMED = 30
"""The same where the page's own address ends in words, as stories' do."""
_FRONT = 150
"""The same on a site's front page, which is hardly ever an article."""
_MANY = 10
_A_TEASER = 40
"""The same where OpenGraph alone says "article", as themes do of archives: so many links with so few words."""
_PROSE = 20
"""Words that make a run of text running text."""
_INLINE = frozenset((
    "a", "abbr", "b", "br", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "u",
))  # fmt: skip
_SILENT = frozenset(("noscript", "script", "style", "template", "textarea", "title"))
_MOST = 50_000
"""Runs of text that are looked at."""
_HIGHEST = 20
_OG_ARTICLE = re.compile(
    rb"<meta\b[^>]{0,200}\bog:type\b[^>]{0,200}\bcontent\s*=\s*[\"']?article\b"
    rb"|<meta\b[^>]{0,200}\bcontent\s*=\s*[\"']?article\b[^>]{0,200}\bog:type\b",
    re.IGNORECASE,
)
_LD_ARTICLE = re.compile(rb'"@type"\s*:\s*(?:\[\s*)?"(?:\w*News)?(?:Article|BlogPosting)"')
_LD_COLLECTION = re.compile(rb'"@type"\s*:\s*(?:\[\s*)?(?:"WebPage"\s*,\s*)?"(?:CollectionPage|SearchResultsPage)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """What counts of a page."""

    links: int
    """Links that look like articles."""
    prose: int
    """Words of running text that is no link."""
    og_article: bool = False
    ld_articles: int = 0
    """Articles that its JSON-LD describes."""
    ld_collection: bool = False
    is_front: bool = False
    is_named: bool = False
    """Its address ends in words with hyphens between them."""


def of(soup: BeautifulSoup, page: Page, links: int) -> Shown:
    """What the page shows, of which `links` look like articles."""
    body = page.body
    return Shown(
        links,
        sum(_prose(soup)),
        og_article=_OG_ARTICLE.search(body) is not None,
        ld_articles=len(_LD_ARTICLE.findall(body)),
        ld_collection=_LD_COLLECTION.search(body) is not None,
        is_front=is_front(page.url),
        is_named=is_slug(urlsplit(page.url).path),
    )


def is_list(shown: Shown) -> bool:
    """Whether its links are what it is there for, and not the text beside them.

    Themes give OpenGraph's "article" to archives too. One that JSON-LD calls a collection is a list all the same, and
    so is one of many links with next to no text.
    """
    if shown.links < _FEWEST or shown.ld_articles == 1:
        return False
    if shown.ld_collection and not shown.ld_articles:
        return True
    if shown.og_article:
        return not shown.ld_articles and shown.links >= _MANY and shown.prose < _A_TEASER * shown.links
    return shown.prose < (_FRONT if shown.is_front else _NAMED if shown.is_named else _A_STORY) * shown.links


def _prose(soup: BeautifulSoup) -> Iterator[int]:
    words: Counter[int] = Counter()
    linked: Counter[int] = Counter()
    for text in islice(soup.find_all(string=True), _MOST):
        if not isinstance(text, NavigableString) or isinstance(text, PreformattedString) or not text.strip():
            continue
        block, is_linked = _block_of(text)
        if block is not None:
            number = count_words(text)
            words[id(block)] += number
            linked[id(block)] += number * is_linked
    return (number for block, number in words.items() if number >= _PROSE and linked[block] * 2 <= number)


def _block_of(text: PageElement) -> tuple[PageElement | None, bool]:
    """The block that a run of text stands in, and whether it is a link; none where it is not shown."""
    is_linked = any(element.name == "a" for element in islice(text.parents, _HIGHEST))
    for element in text.parents:
        if element.name in _SILENT:
            return None, False
        if element.name not in _INLINE:
            return element, is_linked
    return None, False
