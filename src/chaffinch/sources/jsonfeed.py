"""A JSON Feed's items become entries (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from chaffinch.errors import ReadError
from chaffinch.model import Enclosure, Page
from chaffinch.sources.dates import iso
from chaffinch.sources.entries import Entry, Feed
from chaffinch.text import one_line, xml_safe
from chaffinch.urls import absolute


def is_json(body: bytes) -> bool:
    """Whether a body is a JSON object, by its first character."""
    return body.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n").startswith(b"{")


def parse(page: Page) -> Feed:
    """What the feed says. Values of the wrong type count as missing. Raises ReadError for what is no JSON Feed."""
    try:
        # RFC 8259 §8.1: UTF-8; what is not must not lose us the whole feed.
        said = json.loads(page.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ReadError(one_line(f"{page.url}: no JSON: {error}")) from error
    items = said.get("items") if isinstance(said, dict) else None
    if not isinstance(items, list):
        raise ReadError(f"{page.url}: JSON, but no JSON Feed: it has no items")
    hubs = [absolute(page.url, _text(hub, "url")) for hub in _objects(said, "hubs") if hub.get("type") == "WebSub"]
    return Feed(
        title=one_line(_text(said, "title")),
        hub=next(filter(None, hubs), None),
        entries=tuple(_entry(item, said, page.url) for item in items if isinstance(item, dict)),
    )


def _entry(item: Mapping[str, Any], feed: Mapping[str, Any], url: str) -> Entry:
    identity = item.get("id")
    plain = _text(item, "content_text")
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in plain.split("\n\n") if part.strip())
    return Entry(
        url=next((found for key in ("url", "external_url") if (found := absolute(url, _text(item, key)))), ""),
        guid=str(identity) if isinstance(identity, (str, int, float)) and identity != "" else None,
        title=_text(item, "title"),
        byline=", ".join(dict.fromkeys(_names(item) or _names(feed))),
        published=iso(_text(item, "date_published")),
        updated=iso(_text(item, "date_modified")),
        summary=escape(_text(item, "summary")),
        content=_text(item, "content_html") or paragraphs,
        base=url,
        language=_text(item, "language") or _text(feed, "language") or None,
        tags=tuple(xml_safe(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        enclosures=tuple(_enclosures(item, url)),
    )


def _names(owner: Mapping[str, Any]) -> list[str]:
    authors = _objects(owner, "authors")
    if isinstance(author := owner.get("author"), dict):  # version 1.0
        authors = [*authors, author]
    return [one_line(name) for author in authors if (name := _text(author, "name"))]


def _enclosures(item: Mapping[str, Any], base: str) -> Iterator[Enclosure]:
    for attachment in _objects(item, "attachments"):
        if url := absolute(base, _text(attachment, "url")):
            size = attachment.get("size_in_bytes")
            length = int(size) if isinstance(size, (int, float)) and 0 <= size < 1 << 60 else None
            yield Enclosure(url, _text(attachment, "mime_type"), length)


def _text(owner: Mapping[str, Any], key: str) -> str:
    value = owner.get(key)
    return xml_safe(value) if isinstance(value, str) else ""


def _objects(owner: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(owner, key) if isinstance(one, dict)]


def _list(owner: Mapping[str, Any], key: str) -> list[Any]:
    value = owner.get(key)
    return value if isinstance(value, list) else []
