"""What a page says of its article: title, byline, dates, language, picture, address.

Each is asked of JSON-LD, OpenGraph, meta elements and the page's own text, in an order that was measured
(see `docs/extraction.md`); a date is told with how sure it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from lxml import html

from chaffinch import urls
from chaffinch.extract import bylines, dates, dating, jsonld, signed, titles
from chaffinch.extract.widenames import is_wide
from chaffinch.model import Block, Metadata
from chaffinch.text import count_words, normalised, one_line

_TITLES = ("articletitle", "og:title", "twitter:title")
"""The first is that of Chinese administrations."""
_AUTHORS = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "dcterms.creator",
    "sailthru.author",
    "citation_author",
    "article:author_name",
    "byl",
    "cxenseparse:author",
    "twitter:data1",
)
_IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src", "image")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2,4}|\d{3}))?(?:[-_].*)?")


def read(
    root: html.HtmlElement,
    url: str,
    *,
    base: str = "",
    found: list[jsonld.Thing] | None = None,
    blocks: Sequence[Block] = (),
    fetched: datetime | None = None,
) -> Metadata:
    """Everything that the page says; what it does not say stays empty.

    `url` is the page's own address and `base` what its links are relative to, where that is another; `found` is its
    JSON-LD, where it was read, and `blocks` are what it was cut into.
    """
    found = jsonld.things(root.iter("script")) if found is None else found
    article = jsonld.article(found)
    meta = _meta(root)
    site = _site(meta, found, article, url)
    title = titles.choose(
        _headings(root),
        [*(meta.get(name, "") for name in _TITLES), root.findtext("head/title") or ""],
        [
            *site,
            *_home(root, url, base or url),
            urls.host_of(url).removeprefix("www."),
            urls.host_of(url).removeprefix("www.").rpartition(".")[0],
        ],
        _said(article, "headline"),
        lesser=_lesser(root, base or url),
    )
    language = _language(root, article, meta)
    published, certainty = dating.published(
        root, article, meta, url,
        title=title, language=language or "", blocks=blocks, fetched=fetched,
    )  # fmt: skip
    updated = dating.updated(article, meta)
    return Metadata(
        title=title,
        byline=_byline(root, found, article, meta, site, title),
        publisher=site[0] if site else "",
        published=published.astimezone(UTC) if published else None,
        certainty=certainty,
        offset=dates.offset(published) if published else 0,
        updated=updated.astimezone(UTC) if updated and published and updated > published else None,
        language=language,
        image=_image(article, meta, base or url),
        canonical=canonical(root) or None,
        description=one_line(meta.get("description") or meta.get("og:description") or _said(article, "description"))[
            :1000
        ],
        tags=_tags(article, meta),
    )


def _meta(root: html.HtmlElement) -> dict[str, str]:
    said: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content") or ""
        if name and content.strip():
            said.setdefault(name.strip().lower(), content.strip())
    return said


def _said(thing: jsonld.Thing, key: str) -> str:
    value = thing.get(key)
    return _unescaped(value) if isinstance(value, str) else ""


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    from html import unescape

    return unescape(text)


_LESSER = 12
"""Headings."""
_LINES = frozenset(("br", "div", "h1", "h2", "h3", "p", "li"))


def _headings(root: html.HtmlElement) -> Iterator[str]:
    body = root.find("body")
    for heading in body.iter("h1") if body is not None else ():
        yield _spaced(heading)
    for heading in body.xpath(".//*[@itemprop='headline'][not(self::meta)]")[:2] if body is not None else ():
        yield _spaced(heading)


def _lesser(root: html.HtmlElement, base: str) -> Iterator[str]:
    """The page's first headings of lower levels, but for those that lead to the front page."""
    body = root.find("body")
    for heading in islice(body.iter("h2", "h3"), _LESSER) if body is not None else ():
        links = [*heading.iter("a"), *heading.iterancestors("a")]
        if not any(urls.is_front(urls.absolute(base, link.get("href", "")) or "") for link in links):
            yield _spaced(heading)


def _home(root: html.HtmlElement, url: str, base: str) -> Iterator[str]:
    """The headings of which half and more is a link to the site's front page: its name, as blogs write it."""
    for heading in root.iter("h1") if not urls.is_front(url) else ():
        said = one_line(_spaced(heading))
        for link in heading.iter("a"):
            href = link.get("href", "").strip()
            to = urls.absolute(base, href) if href and "#" not in href else ""
            is_most = 2 * count_words(_spaced(link)) >= count_words(said)
            if is_most and urls.is_front(to) and urls.host_of(to) == urls.host_of(url):
                yield said


