"""Atom (RFC 4287) and RSS 2.0 come from feedgen, with its defects repaired here."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from chaffinch.model import Format
from chaffinch.publish.channel import FORMAT_TYPES, Channel, links_for
from chaffinch.publish.entry import Entry
from chaffinch.publish.fit import looks_like_markup

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_HISTORY = "http://purl.org/syndication/history/1.0"
_MEDIA = "http://search.yahoo.com/mrss/"
_XML = "http://www.w3.org/XML/1998/namespace"

_LINES = re.compile(rb"(<(?:title|description|category|source)\b[^>]*>)([^<]+)")
_FILE = re.compile(r"https?://(?:[a-z0-9-]+\.)+[a-z0-9-]+(?::\d+)?/.*")
"""What RSS readers take for the address of a file: with a dot in its host, and with a path."""

# feedgen is not typed, and its lxml elements come untyped into our extensions.
_Element = Any


def atom(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """The Atom document; the same channel and entries give the same bytes."""
    generator = _generator(channel, Format.ATOM)
    if channel.language:
        generator.language(channel.language)
    for entry in entries:
        item = _item(generator, entry, channel.copies)
        item.updated(entry.updated)
        item.published(entry.published)
        if entry.byline or entry.publisher:
            item.author({"name": entry.byline or entry.publisher})
        if entry.summary:
            item.summary(entry.summary, type="text")
        item.content(entry.content, type="html")
    return bytes(generator.atom_str(pretty=True))


def rss(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """The RSS 2.0 document; the same channel and entries give the same bytes."""
    generator = _generator(channel, Format.RSS)
    generator.description(channel.subtitle)
    if channel.language:
        generator.language(channel.language)
    # feedgen writes RSS dates by switching the whole process's locale to and fro, which two threads turn into
    # a lasting change; without a date of its own it leaves that to our extensions.
    generator._FeedGenerator__rss_lastBuildDate = None
    for entry in entries:
        item = _item(generator, entry, channel.copies)
        # The RSS profile wants a description before each content:encoded, also where the owner gives away none.
        item.description(html.escape(entry.summary, quote=False) if entry.summary else entry.content, isSummary=True)
        item.content(entry.content, type="html")
    return _LINES.sub(_by_number, bytes(generator.rss_str(pretty=True)))


def _by_number(found: re.Match[bytes]) -> bytes:
    """RSS never says whether a title is text or HTML: `<` and `&` by number are text to most readers (RSS profile)."""
    return found[1] + found[2].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _generator(channel: Channel, form: Format) -> Any:
    generator = FeedGenerator()
    generator.register_extension("repairs", _FeedRepairs, _EntryRepairs)
    generator.repairs.channel, generator.repairs.form = channel, form
    generator.id(channel.id)
    generator.title(channel.title)
    generator.subtitle(channel.subtitle)
    generator.author({"name": channel.author})
    generator.updated(channel.updated)
    generator.generator("Chaffinch")
    generator.link(href=channel.addresses[form], rel="self", type=FORMAT_TYPES[form])
    generator.link(href=channel.home, rel="alternate", type="text/html")  # last: it becomes RSS's <link>
    return generator


def _item(generator: Any, entry: Entry, copies: str) -> Any:
    item = generator.add_entry(order="append")
    item.repairs.entry, item.repairs.copies = entry, copies
    item.id(entry.id)
    item.title(entry.title)
    item.link(href=entry.url, rel="alternate")
    for tag in entry.tags:
        item.category({"term": tag})
    return item


class _FeedRepairs(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Links that would take the place of RSS's own <link> (hub, archives), and RSS's date."""

    channel: Channel
    form: Format

    def extend_ns(self) -> dict[str, str]:
        history = {"fh": _HISTORY} if self.channel.archive else {}
        return {"media": _MEDIA, **history} if self.form is Format.ATOM else {"dc": _DC, "media": _MEDIA, **history}

    def extend_atom(self, feed: _Element) -> _Element:
        for text in feed.iter("title", "subtitle"):
            _say_what_it_is(text)
        for link in links_for(self.channel, Format.ATOM):
            _sub(feed, "link", rel=link.rel, href=link.href, type=link.media_type)
        if self.channel.archive:
            _sub(feed, f"{{{_HISTORY}}}archive")
        return feed

    def extend_rss(self, feed: _Element) -> _Element:
        channel = feed.find("channel")
        for link in links_for(self.channel, Format.RSS):
            _sub(channel, f"{{{_ATOM}}}link", rel=link.rel, href=link.href, type=link.media_type)
        if self.channel.archive:
            _sub(channel, f"{{{_HISTORY}}}archive")
        _sub(channel, "lastBuildDate").text = _rfc822(self.channel.updated)
        return feed


