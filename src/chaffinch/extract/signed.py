"""Who signs an article, as a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice
from typing import cast

from lxml import etree, html

from chaffinch.extract import bylines, widenames
from chaffinch.text import count_words, normalised, one_line

_NAMES = frozenset(("author-name", "byline__name"))
_CLASSES = frozenset(("article-author", "article__author", "author", "byline", "entry-author", "post-author"))
_MARKED = etree.XPath(
    "//@class[contains(., 'author') or contains(., 'byline')]/.."
    " | //@itemprop[. = 'author']/.. | //@rel[. = 'author']/.."
)
_GUESSED = 5
"""The rank of what has an author's name only somewhere in its class."""
_AUTHORS_PAGE = re.compile(r"/(?:authors?|by|contributors?|people|profiles?|staff|team|writers?)/[^/]", re.IGNORECASE)
_ELSEWHERE = re.compile(r"comment|related|recommend|footer|sidebar|newsletter|popular|trending|testimonial")
_SILENT = frozenset(
    ("aside", "button", "footer", "form", "iframe", "nav", "noscript", "script", "select", "style", "svg")
)
_BELOW = 40
_ABOVE = 12
"""Runs of text around the headline among which a name may stand."""
_ALL = 3000
"""Elements that are marked as an author's, and runs of text below the headline, that are looked at."""
_MOST = 6
_PROSE = 30
"""Words; the article has begun."""
_PIECES = 12
_DEEPEST = 60

Run = tuple[str, html.HtmlElement]
"""A run of text, and the element that it stands in."""


class Signatures:
    """Where a page names an author, looked up once."""

    def __init__(self, root: html.HtmlElement, title: str) -> None:
        self._root, self._title = root, title

    @cached_property
    def _ranked(self) -> list[tuple[int, html.HtmlElement]]:
        """The elements that are marked as an author's, surest first; comments' authors are left out."""
        found = [
            (_rank(element), at, element)
            for at, element in enumerate(cast("list[html.HtmlElement]", _MARKED(self._root))[:_ALL])
            if not any("comment" in f"{up.get('class')} {up.get('id')}" for up in element.iterancestors())
        ]
        return [(rank, element) for rank, _, element in sorted(found, key=lambda each: each[:2])]

    @cached_property
    def _around(self) -> tuple[list[Run], list[Run]]:
        """The runs of text below the headline down to the first prose, and those above it."""
        if self._head is None:
            return [], []
        return list(islice(_until_prose(_after(self._head)), _BELOW)), list(islice(_before(self._head), _ABOVE))

    @cached_property
    def _head(self) -> html.HtmlElement | None:
        plain = normalised(self._title)
        headings = list(islice(self._root.iter("h1", "h2"), 20))
        for heading in headings:
            if plain and normalised(heading.text_content()) == plain:
                return heading
        return next((heading for heading in headings if heading.tag == "h1"), None)

    def marked(self) -> str:
        """The byline that the page's markup names so."""
        return next(filter(None, (_read(element) for rank, element in self._ranked if rank < _GUESSED)), "")

    def named(self) -> str:
        """The byline in what has an author's name somewhere in its class; one word only behind a label."""
        for _, element in [each for each in self._ranked if each[0] == _GUESSED][:_MOST]:
            name = _read(element)
            labelled = any(bylines.begins(text) for text, _ in islice(_texts(element), 2))
            if name and (labelled or " " in name or not name.isascii()):
                return name
        return ""

    def beside(self) -> str:
        """The byline of a line beside the headline that says who the article is by."""
        below, above = self._around
        return _labelled(below) or _labelled(above) or self.reporter()

    def reporter(self) -> str:
        """The reporter whom a line beside the headline names, or the first paragraph below it in its dateline."""
        below, above = self._around
        if found := next(filter(None, (widenames.reporter(text) for text, _ in chain(below, above))), ""):
            return found
        for text, _ in islice(_after(self._head), _BELOW) if self._head is not None else ():
            if (found := widenames.in_dateline(text)) or _is_prose(text):
                return found
        return ""

    def linked(self) -> str:
        """The name beside the headline that leads to an author's own page."""
        for text, element in chain(*self._around):
            link = element if element.tag == "a" else element.getparent()
            is_to_author = link is not None and link.tag == "a" and _AUTHORS_PAGE.search(link.get("href") or "")
            if is_to_author and (name := bylines.name_in([text])):
                return name
        return ""

    def below(self) -> str:
        """The byline that follows the text: "Written by Ann Other"."""
        return _labelled(list(islice(_after(self._head), _ALL)), strictly=True) if self._head is not None else ""