def _spaced(element: html.HtmlElement) -> str:
    """An element's text; where a line of it begins, a word ends."""
    return "".join(
        f"{' ' if each.tag in _LINES else ''}{each.text or ''}"
        f"{' ' if each.tag in _LINES else ''}{'' if each is element else each.tail or ''}"
        for each in element.iter("*")
    )


def _site(meta: dict[str, str], found: list[jsonld.Thing], article: jsonld.Thing, url: str) -> list[str]:
    names = [meta.get("og:site_name", ""), *jsonld.names(article.get("publisher")), meta.get("application-name", "")]
    names += [n for thing in found if "WebSite" in jsonld.kinds(thing) for n in jsonld.names(thing.get("name"))]
    return list(dict.fromkeys(one_line(_unescaped(name))[:100] for name in names if name.strip()))


def _byline(
    root: html.HtmlElement,
    found: list[jsonld.Thing],
    article: jsonld.Thing,
    meta: dict[str, str],
    site: list[str],
    title: str,
) -> str:
    """Persons whom the page tells, then whom it shows, then whatever is told: a handle, a company, the site."""
    names = {normalised(name) for name in site}
    people, others = jsonld.authors(article, found)
    said = [bylines.joined(people), *(bylines.joined([meta.get(name, "")]) for name in _AUTHORS)]
    told = next((n for n in said if n and normalised(n) not in names and not _is_no_person(n)), "")
    signs = signed.Signatures(root, title)
    if told and is_wide(told):
        return told
    if told:
        shown = signs.beside()
        if shown and normalised(shown) not in names and _is_another(shown, told):
            return shown  # the account that put the article in is not always who wrote it
        more = signs.marked() or shown
        return more if _has_more(more, told) else told
    if any(map(is_wide, said)):
        return signs.reporter() or signs.marked() or next(filter(None, said))
    near, anywhere = (signs.beside, signs.linked), (signs.marked, signs.beside, signs.named, signs.linked, signs.below)
    for looked in near if any(map(bylines.is_agency, said)) else anywhere:
        if shown := looked():
            return shown
    return next(filter(None, (*said, bylines.joined(others))), "")


def _is_no_person(name: str) -> bool:
    """Whether it is a handle or a newspaper."""
    return bylines.is_handle(name) or bylines.is_house(name)


def _is_another(shown: str, told: str) -> bool:
    """Whether a byline of two words and more has none of the words that are told."""
    return " " in shown and not set(normalised(shown).split()) & set(normalised(told).split())


def _has_more(shown: str, told: str) -> bool:
    """Whether a byline names all that are told and others."""
    plain = f" {normalised(shown)} "
    known, there = bylines.people(told), bylines.people(shown)
    is_whole = all(f" {normalised(name)} " in plain for name in known)
    return is_whole and len(there) > 1 and all(" " in name for name in there) and len(there) >= len(known)


def _language(root: html.HtmlElement, article: jsonld.Thing, meta: dict[str, str]) -> str | None:
    said = (
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        _said(article, "inLanguage"),
        meta.get("content-language"),
        meta.get("og:locale"),
        meta.get("language"),
    )
    for claim in said:
        if claim and (found := _LANGUAGE.fullmatch(claim.strip())):
            return found[1].lower() + (f"-{found[2].upper()}" if found[2] and len(found[2]) == 2 else "")
    return None


def _image(article: jsonld.Thing, meta: dict[str, str], url: str) -> str | None:
    for claim in (*(meta.get(name, "") for name in _IMAGES), jsonld.address(article.get("image"))):
        if claim and (found := urls.absolute(url, claim)):
            return found
    return None


def canonical(root: html.HtmlElement) -> str:
    """The absolute address that the page gives as its own; empty where it gives none."""
    for link in root.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split() and urls.is_web(link.get("href", "").strip()):
            return str(link.get("href")).strip()
    said = root.xpath("string(//meta[@property='og:url']/@content)").strip()
    return str(said) if urls.is_web(said) else ""


def _tags(article: jsonld.Thing, meta: dict[str, str]) -> tuple[str, ...]:
    said = article.get("keywords") or meta.get("article:tag") or meta.get("news_keywords") or ""
    words = said if isinstance(said, list) else re.split(r"[,;]", str(said))
    return tuple(dict.fromkeys(one_line(str(word))[:60] for word in words[:20] if str(word).strip()))