class _EntryRepairs(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen drops from an entry: the links' attributes, enclosures, language, source, pictures, authors."""

    entry: Entry
    copies: str

    def extend_atom(self, element: _Element) -> _Element:
        entry = self.entry
        for link in element.findall("link"):
            element.remove(link)
        _sub(element, "link", rel="alternate", type="text/html", href=entry.url, hreflang=entry.language or "")
        for enclosure in entry.enclosures:
            length = "" if enclosure.length is None else str(enclosure.length)
            _sub(element, "link", rel="enclosure", type=enclosure.media_type, href=enclosure.url, length=length)
        for copy in entry.also:
            _sub(element, "link", rel=self.copies, type="text/html", href=copy.url, title=copy.title)
        if entry.language:
            element.set(f"{{{_XML}}}lang", entry.language)
        element.find("updated").text = _apart(entry).isoformat()
        content = element.find("content")
        if content is not None:
            content.set(f"{{{_XML}}}base", entry.url)
        if entry.home:
            source = _sub(element, "source")
            _sub(source, "id").text = entry.home
            _sub(source, "title").text = entry.publisher or entry.home
            _sub(source, "updated").text = entry.updated.isoformat()
            _sub(source, "link", rel="alternate", type="text/html", href=entry.home)
        if entry.image:
            _sub(element, f"{{{_MEDIA}}}thumbnail", url=entry.image)
        for text in element.iter("title", "summary"):
            _say_what_it_is(text)
        return element

    def extend_rss(self, element: _Element) -> _Element:
        entry = self.entry
        if entry.byline or entry.publisher:
            _sub(element, f"{{{_DC}}}creator").text = entry.byline or entry.publisher
        _sub(element, "pubDate").text = _rfc822(entry.published)
        _sub(element, f"{{{_ATOM}}}updated").text = entry.updated.isoformat()
        if entry.language:
            _sub(element, f"{{{_DC}}}language").text = entry.language
        for copy in entry.also:
            _sub(element, f"{{{_ATOM}}}link", rel=self.copies, type="text/html", href=copy.url, title=copy.title)
        if entry.home:
            _sub(element, "source", url=entry.home).text = entry.publisher
        # RSS 2.0 allows one enclosure an item; the others go by Media RSS, so that nothing is lost.
        first = next((one for one in entry.enclosures if _FILE.fullmatch(one.url)), None)
        if first:
            _sub(element, "enclosure", url=first.url, length=str(first.length or 0), type=first.media_type)
        for enclosure in entry.enclosures:
            if enclosure is not first:
                size = str(enclosure.length or "")
                _sub(element, f"{{{_MEDIA}}}content", url=enclosure.url, type=enclosure.media_type, fileSize=size)
        if entry.image:
            _sub(element, f"{{{_MEDIA}}}thumbnail", url=entry.image)
        return element


def _sub(parent: _Element, name: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, name, {key: value for key, value in attributes.items() if value})


def _say_what_it_is(element: _Element) -> None:
    """Text that could be taken for HTML is written as HTML: then nobody has to guess (RFC 4287 §3.1.1)."""
    if looks_like_markup(element.text or ""):
        element.set("type", "html")
        element.text = html.escape(element.text, quote=False)


def _apart(entry: Entry) -> datetime:
    """`updated` with a fraction of a second that is the entry's own: many articles say no more than their day.

    Two entries of one `updated` are held for a mistake by validators, and for one entry by some readers.
    """
    digest = hashlib.blake2b(entry.id.encode(), digest_size=4).digest()
    return entry.updated + timedelta(microseconds=1 + int.from_bytes(digest) % 999_999)


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=False)
