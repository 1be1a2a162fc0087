"""A feed becomes a channel: what its documents say of the feed itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chaffinch.config import Press
from chaffinch.model import Feed, Format
from chaffinch.publish.entry import Entry
from chaffinch.publish.fit import language_tag, line

MEDIA_TYPES = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
}
"""By the file's suffix: what is published, as a server names it."""

FORMAT_TYPES = {
    Format.ATOM: "application/atom+xml",
    Format.RSS: "application/rss+xml",
    Format.JSON: "application/feed+json",
}
"""As a link names them, without parameters."""

READER_PLACE = "the-token-of-this-reader"
"""Stands in a private feed's addresses where each reader's token goes when it is sent."""

_NEVER = datetime(2026, 1, 1, tzinfo=UTC)
"""When a feed without entries was updated: it has to say something, and must say the same each time."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the feed itself (RFC 4287 §4.2.7): `hub`, `prev-archive`, `current`, …"""

    rel: str
    href: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """What stands above a feed's entries."""

    id: str
    title: str
    subtitle: str
    author: str
    home: str
    """The landing page."""
    addresses: dict[Format, str]
    """Where each format of it is."""
    language: str | None
    updated: datetime
    """The newest entry's `updated`, never the time of building."""
    links: tuple[Link, ...] = ()
    archive: bool = False
    """Whether it is an archive document, which readers may keep for ever (RFC 5005 §4)."""
    copies: str = "via"
    """How an entry links the same story elsewhere: `via` where it stands for all of them, else `related`."""


def channel_of(feed: Feed, entries: Sequence[Entry], press: Press, links: Sequence[Link] = ()) -> Channel:
    """What the feed says of itself when it holds these entries."""
    home = f"{press.base_url}/" if feed.private else f"{press.base_url}/feeds/{feed.slug}/"
    folder = f"private/{READER_PLACE}" if feed.private else "feeds"
    title = line(feed.title, 300) or feed.slug
    author = line(press.title, 300) or "Chaffinch"
    return Channel(
        id=f"{press.base_url}/feeds/{feed.slug}/",
        title=title,
        subtitle=author if author != title else f"Articles collected by {author}",
        author=author,
        home=home,
        addresses={form: f"{press.base_url}/{folder}/{feed.slug}.{form}" for form in Format},
        language=language_tag(feed.language) or language_tag(press.language),
        updated=max((entry.updated for entry in entries), default=_NEVER),
        links=tuple(links),
        copies="via" if feed.merge else "related",
    )


def pages_below(feed: Feed, press: Press) -> str:
    """The address below which the pages of a feed's articles stand: of a private one behind the reader's token."""
    return f"{press.base_url}/private/{READER_PLACE}" if feed.private else press.base_url


def links_for(channel: Channel, form: Format) -> Sequence[Link]:
    """The links that stand in a document of this format: archives and the like only of the same format."""
    others = {media_type for other, media_type in FORMAT_TYPES.items() if other is not form}
    return [link for link in channel.links if link.media_type not in others]
