"""Sitemaps: plain, indexed, packed, news, text, hostile."""

import gzip
from datetime import UTC, datetime

import pytest

from chaffinch.errors import FetchError, ReadError
from chaffinch.model import Listing, Page, Source, SourceKind, SourceState, Validators
from chaffinch.sources import sitemap

URL = "https://www.news.example/sitemap.xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Web:
    """A fetcher with documents by URL; one with validators answers 304 when they come back."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.asked: list[tuple[str, Validators | None]] = []
        self.tags: dict[str, Validators] = {}

    def get(self, url: str, validators: Validators | None = None) -> Page:
        self.asked.append((url, validators))
        if url not in self.pages:
            raise FetchError(f"{url}: not found (404)", status=404)
        tag = self.tags.get(url, Validators())
        if validators is not None and validators == tag:
            return Page(url, b"", status=304, validators=tag, fetched=NOW)
        return Page(url, self.pages[url], media_type="application/xml", fetched=NOW, validators=tag)


def a_source() -> Source:
    return Source(slug="a", kind=SourceKind.SITEMAP, location=URL)


def listed(body: bytes | str) -> Listing:
    web = Web()
    web.pages[URL] = body.encode() if isinstance(body, str) else body
    return sitemap.read(a_source(), SourceState(), web)


def urlset(*urls: str) -> str:
    return (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(urls) + "</urlset>"
    )


def a_url(loc: str, lastmod: str = "", more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}{more}</url>"


def index(*maps: tuple[str, str]) -> str:
    return (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<sitemap><loc>{loc}</loc><lastmod>{lastmod}</lastmod></sitemap>" for loc, lastmod in maps)
        + "</sitemapindex>"
    )


def test_pages_come_newest_first_with_their_revision() -> None:
    listing = listed(
        urlset(
            a_url("https://www.news.example/old", "2026-01-01"),
            a_url(" https://www.news.example/new?a=1&amp;b=2 ", "2026-11-20T10:00:00+01:00"),
            a_url("/undated"),
        )
    )

    assert [reference.url for reference in listing.references] == [
        "https://www.news.example/new?a=1&b=2",
        "https://www.news.example/old",
        "https://www.news.example/undated",
    ]
    assert listing.references[0].revision == "2026-11-20T10:00:00+01:00"
    assert listing.references[0].updated == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert listing.references[0].published is None


def test_a_news_sitemap_says_title_date_and_language() -> None:
    news = (
        "<news:news><news:publication><news:name>News</news:name><news:language>de</news:language></news:publication>"
        "<news:publication_date>2026-11-22T08:00:00Z</news:publication_date><news:title>Brot &amp; Spiele</news:title>"
        "<news:keywords>rom, brot</news:keywords></news:news>"
    )

    reference = listed(urlset(a_url("https://news.example/1", more=news))).references[0]

    assert (reference.title, reference.language, reference.tags) == ("Brot & Spiele", "de", ("rom", "brot"))
    assert reference.published == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_only_pages_of_the_sources_own_host_are_listed() -> None:
    listing = listed(urlset(a_url("https://news.example/1"), a_url("https://evil.example/2"), a_url("javascript:x")))

    assert [reference.url for reference in listing.references] == ["https://news.example/1"]
    with pytest.raises(ReadError, match=r"lists only pages of other hosts than news\.example"):
        listed(urlset(a_url("https://evil.example/2")))


def test_child_maps_are_read_newest_first_and_a_failing_one_is_a_problem() -> None:
    web = Web()
    web.pages[URL] = index(
        ("https://www.news.example/a.xml", "2026-01-01"),
        ("https://www.news.example/b.xml.gz", "2026-11-01"),
        ("https://www.news.example/gone.xml", "2026-10-01"),
    ).encode()
    web.pages["https://www.news.example/a.xml"] = urlset(a_url("/1")).encode()
    web.pages["https://www.news.example/b.xml.gz"] = gzip.compress(urlset(a_url("/2")).encode())

    listing = sitemap.read(a_source(), SourceState(), web)

    assert [url.rpartition("/")[2] for url, _ in web.asked] == ["sitemap.xml", "b.xml.gz", "gone.xml", "a.xml"]
    assert {reference.url[-1] for reference in listing.references} == {"1", "2"}
    assert listing.problems == ("https://www.news.example/gone.xml: not found (404)",)


def test_unchanged_child_maps_are_not_sent_again() -> None:
    web = Web()
    child = "https://www.news.example/a.xml"
    web.pages = {URL: index((child, "2026-01-01")).encode(), child: urlset(a_url("/1")).encode()}
    web.tags = {URL: Validators('"i"'), child: Validators('"c"')}

    first = sitemap.read(a_source(), SourceState(), web)
    web.tags[URL] = Validators('"changed"')
    second = sitemap.read(a_source(), first.state, web)

    assert web.asked[-1] == (child, Validators('"c"'))
    assert second.references == ()
    assert second.state.validators == {URL: Validators('"changed"'), child: Validators('"c"')}


def test_an_index_is_read_two_levels_deep_and_never_in_a_circle() -> None:
    web = Web()
    web.pages = {
        URL: index((URL, "2026-01-01"), ("https://www.news.example/1.xml", "2026-01-02")).encode(),
        "https://www.news.example/1.xml": index(("https://www.news.example/2.xml", "")).encode(),
        "https://www.news.example/2.xml": index(("https://www.news.example/3.xml", "")).encode(),
    }

    listing = sitemap.read(a_source(), SourceState(), web)

    assert listing.references == ()
    assert listing.problems == ("https://www.news.example/2.xml: an index of indexes of indexes; left out",)


def test_an_index_of_thousands_of_maps_is_bounded() -> None:
    web = Web()
    web.pages[URL] = index(*((f"https://www.news.example/{n}.xml", "2026-01-01") for n in range(5000))).encode()

    listing = sitemap.read(a_source(), SourceState(), web)

    assert len(web.asked) == 51
    assert len(listing.problems) == 50


def test_a_thousand_pages_are_enough() -> None:
    urls = (a_url(f"/{n}", f"2026-{n % 12 + 1:02}-01") for n in range(3000))

    assert len(listed(urlset(*urls)).references) == 1000


def test_a_text_sitemap_is_read() -> None:
    listing = listed("https://news.example/1\r\nhttps://news.example/2\n\nnonsense\n")

    assert [reference.url[-1] for reference in listing.references] == ["1", "2"]


def test_of_a_broken_sitemap_what_could_be_read_is_used() -> None:
    listing = listed(urlset(a_url("/1"), a_url("/2")).replace("</urlset>", "<url><loc>/3</lo"))

    assert {"https://www.news.example/1", "https://www.news.example/2"} <= {r.url for r in listing.references}
    assert len(listing.problems) == 1


def bomb() -> str:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    return f"<!DOCTYPE urlset [{entities}]>" + urlset(a_url("/&k;")).partition("?>")[2]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("", "empty"),
        ("\0\0\0", "no XML"),
        ("hello", "no XML"),
        ("<html><body>Hi</body></html>", "a web page, no sitemap"),
        ('<rss version="2.0"><channel/></rss>', 'kind = "feed"'),
        ("<other/>", "begins with <other>"),
        ("<a>" * 100_000, "begins with <a>"),
        (bomb(), "entities"),
        (
            '<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url/></urlset>',
            "ent",
        ),
        (gzip.compress(bytes(64 << 20), 1, mtime=0), "too big"),
        (gzip.compress(urlset(a_url("/1") * 999).encode(), mtime=0)[:-9], "breaks off"),
    ],
)
def test_what_is_no_sitemap_is_one_clear_line(body: bytes | str, why: str) -> None:
    with pytest.raises(ReadError, match=why) as caught:
        listed(body)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(URL)
