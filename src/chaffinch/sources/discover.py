"""What stands at a location is found out: a feed, a sitemap, a page of links, or an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from chaffinch.errors import FetchError, ReadError, Stopped
from chaffinch.model import Listing, Page, Source, SourceKind, SourceState
from chaffinch.ports import Fetcher
from chaffinch.sources import autodiscovery, feed, index, jsonfeed, page, shown, sitemap
from chaffinch.sources.markup import decoded, looks_like_html, tree
from chaffinch.sources.visit import Visit, visit
from chaffinch.text import one_line
from chaffinch.urls import is_web

_FEED_PATHS = ("/feed", "/rss", "/atom.xml", "/index.xml", "/feed.xml")
_SITEMAP_PATHS = ("/sitemap.xml",)
_MOST_NAMED = 5
_BEGINNING = 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to follow a site."""

    kind: SourceKind
    location: str
    title: str
    count: int
    """How many articles it lists now."""
    why: str
    """Where it was found."""


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """The listing of a source whose kind nobody said; its state says the kind, and the location where that is another.

    A page's own feed is preferred to the page. Raises FetchError and ReadError.
    """
    seen = visit(state.location or source.location, state, fetcher)
    if (unchanged := seen.unchanged) is not None:
        return unchanged
    kind = kind_of(seen.page)
    if kind is SourceKind.FEED:
        return _known(feed.parse(seen), kind)
    if kind is SourceKind.SITEMAP:
        return _known(sitemap.parse(source, seen, fetcher, state), kind)
    if source.rules.links is not None:
        return _known(index.parse(source, seen), SourceKind.INDEX)
    for named in autodiscovery.feeds(seen.page)[:_MOST_NAMED]:
        try:
            listing = feed.read(replace(source, location=named.url), SourceState(), fetcher)
        except Stopped:
            raise
        except (FetchError, ReadError):
            continue  # a page may name a feed that is long gone
        if listing.references:
            return _known(listing, SourceKind.FEED, named.url)
    return _as_page(source, seen)


def kind_of(found: Page) -> SourceKind | None:
    """What a document is by its beginning; None for a web page, of which more must be known."""
    beginning = found.body[:_BEGINNING].replace(b"\0", b"").lower()
    if jsonfeed.is_json(found.body):
        return SourceKind.FEED
    if any(tag in beginning for tag in (b"<urlset", b"<sitemapindex")):
        return SourceKind.SITEMAP
    if looks_like_html(found.body):
        return None
    if any(tag in beginning for tag in (b"<rss", b"<feed", b"<rdf:rdf")) or found.media_type in (
        "application/atom+xml",
        "application/rdf+xml",
        "application/rss+xml",
    ):
        return SourceKind.FEED
    if found.media_type == "text/plain" and is_web(beginning.split(b"\n", 1)[0].decode("latin-1").strip()):
        return SourceKind.SITEMAP
    return None


def candidates(url: str, fetcher: Fetcher) -> tuple[Candidate, ...]:
    """Every way to follow what stands at `url`, best first. Raises FetchError and ReadError for `url` itself.

    The feeds that it names, else feeds at the usual places; itself as a page of links; the sitemaps that robots.txt
    names, or the usual one; itself as an article. What fails among them is left out.
    """
    seen = visit(url, SourceState(), fetcher)
    source = Source(slug="candidate", kind=None, location=seen.page.url)
    if kind_of(seen.page) is not None:
        listing = read(source, SourceState(), fetcher)
        return (_candidate(listing, listing.state.kind or SourceKind.FEED, url, "it is one"),)
    found = list(_tried(source, autodiscovery.feeds(seen.page)[:_MOST_NAMED], "the page names it", fetcher))
    if not found:
        usual = [autodiscovery.Named(urljoin(seen.page.url, path), "") for path in _FEED_PATHS]
        found += list(_tried(source, usual, "it stands at a usual place", fetcher))[:1]
    own = _as_page(source, seen)
    kind = own.state.kind or SourceKind.PAGE
    if kind is SourceKind.INDEX:
        found.append(_candidate(own, kind, seen.page.url, "its links look like articles"))
    found += _sitemaps(source, fetcher)
    if kind is SourceKind.PAGE:
        found.append(_candidate(own, kind, seen.page.url, "the page itself is read as an article"))
    return tuple(found)


def _as_page(source: Source, seen: Visit) -> Listing:
    try:
        listing = index.parse(source, seen)
    except ReadError:
        return _known(page.parse(source, seen), SourceKind.PAGE)
    if not shown.is_list(shown.of(tree(decoded(seen.page)), seen.page, len(listing.references))):
        return _known(page.parse(source, seen), SourceKind.PAGE)
    return _known(listing, SourceKind.INDEX)


def _known(listing: Listing, kind: SourceKind, location: str = "") -> Listing:
    return replace(listing, state=replace(listing.state, kind=kind, location=location or listing.state.location))


def _tried(
    source: Source, feeds: tuple[autodiscovery.Named, ...] | list[autodiscovery.Named], why: str, fetcher: Fetcher
) -> Iterator[Candidate]:
    for named in feeds:
        try:
            listing = feed.read(replace(source, location=named.url), SourceState(), fetcher)
        except Stopped:
            raise
        except (FetchError, ReadError):
            continue
        yield _candidate(listing, SourceKind.FEED, named.url, why, named.title)


def _sitemaps(source: Source, fetcher: Fetcher) -> Iterator[Candidate]:
    named: list[str] = []
    try:
        robots = fetcher.get(urljoin(source.location, "/robots.txt")).body.decode("utf-8", "replace")
    except Stopped:
        raise
    except FetchError:
        robots = ""
    for line in robots.splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == "sitemap" and is_web(value.strip()):
            named.append(value.strip())
    why = "robots.txt names it" if named else "it stands at a usual place"
    for location in named[:2] or [urljoin(source.location, path) for path in _SITEMAP_PATHS]:
        try:
            listing = sitemap.read(replace(source, location=location), SourceState(), fetcher)
        except Stopped:
            raise
        except (FetchError, ReadError):
            continue
        if listing.references:
            yield _candidate(listing, SourceKind.SITEMAP, location, why)


def _candidate(listing: Listing, kind: SourceKind, location: str, why: str, title: str = "") -> Candidate:
    called = one_line(listing.state.title) or title
    return Candidate(kind, listing.state.location or location, called, len(listing.references), why)
