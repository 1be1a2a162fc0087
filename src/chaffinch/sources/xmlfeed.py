"""An Atom, RSS or RDF document's entries, read by feedparser."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.parsers import expat

import feedparser

from chaffinch.errors import ReadError
from chaffinch.model import Enclosure, Page
from chaffinch.sources import autodiscovery
from chaffinch.sources.entries import Entry, Feed
from chaffinch.sources.markup import looks_like_html, plain
from chaffinch.text import one_line
from chaffinch.urls import absolute

_DEEPEST = 100
_MOST_TAGS = 100_000
"""feedparser takes seconds for each such lot."""
_SKIPPED = re.compile(rb"<skip(Hours|Days)>(.{0,1000}?)</skip\1>", re.DOTALL)
_NUMBERS = re.compile(rb">\s*(\d{1,2})\s*<")
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def parse(page: Page) -> Feed:
    """What the feed says; of one that breaks off what could be read, with a problem. Raises ReadError for no feed."""
    if not page.body.strip():
        raise ReadError(f"{page.url}: empty, where a feed is expected")
    flaw = _flaw(page)
    content_type = "application/xml" + (f"; charset={page.charset}" if page.charset else "")
    # Bytes in a stream are parsed; a string could be taken for an address to fetch.
    said = feedparser.parse(
        io.BytesIO(page.body),
        response_headers={"content-type": content_type, "content-location": page.url},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not said.entries and (not said.version or flaw):
        raise ReadError(_no_feed(page, flaw))
    entries = tuple(_entry(entry, said.feed, page.url) for entry in said.entries)
    problems = (f"{page.url}: {flaw}; what could be read was: {len(entries)} entries",) if flaw else ()
    skipped = dict(_SKIPPED.findall(page.body))
    hub = next((link.get("href", "") for link in said.feed.get("links", ()) if link.get("rel") == "hub"), "")
    return Feed(
        title=_title(said.feed),
        hub=absolute(page.url, hub) or None,
        ttl=_ttl(said.feed),
        skip_hours=frozenset(int(hour) % 24 for hour in re.findall(rb">\s*(\d{1,2})\s*<", skipped.get(b"Hours", b""))),
        skip_days=frozenset(at for at, day in enumerate(_DAYS) if day in skipped.get(b"Days", b"").lower()),
        entries=entries,
        problems=problems,
    )


def _flaw(page: Page) -> str:
    """Why it is no well-formed XML, empty where it is or cannot be told. Raises ReadError for what takes too long."""
    depth = deepest = tags = 0

    def start(*_: object) -> None:
        nonlocal depth, deepest, tags
        tags += 1
        depth += 1
        deepest = max(deepest, depth)

    def end(*_: object) -> None:
        nonlocal depth
        depth -= 1

    # What the transport says of the encoding wins (RFC 7303 §3.2), except over a byte order mark.
    marked = page.body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    flaw, checked = "", True
    try:
        parser = expat.ParserCreate(None if marked else page.charset)
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.Parse(page.body, True)
    except expat.ExpatError as error:
        checked = False
        if error.code != expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]:
            flaw = f"no well-formed XML: {expat.errors.messages[error.code]}, line {error.lineno}"
    except (ValueError, LookupError):
        checked = False  # a multi-byte encoding, which expat does not know; feedparser does
    if not checked:
        tags = max(tags, page.body.count(b"<"))
    if deepest > _DEEPEST or tags > _MOST_TAGS:
        raise ReadError(f"{page.url}: {flaw or 'too many tags, or too deep'}; no feed looks like that")
    return flaw


def _no_feed(page: Page, flaw: str) -> str:
    if looks_like_html(page.body) or (page.media_type == "text/html" and b"<body" in page.body[:100_000].lower()):
        named = autodiscovery.feeds(page)
        meant = f'; it names its feed: location = "{named[0].url}"' if named else '; it names none: try kind = "index"'
        return f"{page.url}: a web page, no feed{meant}"
    return f"{page.url}: no feed" + (f": {flaw}" if flaw else "")


def _entry(entry: Mapping[str, Any], feed: Mapping[str, Any], base: str) -> Entry:
    contents: list[Mapping[str, Any]] = entry.get("content", [])
    content = max(contents, key=_worth, default={})
    summary = str(entry.get("summary") or "")
    if summary == content.get("value") and len(summary) > 0:
        summary = ""
    return Entry(
        url=_link(entry, base),
        guid=entry.get("id") or None,
        title=_title(entry),
        byline=_byline(entry) or _byline(feed),
        published=_moment(entry, "published_parsed"),
        updated=_moment(entry, "updated_parsed"),
        summary=summary,
        content=_html(content),
        base=absolute(base, content.get("base") or "") or base,
        language=_language(content) or _language(entry.get("title_detail", {})) or feed.get("language") or None,
        tags=tuple(tag.get("term") or tag.get("label") or "" for tag in entry.get("tags", ())),
        enclosures=tuple(_enclosures(entry, base)),
    )


def _worth(content: Mapping[str, Any]) -> tuple[bool, int]:
    return "html" in (content.get("type") or ""), len(content.get("value") or "")


def _html(content: Mapping[str, Any]) -> str:
    value = str(content.get("value") or "")
    if content.get("type") == "text/plain":
        return "".join(f"<p>{part}</p>" for part in _escaped(value).split("\n\n") if part.strip())
    return value


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _title(owner: Mapping[str, Any]) -> str:
    detail = owner.get("title_detail", {})
    title = str(owner.get("title") or "")
    # RSS does not say what a title is; entities and tags in one are meant as such.
    is_text = detail.get("type") == "text/plain" and not re.search(r"</?[a-z]+[ />]|&[#\w]+;", title)
    return one_line(title) if is_text else plain(title)


def _link(entry: Mapping[str, Any], base: str) -> str:
    alternates = [
        link.get("href", "")
        for link in sorted(entry.get("links", ()), key=lambda link: "html" not in (link.get("type") or "html"))
        if link.get("rel", "alternate") == "alternate"
    ]
    written = [entry.get("feedburner_origlink"), *alternates, entry.get("link")]
    found = (absolute(base, href) for href in written if href)
    return next((url for url in found if url), "")


def _byline(owner: Mapping[str, Any]) -> str:
    names = [author.get("name") for author in owner.get("authors", ()) if author.get("name")]
    return ", ".join(dict.fromkeys(one_line(name) for name in names or [owner.get("author") or ""]))


def _moment(entry: Mapping[str, Any], key: str) -> datetime | None:
    # feedparser answers for a missing date with another one; its keys tell what is really there.
    parsed = entry.get(key) if key in entry.keys() else None  # noqa: SIM118 - `in` alone asks feedparser again
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _language(detail: Mapping[str, Any]) -> str | None:
    return detail.get("language") or None


def _enclosures(entry: Mapping[str, Any], base: str) -> Iterator[Enclosure]:
    for enclosure in entry.get("enclosures", ()):
        if url := absolute(base, enclosure.get("href") or ""):
            length = str(enclosure.get("length") or "")
            size = int(length) if length.isascii() and length.isdigit() and len(length) < 18 else None
            yield Enclosure(url, enclosure.get("type") or "", size or None)


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = str(feed.get("ttl") or "")
    lengths: list[int] = [int(minutes) * 60] if minutes.isascii() and minutes.isdigit() and len(minutes) < 9 else []
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if period:
        frequency = str(feed.get("sy_updatefrequency") or "1").strip()
        times = int(frequency) if frequency.isascii() and frequency.isdigit() and len(frequency) < 6 else 1
        lengths.append(period // max(times, 1))
    longest = max(lengths, default=0)
    return timedelta(seconds=longest) if longest else None
