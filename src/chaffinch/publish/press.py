"""A feed is made into what is published: three documents that fit the size limit, with a landing page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chaffinch.config import Press
from chaffinch.model import Article, Feed, Rendition
from chaffinch.pages import Templates
from chaffinch.publish.atom_rss import atom, rss
from chaffinch.publish.channel import MEDIA_TYPES, Link, channel_of, pages_below
from chaffinch.publish.entry import Entry, entry_of
from chaffinch.publish.etags import etag_of
from chaffinch.publish.jsonfeed import json_feed
from chaffinch.publish.landing import landing
from chaffinch.publish.membership import selection
from chaffinch.publish.opml import opml

DOCUMENT_BYTES = 1_000_000
"""What a current document may weigh; the oldest entries make room."""

_WRITERS = {".atom": atom, ".json": json_feed, ".rss": rss}


def documents(
    feed: Feed, articles: Iterable[Article], press: Press, links: Sequence[Link] = ()
) -> tuple[Rendition, ...]:
    """The feed as Atom, RSS and JSON Feed: the same entries in each, at most `feed.limit`, each at most 1 MB.

    The same articles give the same bytes. Articles that the feed does not hold are passed over. Raises ConfigError
    when the feed's `match` cannot be understood.
    """
    return _fitting(feed, _entries(feed, articles, press), press, links)


def fitting(feed: Feed, articles: Iterable[Article], press: Press) -> tuple[Article, ...]:
    """The articles of which the current documents have room, newest first. Raises ConfigError."""
    chosen = selection(feed, articles)
    if sum(len(article.html) + len(article.lead) for article in chosen) * 3 < DOCUMENT_BYTES:
        return chosen
    entries = _entries(feed, chosen, press)
    atom_document = _fitting(feed, entries, press, ())[0]
    return chosen[: atom_document.body.count(b"</entry>")]


def landing_page(
    feed: Feed,
    articles: Iterable[Article],
    press: Press,
    templates: Templates,
    index: bool = False,
    archived: bool = False,
) -> Rendition:
    """The feed's page for people; `archived`: with a link to its archive pages.

    Raises TemplateError: publish the documents first, they need no template.
    """
    entries = _entries(feed, (article for article in articles if not article.hidden), press)
    body = landing(feed, channel_of(feed, entries, press), entries, press, templates, index, archived)
    return _rendition(feed.slug, f"{feed.slug}/index.html", body)


def renditions(
    feed: Feed, articles: Iterable[Article], press: Press, templates: Templates, index: bool = False
) -> tuple[Rendition, ...]:
    """All that is published of a feed: its documents, then its landing page. Raises ConfigError, TemplateError."""
    articles = tuple(articles)
    return (*documents(feed, articles, press), landing_page(feed, articles, press, templates, index))


def directory(feeds: Sequence[Feed], press: Press) -> Rendition:
    """The list of the press's feeds, `feeds.opml`."""
    return _rendition("", "feeds.opml", opml(feeds, press))


def _entries(feed: Feed, articles: Iterable[Article], press: Press) -> tuple[Entry, ...]:
    entries = (entry_of(article, pages_below(feed, press)) for article in selection(feed, articles))
    return tuple({entry.id: entry for entry in entries}.values())


def _fitting(feed: Feed, entries: Sequence[Entry], press: Press, links: Sequence[Link]) -> tuple[Rendition, ...]:
    built = _build(feed, entries, press, links)
    if not _too_big(built):
        return built
    fits, too_many = 0, len(entries)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if _too_big(_build(feed, entries[:middle], press, links)):
            too_many = middle
        else:
            fits = middle
    return _build(feed, entries[:fits], press, links)


def _build(feed: Feed, entries: Sequence[Entry], press: Press, links: Sequence[Link]) -> tuple[Rendition, ...]:
    channel = channel_of(feed, entries, press, links)
    return tuple(
        _rendition(feed.slug, feed.slug + suffix, write(channel, entries)) for suffix, write in _WRITERS.items()
    )


def _too_big(built: Sequence[Rendition]) -> bool:
    return any(len(rendition.body) > DOCUMENT_BYTES for rendition in built)


def _rendition(feed: str, name: str, body: bytes) -> Rendition:
    return Rendition(feed, name, MEDIA_TYPES["." + name.rpartition(".")[2]], body, etag_of(body))
