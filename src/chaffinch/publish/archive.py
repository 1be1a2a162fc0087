"""What no longer fits into a feed stands in monthly archives (RFC 5005 §4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chaffinch.config import Press
from chaffinch.model import Article, Feed, Format, Rendition
from chaffinch.publish.atom_rss import atom, rss
from chaffinch.publish.channel import FORMAT_TYPES, MEDIA_TYPES, Link, channel_of
from chaffinch.publish.entry import Entry, entry_of
from chaffinch.publish.etags import etag_of
from chaffinch.publish.jsonfeed import json_feed

A_PART = 250
"""Entries a document: a busy month has several, of which only the last still grows."""

_WRITERS = {Format.ATOM: atom, Format.RSS: rss, Format.JSON: json_feed}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part of a month stands among the others: its stem is the path of its documents, without the suffix."""

    stem: str
    """Below the feeds folder: `news/2026-03`, then `news/2026-03-2`."""
    older: str | None = None
    """The stem of the part before it; None for the oldest."""
    newer: str | None = None
    """The stem of the part after it; None for the newest."""


def stems(feed: Feed, months: Mapping[str, int]) -> tuple[str, ...]:
    """The stems of these months, with so many parts each, oldest first."""
    return tuple(
        f"{feed.slug}/{month}{f'-{part}' if part > 1 else ''}"
        for month, parts in sorted(months.items())
        for part in range(1, parts + 1)
    )


def places(feed: Feed, months: Mapping[str, int]) -> Mapping[str, Place]:
    """Every part's place by its stem, oldest first."""
    named = stems(feed, months)
    ends: list[str | None] = [None, *named, None]
    return {stem: Place(stem, ends[at], ends[at + 2]) for at, stem in enumerate(named)}


def previous(stem: str, press: Press) -> tuple[Link, ...]:
    """The current documents' links to their newest archive, each to that of its own format."""
    return tuple(_link("prev-archive", stem, form, press) for form in Format)


def documents(feed: Feed, place: Place, articles: Iterable[Article], press: Press) -> tuple[Rendition, ...]:
    """One part in each format: these articles, newest first. The same articles and neighbours, the same bytes."""
    entries = entries_of(articles, press)
    links = [Link("current", f"{press.base_url}/feeds/{feed.slug}.{form}", FORMAT_TYPES[form]) for form in Format]
    for rel, stem in (("prev-archive", place.older), ("next-archive", place.newer)):
        links += [_link(rel, stem, form, press) for form in Format] if stem else []
    addresses = {form: f"{press.base_url}/feeds/{place.stem}.{form}" for form in Format}
    channel = replace(channel_of(feed, entries, press, links), addresses=addresses, archive=True)
    bodies = {form: write(channel, entries) for form, write in _WRITERS.items()}
    return tuple(
        Rendition(feed.slug, f"{place.stem}.{form}", MEDIA_TYPES[f".{form}"], body, etag_of(body))
        for form, body in bodies.items()
    )


def entries_of(articles: Iterable[Article], press: Press) -> Sequence[Entry]:
    """The articles of one part as entries, newest first."""
    entries = {article.id: entry_of(article, press.base_url) for article in articles}
    return sorted(entries.values(), key=lambda entry: (entry.published, entry.id), reverse=True)


def _link(rel: str, stem: str, form: Format, press: Press) -> Link:
    return Link(rel, f"{press.base_url}/feeds/{stem}.{form}", FORMAT_TYPES[form])
