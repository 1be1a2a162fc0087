"""An index page lists articles: the owner's selector says where, or their likeness does."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from chaffinch.errors import ReadError
from chaffinch.model import Listing, Page, Reference, Source, SourceState
from chaffinch.ports import Fetcher
from chaffinch.sources.autodiscovery import base_of
from chaffinch.sources.dates import believable, rhythm
from chaffinch.sources.entries import newest_first
from chaffinch.sources.links import Link, all_links, is_same_site, links_of, listed_by_json_ld
from chaffinch.sources.markup import decoded, tree
from chaffinch.sources.sitemap import site_of
from chaffinch.sources.visit import Visit, visit
from chaffinch.text import count_words, one_line, shorten
from chaffinch.urls import host_of

_MOST = 200
_MOST_NAVIGATION = 500
_GOOD = 3.0
"""The mean score of a group of article links; each mark below is worth a half to two."""
_GOOD_ALONE = 5.0
_FEWEST = 2

_DATE_IN_PATH = re.compile(r"/(?:19|20)\d\d[/-]?(?:[01]?\d|[a-z]{3})(?:[/-]|$)", re.IGNORECASE)
_WORDS_OF_A_SLUG = 3
_NUMBERED = re.compile(r"\d{4,}|[?&](?:id|p|article|story)=\d+")
_SERVICE = re.compile(
    r"/(?:about|account|advertis\w*|archives?|authors?|autor(?:en)?|calendar|careers?|cart|categor(?:y|ies)|columnists?|"
    r"contact|cookies?|donate|events?|faq|feeds?|help|imprint|impressum|jobs|kontakt|legal|log-?in|newsletters?|page|"
    r"people|privacy|profiles?|register|rss|search|sections?|shop|sign-?(?:in|up)|sitemap|staff|subscri\w+|tags?|team|"
    r"terms|themen?|topics?|users?|writers?)(?:/|$|\.\w+$)",
    re.IGNORECASE,
)


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """A reference for each article that the page links to, as they stand, at most 200.

    Raises FetchError, and ReadError where the selector is wrong or matches nothing, or no group of links looks
    like articles.
    """
    seen = visit(state.location or source.location, state, fetcher)
    return seen.unchanged or parse(source, seen)


def parse(source: Source, seen: Visit) -> Listing:
    """What an index page that came lists. Raises ReadError."""
    page = seen.page
    if not page.body.strip():
        raise ReadError(f"{page.url}: empty, where a page of links is expected")
    try:
        soup = tree(decoded(page))
    except ReadError as error:
        raise ReadError(f"{page.url}: {error}") from error
    base, site = base_of(soup, page.url), site_of(host_of(page.url))
    everything = list(all_links(soup, base, site))
    if source.rules.links is not None:
        chosen = _selected(soup, source.rules.links, page, base, site)
        navigation = seen.state.navigation
    else:
        navigation = _navigation(everything, seen.state.navigation)
        wanted = [link for link in everything if link.url not in navigation and not _is_self(link.url, page, base)]
        chosen = _likely(wanted, {url for url in listed_by_json_ld(soup, base) if is_same_site(url, site)})
        if not chosen:
            raise ReadError(
                f'{page.url}: no group of its links looks like articles; name them, such as links = "h2 a"'
                + ("" if everything else " (it has no links at all: a page that needs JavaScript?)")
            )
    found = tuple(_references(chosen, page))[:_MOST]
    title = one_line(soup.title.get_text()) if soup.title else ""
    state = replace(
        seen.state,
        title=shorten(title, 200) or seen.state.title,
        navigation=navigation,
        published_at=rhythm(reference.published for reference in found),
    )
    return Listing(newest_first(found), state)


def _selected(soup: BeautifulSoup, selector: str, page: Page, base: str, site: str) -> Sequence[Link]:
    try:
        elements = soup.select(selector)
    except (SelectorSyntaxError, NotImplementedError, ValueError) as error:
        why = one_line(str(error).partition("\n")[0])
        raise ReadError(f'links = "{selector}" is no CSS selector: {why}') from error
    anchors: list[Tag] = []
    for element in elements:
        around = element if element.name == "a" else element.find("a", href=True) or element.find_parent("a")
        anchors += [around] if isinstance(around, Tag) else []
    chosen = list(links_of(soup, anchors, base, site))
    if not chosen:
        what = "matches nothing" if not elements else "matches no link to this site"
        raise ReadError(f'{page.url}: links = "{selector}" {what}; has the page changed?')
    return chosen


def _navigation(everything: Iterable[Link], known: frozenset[str]) -> frozenset[str]:
    """What was known, and the links of this visit's menus; short ones only, for a menu may show a headline too."""
    found = sorted({link.url for link in everything if link.menu and count_words(link.text) <= 4} - known)
    return known | frozenset(found[: max(_MOST_NAVIGATION - len(known), 0)])


