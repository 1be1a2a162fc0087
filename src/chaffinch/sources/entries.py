"""An entry of a feed, in whatever format, becomes a reference."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape
from urllib.parse import quote

from chaffinch.model import Enclosure, Page, Reference
from chaffinch.sources.dates import believable
from chaffinch.sources.fulltext import is_complete
from chaffinch.text import one_line, xml_safe

_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article; markup as it stands there, URLs absolute or empty."""

    url: str = ""
    guid: str | None = None
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    base: str = ""
    """What relative links inside the content are seen from."""
    language: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself, and its entries."""

    title: str
    hub: str | None
    entries: tuple[Entry, ...]
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    problems: tuple[str, ...] = ()


def references(entries: Iterable[Entry], feed: Page) -> tuple[Reference, ...]:
    """The entries' references, newest first where all are dated, each article once.

    Dates after the moment the feed was fetched are not believed. A whole article comes with its page; so does an
    entry without a link, for it is all there is.
    """
    found: dict[str, Reference] = {}
    for entry in entries:
        reference = _reference(entry, feed)
        name = reference.guid or reference.url
        if name not in found or _is_newer(reference, found[name]):
            found[name] = reference
    return newest_first(tuple(found.values()))


def newest_first(found: Sequence[Reference]) -> tuple[Reference, ...]:
    """In the order of their dates where all have one, else as they stood: sources put the newest first."""
    if any(reference.published is None for reference in found):
        return tuple(found)
    return tuple(sorted(found, key=_date, reverse=True))


def _date(reference: Reference) -> float:
    return reference.published.timestamp() if reference.published else 0.0


def _reference(entry: Entry, feed: Page) -> Reference:
    published = believable(entry.published or entry.updated, feed.fetched)
    guid = one_line(entry.guid or "")[:_LONGEST_NAME] or None
    revision = _hash(str(entry.updated), entry.title, entry.summary, entry.content)
    url, content = entry.url, entry.content
    if not url:
        name = guid or _hash(entry.title, entry.summary, entry.content)
        url, content = f"{feed.url.partition('#')[0]}#{quote(name, safe='')}", content or entry.summary
    reference = Reference(
        url=url,
        guid=guid,
        revision=revision,
        title=one_line(entry.title),
        byline=one_line(entry.byline),
        published=published,
        updated=believable(entry.updated, feed.fetched),
        summary=xml_safe(entry.summary),
        language=entry.language,
        tags=tuple(dict.fromkeys(tag for tag in map(one_line, entry.tags) if tag)),
        enclosures=entry.enclosures,
    )
    if not entry.url or is_complete(entry.content, entry.summary):
        return replace(reference, page=_page(reference, content, entry.base or feed.url, feed.fetched))
    return reference


def _page(reference: Reference, content: str, base: str, fetched: datetime | None) -> Page:
    language = f' lang="{escape(reference.language)}"' if reference.language else ""
    title = escape(reference.title)
    html = (
        f'<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<base href="{escape(base)}">\n</head>\n<body>\n<article>\n<h1>{title}</h1>\n'
        f"{xml_safe(content)}\n</article>\n</body>\n</html>\n"
    )
    return Page(reference.url, html.encode(), media_type="text/html", charset="utf-8", fetched=fetched)


def _is_newer(one: Reference, other: Reference) -> bool:
    return one.updated is not None and (other.updated is None or one.updated > other.updated)


def _hash(*parts: str) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