def _rank(element: html.HtmlElement) -> int:
    if element.get("itemprop") == "author":
        return 0 if element.find(".//*[@itemprop='name']") is not None else 1
    if element.tag == "a" and element.get("rel") == "author":
        return 2
    classes = set((element.get("class") or "").split())
    return 3 if classes & _NAMES else 4 if classes & _CLASSES else _GUESSED


def _read(element: html.HtmlElement) -> str:
    if element.get("itemprop") == "author" and (own := element.find(".//*[@itemprop='name']")) is not None:
        element = own
    said = (
        [element.get("content")] if element.get("content") else [text for text, _ in islice(_texts(element), _PIECES)]
    )
    return bylines.name_in(said)


def _labelled(runs: Sequence[Run], *, strictly: bool = False) -> str:
    texts = [text for text, _ in runs]
    for at, text in enumerate(texts):
        if not bylines.begins(text, strictly=strictly) or (at and bylines.ends_otherwise(texts[at - 1])):
            continue
        if name := bylines.name_in(texts[at : at + _PIECES], at_once=True):
            return name
    return ""


def _texts(element: html.HtmlElement, depth: int = 0) -> Iterator[Run]:
    """Every run of text in an element, in order, without what is no text of its own."""
    if not isinstance(element.tag, str) or element.tag in _SILENT or depth > _DEEPEST:
        return
    end = _word_end(element)
    if text := one_line((element.text or "") + end):
        yield text, element
    for child in () if end else element:
        yield from _texts(child, depth + 1)
        if child.tail and (text := one_line(child.tail)):
            yield text, element


def _word_end(element: html.HtmlElement) -> str:
    """The letter by which the element's only child ends the word before it, as some themes underline links."""
    if len(element) != 1 or not (element.text or "")[-1:].isalpha() or len(element[0]) or element[0].tail:
        return ""
    rest = element[0].text or ""
    return rest if element[0].tag == "span" and len(rest) == 1 and rest.islower() else ""


def _after(element: html.HtmlElement) -> Iterator[Run]:
    """What follows an element on the page."""
    here: html.HtmlElement | None = element
    while here is not None and here.tag != "body":
        above = here.getparent()
        if here.tail and above is not None and (text := one_line(here.tail)):
            yield text, above
        for sibling in here.itersiblings():
            if not _is_elsewhere(sibling):
                yield from _texts(sibling)
            if sibling.tail and above is not None and (text := one_line(sibling.tail)):
                yield text, above
        here = above


def _before(element: html.HtmlElement) -> Iterator[Run]:
    """What stands right before an element, in its box and the one around it."""
    here = element
    for _ in range(2):
        above = here.getparent()
        if above is None or above.tag == "body":
            return
        for sibling in here.itersiblings(preceding=True):
            if not _is_elsewhere(sibling):
                yield from islice(_texts(sibling), _ABOVE)
        here = above


def _is_elsewhere(element: html.HtmlElement) -> bool:
    return bool(_ELSEWHERE.search(f"{element.get('class') or ''} {element.get('id') or ''}".lower()))


def _until_prose(runs: Iterable[Run]) -> Iterator[Run]:
    for text, element in runs:
        if _is_prose(text):
            return
        yield text, element


def _is_prose(text: str) -> bool:
    return count_words(text) > _PROSE