def _is_self(url: str, page: Page, base: str) -> bool:
    path = urlsplit(url)
    return url.rstrip("/") in (page.url.rstrip("/"), base.rstrip("/")) or (path.path in ("", "/") and not path.query)


def _likely(wanted: Sequence[Link], listed: set[str]) -> Sequence[Link]:
    """The links of the groups that look like articles, and single ones that look very much so, as they stand."""
    groups: defaultdict[str, list[Link]] = defaultdict(list)
    for link in wanted:
        if not (link.menu or link.aside or link.inline):
            groups[link.signature].append(link)
    shapes = Counter(_shape(url) for url in {link.url for link in wanted})
    scores = {link: _score(link, shapes, listed) for link in wanted}
    good: set[str] = set()
    for group in groups.values():
        urls = {link.url for link in group}
        mean = sum(scores[link] for link in group) / len(group)
        if (len(urls) >= _FEWEST and mean >= _GOOD) or mean >= _GOOD_ALONE:
            good |= urls
    good |= {link.url for link in wanted if link.url in listed}
    return [link for link in wanted if link.url in good]


def _score(link: Link, shapes: Counter[str], listed: set[str]) -> float:
    parts = urlsplit(link.url)
    words = count_words(link.text)
    score = 0.0
    score += 2.0 if 5 <= words <= 30 else 1.0 if words in (3, 4) or words > 30 else -1.0
    score += 1.5 if link.heading else 0.0
    score += 1.0 if link.dated else 0.0
    score += 1.5 if _DATE_IN_PATH.search(parts.path) else 0.0
    score += 1.5 if is_slug(parts.path) else 0.0
    score += 0.5 if _NUMBERED.search(parts.path + "?" + parts.query) else 0.0
    score += 0.5 if shapes[_shape(link.url)] >= 3 else 0.0
    score += 2.0 if link.url in listed else 0.0
    score -= 3.0 if _SERVICE.search(parts.path) else 0.0
    return score


def is_slug(path: str) -> bool:
    """Whether a path ends in words with hyphens between them, as stories' addresses do.

    Split, not matched: as a pattern it takes time beyond measure on some long addresses.
    """
    step = path.rstrip("/").rpartition("/")[2]
    words = [word for word in step.replace("_", "-").split("-") if word]
    return len(words) >= _WORDS_OF_A_SLUG and any(map(str.isalpha, step))


def _shape(url: str) -> str:
    """How a URL is built: `/news/#/slug` for all of `/news/2026/some-story`."""
    steps = urlsplit(url).path.strip("/").split("/")
    kinds = ("#" if step.isdigit() else "slug" if step.count("-") > 1 or at else step for at, step in enumerate(steps))
    return "/".join(kinds)


def _references(chosen: Iterable[Link], page: Page) -> Iterable[Reference]:
    by_url: dict[str, list[Link]] = {}
    for link in chosen:
        by_url.setdefault(link.url, []).append(link)
    for url, same in by_url.items():
        # A picture, a headline and a "more" may lead to one article: the headline speaks for it.
        best = max(same, key=lambda link: (link.heading, 3 <= count_words(link.text) <= 30, len(link.text)))
        published = next((link.published for link in same if link.published is not None), None)
        yield Reference(url, title=shorten(best.text, 300), published=believable(published, page.fetched))
