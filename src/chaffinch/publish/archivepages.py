"""A feed's archives as pages for people: one page a part of a month, one that lists them all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chaffinch.config import Press
from chaffinch.errors import TemplateError
from chaffinch.model import Article, Feed, Format, Rendition
from chaffinch.pages import Templates, Tongue
from chaffinch.publish.archive import Place, entries_of, stems
from chaffinch.publish.channel import MEDIA_TYPES, channel_of
from chaffinch.publish.etags import etag_of
from chaffinch.publish.landing import chrome

OVERVIEW = "archive"
"""The page that lists all others: `news/archive.html`."""

_SAMPLE = datetime(2026, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Month:
    """A month in the list of archives."""

    name: str
    """`March`."""
    pages: tuple[str, ...]
    """The pages' names in the feed's folder, oldest first: `2026-03.html`."""


def month_page(
    feed: Feed, place: Place, articles: Iterable[Article], press: Press, templates: Templates, index: bool = False
) -> Rendition:
    """One part of a month as a page: its titles, newest first, with links to its neighbours. Raises TemplateError."""
    tongue = templates.tongue(press.language)
    values = {
        **_chrome(feed, press, index),
        "entries": entries_of(articles, press),
        "heading": _heading(place.stem, tongue),
        "address": f"{press.base_url}/feeds/{place.stem}.html",
        "older": _neighbour(place.older, tongue),
        "newer": _neighbour(place.newer, tongue),
    }
    return _rendition(feed, f"{place.stem}.html", templates.render("web/month.html", values))


def overview(
    feed: Feed, months: Mapping[str, int], press: Press, templates: Templates, index: bool = False
) -> Rendition:
    """The list of all archives, by year and month, newest first. Raises TemplateError."""
    tongue = templates.tongue(press.language)
    years: dict[str, list[Month]] = {}
    for month in sorted((month for month, parts in months.items() if parts), reverse=True):
        named = tuple(f"{stem.partition('/')[2]}.html" for stem in stems(feed, {month: months[month]}))
        years.setdefault(month[:4], []).append(Month(tongue.name_of_month(int(month[5:7])), named))
    values = {
        **_chrome(feed, press, index),
        "years": years,
        "address": f"{press.base_url}/feeds/{feed.slug}/{OVERVIEW}.html",
    }
    return _rendition(feed, f"{feed.slug}/{OVERVIEW}.html", templates.render("web/archive.html", values))


def look(press: Press, templates: Templates, index: bool) -> str:
    """A fingerprint of how archive pages look: with another one all are written anew. Never fails."""
    feed = Feed("sample", "Sample")
    article = Article("tag:sample", "sample", "", (), "Sample", _SAMPLE, _SAMPLE, _SAMPLE)
    try:
        page = month_page(feed, Place("sample/2026-01"), [article], press, templates, index)
        return page.etag + overview(feed, {"2026-01": 2}, press, templates, index).etag
    except TemplateError as error:
        return hashlib.sha256(str(error).encode()).hexdigest()


def _chrome(feed: Feed, press: Press, index: bool) -> dict[str, object]:
    channel = channel_of(feed, (), press)
    return {**chrome(press, index), "feed": feed, "channel": channel, "atom": channel.addresses[Format.ATOM]}


def _heading(stem: str, tongue: Tongue) -> str:
    """`March 2026`, or `March 2026, part 2`."""
    year, number, *part = stem.partition("/")[2].split("-")
    month = tongue.name_of_month(int(number))
    if not part:
        return f"{month} {year}"
    said = tongue.say("{month} {year}, part", month=month, year=year)
    return f"{said} {part[0]}"


def _neighbour(stem: str | None, tongue: Tongue) -> Sequence[str]:
    """Its page's name in the feed's folder and its heading; empty for none."""
    return (f"{stem.partition('/')[2]}.html", _heading(stem, tongue)) if stem else ()


def _rendition(feed: Feed, name: str, page: str) -> Rendition:
    body = page.encode("utf-8", "replace")
    return Rendition(feed.slug, name, MEDIA_TYPES[".html"], body, etag_of(body))
