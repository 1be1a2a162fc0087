"""What a page says of its article: title, byline, dates, language, picture, address.

Each is asked of JSON-LD, OpenGraph, meta elements and the page's own text, in an order that was measured
(see `docs/extraction.md`); a date is told with how sure it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from lxml import html

from chaffinch import urls
from chaffinch.extract import bylines, dating, jsonld, titles
from chaffinch.model import Block, Metadata
from chaffinch.text import normalised, one_line

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
        [meta.get("og:title", ""), meta.get("twitter:title", ""), root.findtext("head/title") or ""],
        [*site, urls.host_of(url).removeprefix("www."), urls.host_of(url).removeprefix("www.").rpartition(".")[0]],
        _said(article, "headline"),
    )
    language = _language(root, article, meta)
    published, certainty = dating.published(
        root, article, meta, url,
        title=title, language=language or "", blocks=blocks, fetched=fetched,
    )  # fmt: skip
    updated = dating.updated(article, meta)
    return Metadata(
        title=title,
        byline=_byline(root, article, meta, site),
        publisher=site[0] if site else "",
        published=published,
        certainty=certainty,
        updated=updated if updated and published and updated > published else None,
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


def _headings(root: html.HtmlElement) -> Iterator[str]:
    body = root.find("body")
    for heading in body.iter("h1") if body is not None else ():
        yield heading.text_content()
    for heading in body.xpath(".//*[@itemprop='headline'][not(self::meta)]")[:2] if body is not None else ():
        yield heading.text_content()


def _site(meta: dict[str, str], found: list[jsonld.Thing], article: jsonld.Thing, url: str) -> list[str]:
    names = [meta.get("og:site_name", ""), *jsonld.names(article.get("publisher")), meta.get("application-name", "")]
    names += [n for thing in found if "WebSite" in jsonld.kinds(thing) for n in jsonld.names(thing.get("name"))]
    return list(dict.fromkeys(one_line(_unescaped(name))[:100] for name in names if name.strip()))


def _byline(root: html.HtmlElement, article: jsonld.Thing, meta: dict[str, str], site: list[str]) -> str:
    names = {normalised(name) for name in site}
    said = [bylines.joined(jsonld.names(article.get("author")))]
    said += [bylines.joined([meta.get(name, "")]) for name in _AUTHORS]
    persons = [name for name in said if name and normalised(name) not in names]
    return (persons[0] if persons else "") or bylines.marked(root) or next(filter(None, said), "")


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
