"""A web page's links, each with where it stands, what it says and what stands beside it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

from chaffinch.sources.dates import iso
from chaffinch.text import one_line
from chaffinch.urls import absolute, host_of

_CARDS = ("article", "li", "main", "section")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_STEPS = 6
"""How far up from a link its signature goes."""
_CARD_STEPS = 5
_HIGHEST = 60
_MOST = 3_000
_LOOKED_AT = 100
_BEFORE_A_HEADLINE = 25
_WRAPS = 0.6
"""An element that holds more of the page's links than that is a wrapper."""
_NUMBERS = re.compile(r"[\d_-]+")
_FILES = re.compile(
    r"\.(?:avi|bmp|css|csv|docx?|epub|gif|gz|ico|jpe?g|js|json|m4a|mov|mp[34]|og[gv]|pdf|png|pptx?|rss|svg|tar|"
    r"tiff?|txt|wav|web[mp]|xlsx?|xml|zip)$",
    re.IGNORECASE,
)
_MENU = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|menubar|breadcrumbs?|pagination|pager|footer|masthead|topbar|toolbar|"
    r"skip|cookies?|login|language|lang|social|share|sharing)(?:$|[\s_-])",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:sidebar|aside|widget|related|popular|trending|most-?(?:read|viewed|visited|popular)|recommended|"
    r"advert(?:isement)?|ads?|promo|sponsored|comments?|tags?|tag-?cloud|byline|author|category|categories)(?:$|[\s_-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """One `<a>` of a page."""

    url: str
    text: str
    """Its heading's where it has one, else its own."""
    signature: str
    """Which tags and classes it stands in: the links of one list have the same."""
    heading: bool = False
    """It stands in a heading, or holds one."""
    menu: bool = False
    """It stands in a navigation, a head or a foot."""
    aside: bool = False
    """It stands beside the matter: a side column, a box of tags or of popular pages."""
    inline: bool = False
    """It stands in the middle of a paragraph: part of a text, not of a list."""
    published: datetime | None = None
    """Said by the `<time>` of its card."""
    dated: bool = False


def all_links(soup: BeautifulSoup, base: str, site: str) -> Iterator[Link]:
    """The page's links to pages of the same site (`site` is a host without `www.`), as they stand."""
    return links_of(soup, (one for one in soup.find_all("a", href=True) if isinstance(one, Tag)), base, site)


def links_of(soup: BeautifulSoup, found: Iterable[Tag], base: str, site: str) -> Iterator[Link]:
    """The links that some `<a>` of a page are, at most 3,000; those that lead to no page of the site are left out."""
    anchors = list(islice(found, _MOST))
    holds = Counter(id(element) for anchor in anchors for element in islice(anchor.parents, _HIGHEST))
    wrappers = {element for element, held in holds.items() if held > _WRAPS * len(anchors)}
    times = _times(soup)
    for anchor in anchors:
        url = absolute(base, str(anchor.get("href") or "")).partition("#")[0]
        if url and is_same_site(url, site) and not _FILES.search(urlsplit(url).path):
            yield _link(anchor, url, wrappers, _time_of(anchor, times))


def is_same_site(url: str, site: str) -> bool:
    """Whether a URL's host is the site's or one below it."""
    host = host_of(url).removeprefix("www.")
    return host == site or host.endswith(f".{site}")


