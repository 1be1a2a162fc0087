"""A JSON Feed, version 1.1."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from chaffinch.model import Enclosure, Format
from chaffinch.publish.channel import Channel, links_for
from chaffinch.publish.entry import Entry


def json_feed(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """The document in UTF-8; the same channel and entries give the same bytes. `hub` links become `hubs`."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.addresses[Format.JSON],
        "description": channel.subtitle,
        "authors": [{"name": channel.author, "url": channel.home}],
        "language": channel.language,
        "hubs": [{"type": "WebSub", "url": link.href} for link in links_for(channel, Format.JSON) if link.rel == "hub"],
        "next_url": next((link.href for link in links_for(channel, Format.JSON) if link.rel == "prev-archive"), None),
        "items": [_item(entry) for entry in entries],
    }
    kept = {key: value for key, value in document.items() if value or key == "items"}
    return (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry) -> dict[str, Any]:
    item = {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.content,
        "summary": entry.summary,
        "image": entry.image,
        "date_published": entry.published.isoformat(),
        "date_modified": entry.updated.isoformat(),
        "authors": [_author(entry)] if entry.byline or entry.publisher else None,
        "tags": list(entry.tags),
        "language": entry.language,
        "attachments": [_attachment(enclosure) for enclosure in entry.enclosures],
    }
    return {key: value for key, value in item.items() if value}


def _author(entry: Entry) -> dict[str, str]:
    # The publisher's address is the publisher's, not the byline's.
    return {"name": entry.byline} if entry.byline else {"name": entry.publisher, **_url(entry.home)}


def _url(url: str) -> dict[str, str]:
    return {"url": url} if url else {}


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    size = {} if enclosure.length is None else {"size_in_bytes": enclosure.length}
    return {"url": enclosure.url, "mime_type": enclosure.media_type, **size}
