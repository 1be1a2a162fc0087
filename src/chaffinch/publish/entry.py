"""An article becomes an entry: the same words for every format, as much as the owner republishes."""

from __future__ import annotations

import html
import mimetypes
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

import lxml.html

from chaffinch.model import Article, Certainty, Copy, Enclosure, Images, Publish
from chaffinch.publish.fit import fit, language_tag, line, name
from chaffinch.text import normalised, xml_safe
from chaffinch.urls import ascii_form, host_of, split

ENTRY_BYTES = 200_000
"""What one entry's content may weigh, escaped; a longer article stands whole on its own page only."""
_LONGEST_URL = 8_000
_TAGS, _ENCLOSURES, _COPIES = 20, 20, 20
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_PICTURES = ("img", "picture", "source", "svg", "video")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article. Strings are fit for XML, URLs are ASCII, dates have whole seconds."""

    id: str
    url: str
    """The original's address, or the article's own page where it has none."""
    key: str
    page: str
    """The article's own page at this press: `BASE_URL/articles/KEY`."""
    title: str
    byline: str
    publisher: str
    home: str
    """The publisher's own address; empty when unknown."""
    published: datetime
    updated: datetime
    dated: bool
    """Whether `published` is a date of publication; else it is when the press first saw the article."""
    summary: str
    """Plain text; empty where the owner republishes links only."""
    body: str
    """HTML of as much of the article as the owner republishes; may be empty."""
    content: str
    """The same with publisher, byline and the original's link before it; never empty."""
    language: str | None
    image: str
    tags: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]
    """Each with a media type."""
    also: tuple[Elsewhere, ...]
    """Where else the same story stands, at most a few."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same story in another source."""

    url: str
    page: str
    """Its page at this press."""
    title: str
    publisher: str


def entry_of(article: Article, base_url: str) -> Entry:
    """The article as it is published; never fails, whatever stands in its fields. One withdrawn is a notice."""
    if article.hidden:
        article = _notice(article)
    key = quote(xml_safe(article.key), safe="")
    page = f"{base_url}/articles/{key}"
    original = _address(article.url)
    publisher = name(article.publisher or article.source_title, 200) or host_of(original).removeprefix("www.")
    byline = name(article.byline, 300)
    if normalised(byline) == normalised(publisher):
        byline = ""
    whole = article.publish is Publish.FULL
    pictures = whole and article.images is Images.LINK
    title = line(article.title, 500) or line(article.lead, 100) or publisher or "Untitled"
    body = _body(article, page)
    also = tuple(_elsewhere(copy, base_url) for copy in article.also[:_COPIES])
    return Entry(
        id=xml_safe(article.id).strip() or page,
        url=original or page,
        key=key,
        page=page,
        title=title,
        byline=byline,
        publisher=publisher,
        home=_home(original),
        published=article.published.astimezone(UTC).replace(microsecond=0),
        updated=max(article.updated, article.published).astimezone(UTC).replace(microsecond=0),
        dated=article.certainty is not Certainty.SEEN,
        summary="" if article.publish is Publish.LINK else line(article.lead, 300),
        body=body,
        content=_head(publisher, byline, original) + body + _coverage(also) or f"<p>{html.escape(title)}</p>",
        language=language_tag(article.language),
        image=_address(article.image or "") if pictures else "",
        tags=tuple(dict.fromkeys(tag for raw in article.tags if (tag := line(raw, 100))))[:_TAGS],
        enclosures=_enclosures(article.enclosures, pictures) if whole else (),
        also=also,
    )


def _notice(article: Article) -> Article:
    """Nothing of it but its id and dates, so that readers put the notice in its place."""
    said = "This article was withdrawn."
    return Article(
        id=article.id,
        key=article.key,
        url="",
        sources=(),
        title="Withdrawn",
        published=article.published,
        updated=max(article.updated, article.withdrawn or article.updated),
        first_seen=article.first_seen,
        certainty=article.certainty,
        lead=said,
        html=f"<p>{said}</p>",
    )


def page_body(article: Article) -> str:
    """What stands on the article's own page: as much as is republished, a long article whole."""
    return _whole(article) if article.publish is Publish.FULL else _excerpt(article)


def media_type_of(enclosure: Enclosure) -> str:
    """Its media type: what was said, else what its name says, else `application/octet-stream`."""
    said = enclosure.media_type.strip().lower()
    if _MEDIA_TYPE.fullmatch(said):
        return said
    return mimetypes.guess_type(enclosure.url.partition("?")[0])[0] or "application/octet-stream"


def _address(url: str) -> str:
    return ascii_form(url) if len(url) <= _LONGEST_URL else ""


def _home(original: str) -> str:
    parts = split(original)
    if parts is None or not parts.netloc:
        return ""
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{parts.scheme}://{parts.netloc.removesuffix(usual)}/"


def _head(publisher: str, byline: str, original: str) -> str:
    name = html.escape(publisher)
    linked = f'<a href="{html.escape(original)}">{name}</a>' if original else name
    told = " · ".join(part for part in (linked, html.escape(byline)) if part)
    return f"<p>{told}</p>\n" if told else ""


def _elsewhere(copy: Copy, base_url: str) -> Elsewhere:
    page = f"{base_url}/articles/{quote(xml_safe(copy.key), safe='')}"
    original = _address(copy.url)
    publisher = name(copy.publisher, 200) or host_of(original).removeprefix("www.")
    return Elsewhere(original or page, page, line(copy.title, 500), publisher)


def _coverage(also: tuple[Elsewhere, ...]) -> str:
    if not also:
        return ""
    links = (f'<a href="{html.escape(one.url)}">{html.escape(one.publisher or one.title)}</a>' for one in also)
    return f"\n<p>The same story: {' · '.join(links)}</p>"


def _body(article: Article, page: str) -> str:
    if article.publish is not Publish.FULL:
        return _excerpt(article)
    if len(article.html) <= ENTRY_BYTES:
        body = _whole(article)
        if len(html.escape(body).encode()) <= ENTRY_BYTES:
            return body
    return f'{_excerpt(article)}\n<p><a href="{html.escape(page)}">The whole article</a></p>'


def _excerpt(article: Article) -> str:
    lead = line(article.lead, 300)
    return f"<p>{html.escape(lead)}</p>" if lead and article.publish is not Publish.LINK else ""


def _whole(article: Article) -> str:
    body = fit(article.html)
    return body if article.images is Images.LINK else _without_pictures(body)


def _without_pictures(body: str) -> str:
    if "<" not in body:
        return body
    tree = lxml.html.fragment_fromstring(body, create_parent="div")
    for element in list(tree.iter("figure")):
        if element.find(".//img") is not None and element.find(".//table") is None:
            element.drop_tree()  # its caption speaks of the picture
    for element in list(tree.iter(*_PICTURES)):
        element.drop_tree()
    written = str(lxml.html.tostring(tree, encoding="unicode"))
    return written.removeprefix("<div>").removesuffix("</div>")


def _enclosures(enclosures: tuple[Enclosure, ...], pictures: bool) -> tuple[Enclosure, ...]:
    kept: dict[str, Enclosure] = {}
    for enclosure in enclosures[:_ENCLOSURES]:
        url, media_type = _address(enclosure.url), media_type_of(enclosure)
        if url and (pictures or not media_type.startswith("image/")):
            length = enclosure.length if enclosure.length is not None and enclosure.length >= 0 else None
            kept.setdefault(url, Enclosure(url, media_type, length))
    return tuple(kept.values())