def listed_by_json_ld(soup: BeautifulSoup, base: str) -> Iterator[str]:
    """The URLs of a page's ItemList and blog postings (schema.org), in their order."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            said = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        for url in _items(said, depth=0):
            if found := absolute(base, url):
                yield found.partition("#")[0]


def _items(said: Any, depth: int) -> Iterator[str]:
    if depth > 8:
        return
    if isinstance(said, list):
        for one in said:
            yield from _items(one, depth + 1)
        return
    if not isinstance(said, dict):
        return
    kind = said.get("@type")
    kinds: list[Any] = kind if isinstance(kind, list) else [kind]
    if "ItemList" in kinds:
        elements = said.get("itemListElement")
        for element in elements if isinstance(elements, list) else []:
            yield from _address(element)
    postings = said.get("blogPost") if "Blog" in kinds else None
    for posting in postings if isinstance(postings, list) else []:
        yield from _address(posting)
    for key in ("@graph", "mainEntity"):
        yield from _items(said.get(key), depth + 1)


def _address(element: Any) -> Iterator[str]:
    """A ListItem's own URL, or that of the thing it holds."""
    if isinstance(element, str):
        yield element
    if isinstance(element, dict):
        item = element.get("item")
        inside = item if isinstance(item, dict) else {"url": item}
        for url in (element.get("url"), inside.get("url"), inside.get("@id")):
            if isinstance(url, str):
                yield url
                return


def _link(anchor: Tag, url: str, wrappers: Container[int], time: Tag | None) -> Link:
    inside = anchor.find(_HEADINGS)
    place = _place_of(anchor, wrappers)
    return Link(
        url=url,
        text=one_line((inside or anchor).get_text(" ")) or one_line(str(anchor.get("title") or "")),
        signature=place.signature,
        heading=inside is not None or place.heading,
        menu=place.menu,
        aside=place.aside,
        inline=_is_inline(anchor),
        published=iso(str(time.get("datetime") or "")) if time is not None else None,
        dated=time is not None,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    signature: str
    heading: bool
    menu: bool
    aside: bool


def _place_of(anchor: Tag, wrappers: Container[int]) -> _Place:
    """Where a link stands, seen from up to 60 elements around it."""
    steps: list[str] = []
    heading = menu = aside = False
    for element in (anchor, *islice(anchor.parents, _HIGHEST)):
        name = element.name
        if name in ("body", "html", "[document]"):
            break
        classes = element.get_attribute_list("class")
        called = " ".join(str(one) for one in (*classes, element.get("id"), element.get("role")) if one)
        if len(steps) < _STEPS:
            steps.append(f"{name}.{_NUMBERS.sub('', str(classes[0] or '')) if classes else ''}")
        heading = heading or name in _HEADINGS
        if id(element) in wrappers:
            continue
        menu = menu or name == "nav" or bool(_MENU.search(called))
        # A head or a foot inside these is a card's, not the page's.
        menu = menu or (name in ("header", "footer") and not _is_inside(element, _CARDS))
        aside = aside or name == "aside" or bool(_ASIDE.search(called))
    return _Place("<".join(steps), heading, menu, aside)


def _is_inside(element: Tag, names: Container[str]) -> bool:
    return any(around.name in names for around in islice(element.parents, _HIGHEST))


def _is_inline(anchor: Tag) -> bool:
    paragraph = next((element for element in islice(anchor.parents, _CARD_STEPS) if element.name == "p"), None)
    if paragraph is None:
        return False
    before = 0
    for piece in islice(paragraph.descendants, _LOOKED_AT):
        if piece is anchor:
            break
        before += len(piece.strip()) if isinstance(piece, NavigableString) else 0
    # A few characters before it are a date or a section's name, as they stand before a headline.
    return before > _BEFORE_A_HEADLINE


def _times(soup: BeautifulSoup) -> Mapping[int, Tag | None]:
    """The one `<time>` inside each element near one; None where there are several, which say nothing of one link."""
    found: dict[int, Tag | None] = {}
    for time in islice(soup.find_all("time"), _MOST):
        for element in (time, *islice(time.parents, _CARD_STEPS)) if isinstance(time, Tag) else ():
            found[id(element)] = None if id(element) in found else time
    return found


def _time_of(anchor: Tag, times: Mapping[int, Tag | None]) -> Tag | None:
    """That of the smallest card around a link."""
    for card in (anchor, *islice(anchor.parents, _CARD_STEPS)):
        if card.name in ("body", "main", "html"):
            return None
        if id(card) in times:
            return times[id(card)]
    return None
