"""What no longer fits into a feed stands in monthly archives (RFC 5005 §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chaffinch.config import Press
from chaffinch.model import Article, Feed, Format, Rendition
from chaffinch.publish.atom_rss import atom
from chaffinch.publish.channel import FORMAT_TYPES, MEDIA_TYPES, Link, channel_of
from chaffinch.publish.entry import Entry, entry_of
from chaffinch.publish.etags import etag_of

A_PART = 250
"""Entries a document: a busy month has several, of which only the last still grows."""


def names(feed: Feed, months: Mapping[str, int]) -> tuple[str, ...]:
    """The documents of these months, with so many parts each, oldest first, as paths below the feeds folder."""
    return tuple(
        f"{feed.slug}/{month}{f'-{part}' if part > 1 else ''}.atom"
        for month, parts in sorted(months.items())
        for part in range(1, parts + 1)
    )


def previous(name: str, press: Press) -> Link:
    """The current document's link to its newest archive."""
    return Link("prev-archive", _address(name, press), FORMAT_TYPES[Format.ATOM])


def document(
    feed: Feed, name: str, articles: Iterable[Article], press: Press, before: str | None, after: str | None
) -> Rendition:
    """One archive document: these articles, newest first, between its neighbours. The same articles, the same bytes."""
    entries = _entries(articles, press)
    feed_type = FORMAT_TYPES[Format.ATOM]
    links = [Link("current", f"{press.base_url}/feeds/{feed.slug}.atom", feed_type)]
    links += [Link("prev-archive", _address(before, press), feed_type)] if before else []
    links += [Link("next-archive", _address(after, press), feed_type)] if after else []
    channel = channel_of(feed, entries, press, links)
    addresses = {**channel.addresses, Format.ATOM: _address(name, press)}
    body = atom(replace(channel, addresses=addresses, archive=True), entries)
    return Rendition(feed.slug, name, MEDIA_TYPES[".atom"], body, etag_of(body))


def _entries(articles: Iterable[Article], press: Press) -> Sequence[Entry]:
    entries = {article.id: entry_of(article, press.base_url) for article in articles}
    return sorted(entries.values(), key=lambda entry: (entry.published, entry.id), reverse=True)


def _address(name: str, press: Press) -> str:
    return f"{press.base_url}/feeds/{name}"
