"""A location without a kind, and what `add` is offered, on a real site on loopback."""

import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chaffinch.config import Fetch
from chaffinch.errors import FetchError, ReadError, Stopped
from chaffinch.fetch import Client
from chaffinch.model import Listing, Page, Rules, Source, SourceKind, SourceState, Validators
from chaffinch.sources import READERS, candidates, read

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = "many words that fill a story of its own without any end in sight for the reader " * 20


@dataclass
class Site:
    """Documents by path, each with its media type; `asked` are the paths in order."""

    url: str = ""
    documents: dict[str, tuple[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def rss(self, path: str, *names: str) -> None:
        items = "".join(f"<item><title>{name}</title><link>/2026/11/{name}</link></item>" for name in names)
        self.documents[path] = (
            "application/rss+xml",
            f'<rss version="2.0"><channel><title>Feed at {path}</title>{items}</channel></rss>',
        )

    def sitemap(self, path: str, *names: str) -> None:
        urls = "".join(f"<url><loc>{self.url}/2026/11/{name}</loc></url>" for name in names)
        self.documents[path] = ("application/xml", f"<urlset>{urls}</urlset>")

    def html(self, path: str, body: str, head: str = "") -> None:
        self.documents[path] = (
            "text/html; charset=utf-8",
            f"<!DOCTYPE html><html><head><title>At {path}</title>{head}</head><body>{body}</body></html>",
        )


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]  # set by the fixture
        site.asked.append(self.path)
        media_type, body = site.documents.get(self.path, ("text/plain", ""))
        self.send_response(200 if self.path in site.documents else 404)
        self.send_header("Content-Type", media_type)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Site(f"http://127.0.0.1:{server.server_port}")
        server.site = found  # type: ignore[attr-defined]  # the handler asks for it
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield found
        server.shutdown()


def a_client() -> Client:
    return Client(Fetch(allow_private=("127.0.0.0/8",)), clock=lambda: NOW, wait=lambda seconds: False)


def a_source(site: Site, path: str = "/", **kwargs: Any) -> Source:
    return Source(slug="a", kind=None, location=site.url + path, **kwargs)


def visited(source: Source, state: SourceState | None = None) -> Listing:
    client = a_client()
    try:
        return read(source, state or SourceState(), client.for_source(source))
    finally:
        client.close()


def offered(site: Site, path: str = "/") -> list[tuple[SourceKind, str, int]]:
    client = a_client()
    found = candidates(site.url + path, client.for_source(a_source(site)))
    client.close()
    return [(one.kind, one.location.removeprefix(site.url), one.count) for one in found]


STORIES = "".join(
    f'<article><h2><a href="/2026/11/story-number-{n}">Story number {n} about grain and chaff</a></h2></article>'
    for n in range(6)
)
FEED_LINK = '<link rel="alternate" type="application/rss+xml" href="/the-feed" title="All">'
COMMENTS_LINK = '<link rel="alternate" type="application/atom+xml" href="/comments/feed" title="Comments">'


# ------------------------------------------------------------------------------------------ discovery


def test_a_feed_is_known_by_its_content(site: Site) -> None:
    site.rss("/", "one", "two")

    listing = visited(a_source(site))

    assert (listing.state.kind, listing.state.location) == (SourceKind.FEED, "")
    assert [reference.url for reference in listing.references] == [f"{site.url}/2026/11/{n}" for n in ("one", "two")]


def test_a_sitemap_is_known_by_its_content(site: Site) -> None:
    site.sitemap("/", "one")

    listing = visited(a_source(site))

    assert listing.state.kind is SourceKind.SITEMAP
    assert len(listing.references) == 1


def test_a_pages_own_feed_is_preferred_to_the_page_and_comments_are_not(site: Site) -> None:
    site.html("/", STORIES, COMMENTS_LINK + FEED_LINK)
    site.rss("/the-feed", "one")
    site.rss("/comments/feed", "comment")

    first = visited(a_source(site))
    site.asked.clear()
    second = visited(a_source(site), first.state)

    assert (first.state.kind, first.state.location) == (SourceKind.FEED, f"{site.url}/the-feed")
    assert [path for path in site.asked if path != "/robots.txt"] == ["/the-feed"]
    assert second.references == first.references


def test_a_page_whose_feed_is_gone_is_read_as_an_index(site: Site) -> None:
    site.html("/", STORIES, FEED_LINK)

    listing = visited(a_source(site))

    assert (listing.state.kind, len(listing.references)) == (SourceKind.INDEX, 6)


def test_a_page_for_which_the_owner_names_the_links_is_an_index_whatever_it_names(site: Site) -> None:
    site.html("/", STORIES, FEED_LINK)
    site.rss("/the-feed", "one")

    listing = visited(a_source(site, rules=Rules(links="h2 a")))

    assert (listing.state.kind, len(listing.references)) == (SourceKind.INDEX, 6)


def test_a_page_without_a_list_is_the_article_itself(site: Site) -> None:
    site.html(
        "/story", f"<h1>A story</h1><p>{WORDS}</p><a href='/2026/11/another-story-of-old'>Another story of old</a>"
    )

    first = visited(a_source(site, "/story"))
    second = visited(a_source(site, "/story"), first.state)

    assert first.state.kind is SourceKind.PAGE
    assert first.references[0].url == f"{site.url}/story"
    assert first.references[0].page is not None
    assert second.references[0].revision == first.references[0].revision


def test_an_article_that_links_to_many_others_is_still_an_article(site: Site) -> None:
    site.html("/story", f"<h1>A story</h1><p>{WORDS}</p>{STORIES}", '<meta property="og:type" content="article">')

    assert visited(a_source(site, "/story")).state.kind is SourceKind.PAGE


def test_an_archive_that_calls_itself_a_collection_is_an_index_whatever_open_graph_says(site: Site) -> None:
    og = '<meta property="og:type" content="article">'
    ld = '<script type="application/ld+json">{"@graph": [{"@type": ["WebPage", "CollectionPage"]}]}</script>'
    story = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A story"}</script>'
    site.html("/archive", f"<h1>All stories</h1>{STORIES}", og + ld)
    site.html("/story", f"<h1>A story</h1><p>{WORDS}</p>{STORIES}", og + ld + story)

    assert visited(a_source(site, "/archive")).state.kind is SourceKind.INDEX
    assert visited(a_source(site, "/story")).state.kind is SourceKind.PAGE


def test_a_dead_location_is_one_clear_line(site: Site) -> None:
    with pytest.raises(FetchError, match=r"/gone: not found \(404\)"):
        visited(a_source(site, "/gone"))


def test_when_the_owner_says_a_kind_what_was_found_out_counts_no_more(site: Site) -> None:
    site.html("/", STORIES, FEED_LINK)
    site.rss("/the-feed", "one")
    found = visited(a_source(site)).state

    listing = visited(replace(a_source(site), kind=SourceKind.INDEX), found)

    assert len(listing.references) == 6


def test_every_kind_has_its_reader() -> None:
    assert set(READERS) == set(SourceKind)


# ----------------------------------------------------------------------------------------- candidates


def test_all_ways_to_follow_a_site_are_offered_best_first(site: Site) -> None:
    site.html("/", STORIES, FEED_LINK)
    site.rss("/the-feed", "one", "two")
    site.documents["/robots.txt"] = ("text/plain", f"User-agent: *\nSitemap: {site.url}/maps/all.xml\n")
    site.sitemap("/maps/all.xml", "one", "two", "three")

    assert offered(site) == [
        (SourceKind.FEED, "/the-feed", 2),
        (SourceKind.INDEX, "/", 6),
        (SourceKind.SITEMAP, "/maps/all.xml", 3),
    ]


def test_feeds_and_sitemaps_at_the_usual_places_are_found(site: Site) -> None:
    site.html("/about", f"<p>{WORDS}</p>")
    site.rss("/atom.xml", "one")
    site.sitemap("/sitemap.xml", "one", "two")

    assert offered(site, "/about") == [
        (SourceKind.FEED, "/atom.xml", 1),
        (SourceKind.SITEMAP, "/sitemap.xml", 2),
        (SourceKind.PAGE, "/about", 1),
    ]


def test_a_location_that_is_a_feed_is_the_one_offer(site: Site) -> None:
    site.rss("/feed", "one")

    assert offered(site, "/feed") == [(SourceKind.FEED, "/feed", 1)]
    assert "/sitemap.xml" not in site.asked


def test_what_stands_at_usual_places_and_is_no_feed_is_not_offered(site: Site) -> None:
    site.html("/", f"<p>{WORDS}</p>")
    for path in ("/feed", "/rss", "/sitemap.xml"):
        site.html(path, "<h1>Sorry, nothing here</h1>")

    assert offered(site) == [(SourceKind.PAGE, "/", 1)]


def test_a_location_that_cannot_be_read_is_an_error(site: Site) -> None:
    site.documents["/"] = ("application/xml", "<rss>")

    with pytest.raises(FetchError):
        offered(site, "/gone")
    with pytest.raises(ReadError):
        offered(site)


def test_a_stop_ends_the_search() -> None:
    class Stopping:
        asked = 0

        def get(self, url: str, validators: Validators | None = None) -> Page:
            self.asked += 1
            if self.asked > 1:
                raise Stopped("left for the next run")
            return Page(url, b"<html><body>Hi</body></html>", media_type="text/html")

    fetcher = Stopping()

    with pytest.raises(Stopped):
        candidates("https://news.example/", fetcher)
    assert fetcher.asked == 2
