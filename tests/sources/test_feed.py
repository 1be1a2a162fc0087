"""Feeds of all formats, whole and partial, sound and broken."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import ReadError
from chaffinch.model import Enclosure, Listing, Moving, Page, Reference, Source, SourceKind, SourceState, Validators
from chaffinch.sources import feed
from chaffinch.sources.fulltext import is_complete, trails_off

URL = "https://news.example/feeds/all.xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORDS = " ".join(f"word{number}" for number in range(150))


class Web:
    """A fetcher that has one page, and remembers which validators came."""

    def __init__(self, body: bytes, **kwargs: Any) -> None:
        self.page = Page(**{"url": URL, "body": body, "media_type": "application/xml", "fetched": NOW, **kwargs})
        self.validators: list[Validators | None] = []

    def get(self, url: str, validators: Validators | None = None) -> Page:
        self.validators.append(validators)
        return self.page


def listed(body: bytes | str, state: SourceState | None = None, **kwargs: Any) -> Listing:
    web = Web(body.encode() if isinstance(body, str) else body, **kwargs)
    return feed.read(Source(slug="a", kind=SourceKind.FEED, location=URL), state or SourceState(), web)


def rss(items: str, channel: str = "") -> str:
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>News &amp; more</title><link>https://news.example/</link>{channel}{items}</channel></rss>"
    )


def atom(entries: str, head: str = "", attributes: str = "") -> str:
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Atom News</title>'
        f"<id>x</id><updated>2026-11-22T10:00:00Z</updated>{head}{entries}</feed>"
    )


def only(listing: Listing) -> Reference:
    assert len(listing.references) == 1
    return listing.references[0]


# --------------------------------------------------------------------------------------------- formats


def test_rss_says_all_of_its_items() -> None:
    listing = listed(
        rss(
            "<item><title>A &lt;i&gt;fine&lt;/i&gt; day &amp;amp; night</title><link>/2026/a?x=1&amp;y=2</link>"
            '<guid isPermaLink="false">tag:a</guid><dc:creator>Ann Example</dc:creator>'
            "<pubDate>Sun, 22 Nov 2026 11:00:00 +0100</pubDate><category>Asia</category><category>Oil</category>"
            "<description>&lt;p&gt;The start&lt;/p&gt;</description>"
            '<enclosure url="/a.mp3" type="audio/mpeg" length="1234"/></item>'
        )
    )

    assert replace(only(listing), revision="") == Reference(
        url="https://news.example/2026/a?x=1&y=2",
        guid="tag:a",
        title="A fine day & night",
        byline="Ann Example",
        published=datetime(2026, 11, 22, 10, tzinfo=UTC),
        summary="<p>The start</p>",
        tags=("Asia", "Oil"),
        enclosures=(Enclosure("https://news.example/a.mp3", "audio/mpeg", 1234),),
    )
    assert listing.state.title == "News & more"
    assert listing.state.published_at == (datetime(2026, 11, 22, 10, tzinfo=UTC),)
    assert listing.problems == ()


def test_atom_says_all_of_its_entries() -> None:
    listing = listed(
        atom(
            '<entry><id>tag:b</id><title type="html">B &amp;amp; C</title>'
            '<link rel="enclosure" href="b.pdf" type="application/pdf"/>'
            '<link rel="alternate" type="application/json" href="b.json"/>'
            '<link rel="alternate" type="text/html" href="b.html"/>'
            "<author><name>Ann</name></author><author><name>Bob</name></author>"
            "<published>2026-11-21T08:00:00Z</published><updated>2026-11-22T08:00:00Z</updated>"
            '<summary type="text">Only &lt;text></summary></entry>',
            head='<link rel="hub" href="https://hub.example/"/>',
            attributes='xml:lang="de" xml:base="https://news.example/de/"',
        )
    )

    reference = only(listing)
    assert (reference.guid, reference.title, reference.byline) == ("tag:b", "B & C", "Ann, Bob")
    assert reference.url == "https://news.example/de/b.html"
    assert reference.published == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert reference.updated == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert reference.language == "de"
    assert reference.enclosures == (Enclosure("https://news.example/de/b.pdf", "application/pdf"),)
    assert listing.state.hub == "https://hub.example/"


def test_rdf_is_read() -> None:
    listing = listed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>RDF</title></channel>'
        '<item rdf:about="https://news.example/1"><title>One</title><link>https://news.example/1</link>'
        "<dc:date>2026-11-20T09:00:00+09:00</dc:date></item></rdf:RDF>"
    )

    reference = only(listing)
    assert (reference.url, reference.title) == ("https://news.example/1", "One")
    assert reference.published == datetime(2026, 11, 20, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "JSON News",
        "language": "fr",
        "authors": [{"name": "The Desk"}],
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "items": [
            {
                "id": 7,
                "url": "/7",
                "title": "Seven & <more>",
                "content_html": f"<p>{WORDS}</p>",
                "date_published": "2026-11-22T09:00:00.123456789Z",
                "date_modified": "2026-11-22T11:00:00+01:00",
                "tags": ["a", 3, "b"],
                "attachments": [{"url": "/7.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 9}],
            }
        ],
    }

    listing = listed(json.dumps(document), media_type="application/feed+json")

    reference = only(listing)
    assert (reference.guid, reference.url, reference.title) == ("7", "https://news.example/7", "Seven & <more>")
    assert (reference.byline, reference.language, reference.tags) == ("The Desk", "fr", ("a", "b"))
    assert reference.published == datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
    assert reference.updated == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert reference.enclosures == (Enclosure("https://news.example/7.mp3", "audio/mpeg", 9),)
    assert reference.page is not None
    assert (listing.state.title, listing.state.hub) == ("JSON News", "https://hub.example/")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda values: st.lists(values) | st.dictionaries(st.text(), values),
        max_leaves=5,
    ),
    st.sampled_from(
        ["id", "url", "title", "content_html", "content_text", "date_published", "authors", "tags", "attachments"]
    ),
)
def test_a_json_item_of_wrong_types_costs_only_what_is_wrong(value: Any, key: str) -> None:
    item = {"id": "1", "url": "https://news.example/1", "title": "One", key: value}

    listing = listed(json.dumps({"items": [item, {"id": "2", "url": "https://news.example/2"}]}))

    assert "https://news.example/2" in {reference.url for reference in listing.references}


# ---------------------------------------------------------------------------------- whole or partial


def test_a_whole_article_comes_with_its_page() -> None:
    item = (
        "<item><title>T &amp;lt; U</title><link>https://news.example/1</link><description>Short.</description>"
        f"<content:encoded><![CDATA[<p>{WORDS} <img src='pic.jpg'></p>]]></content:encoded></item>"
    )

    page = only(listed(rss(item, "<language>en-GB</language>"))).page

    assert page is not None
    assert (page.url, page.media_type, page.charset) == ("https://news.example/1", "text/html", "utf-8")
    html = page.body.decode()
    assert '<html lang="en-GB">' in html
    assert f'<base href="{URL}">' in html
    assert "<h1>T &lt; U</h1>" in html
    assert f"<p>{WORDS} <img src='pic.jpg'></p>" in html


@pytest.mark.parametrize(
    "tail",
    [
        "…",
        "...",
        "[&#8230;]",
        '<a href="/1">Read more</a>',
        '. <a href="/1">Weiterlesen »</a>',
        ' [<a href="/1">more</a>]',
    ],
)
def test_an_article_that_trails_off_is_fetched(tail: str) -> None:
    assert not is_complete(f"<p>{WORDS}{tail}</p>", "Short.")


def test_an_article_that_only_repeats_its_teaser_or_is_short_is_fetched() -> None:
    assert not is_complete(f"<p>{WORDS}</p>", f"{WORDS}")
    assert not is_complete("<p>Two words</p>")
    assert is_complete(f"<p>{WORDS}</p>", "Short.")
    assert is_complete(f"<p>{WORDS} {WORDS} {WORDS}</p>", f"{WORDS} {WORDS} {WORDS}")


def test_a_line_where_the_post_appeared_does_not_hide_that_it_trails_off() -> None:
    assert trails_off("He said [...] The post Title appeared first on Site.")
    assert not trails_off("He said so. The post Title appeared first on Site.")


def test_an_article_of_endless_tags_is_weighed_all_the_same() -> None:
    assert is_complete("<b>" * 1_000_000 + f"<p>{WORDS}</p>")


@pytest.mark.parametrize("text", ["They wanted more", "We need no more.", "It was done.", "", "What more?"])
def test_ordinary_endings_do_not_trail_off(text: str) -> None:
    assert not trails_off(text)


def test_a_description_alone_is_a_summary_and_the_article_is_fetched() -> None:
    item = f"<item><link>https://news.example/1</link><description>{WORDS}</description></item>"

    assert only(listed(rss(item))).page is None


def test_an_entry_without_a_link_is_all_there_is() -> None:
    reference = only(
        listed(rss('<item><guid isPermaLink="false">id 1</guid><description>Brief news.</description></item>'))
    )

    assert reference.url == URL + "#id%201"
    assert reference.page is not None
    assert b"Brief news." in reference.page.body


# ---------------------------------------------------------------------------------------- what counts


def test_the_original_link_behind_a_redirector_is_taken() -> None:
    item = (
        "<item><link>https://feeds.example/~r/1</link>"
        "<feedburner:origLink>https://news.example/1</feedburner:origLink></item>"
    )

    assert only(listed(rss(item))).url == "https://news.example/1"


def test_another_text_is_another_revision_and_the_same_is_the_same() -> None:
    def revision(text: str) -> str:
        return only(
            listed(rss(f"<item><link>https://a.example/1</link><description>{text}</description></item>"))
        ).revision

    assert revision("one") == revision("one") != revision("two")


def test_an_entry_that_stands_twice_is_listed_once_as_it_was_last() -> None:
    entries = "".join(
        f"<entry><id>1</id><title>{title}</title><link href='/1'/><updated>2026-11-{day}T00:00:00Z</updated></entry>"
        for title, day in (("Old", 20), ("New", 22), ("Middle", 21))
    )

    assert only(listed(atom(entries))).title == "New"


def test_dates_to_come_are_not_believed() -> None:
    item = "<item><link>https://a.example/1</link><pubDate>Tue, 22 Dec 2026 11:00:00 GMT</pubDate></item>"

    listing = listed(rss(item))

    assert only(listing).published is None
    assert listing.state.published_at == ()


def test_entries_come_newest_first() -> None:
    items = "".join(
        f"<item><link>https://a.example/{day}</link><pubDate>{day} Nov 2026 11:00:00 GMT</pubDate></item>"
        for day in (12, 20, 16)
    )

    assert [reference.url[-2:] for reference in listed(rss(items)).references] == ["20", "16", "12"]


@pytest.mark.parametrize(
    ("channel", "headers", "ttl"),
    [
        ("<ttl>60</ttl>", {}, timedelta(hours=1)),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", {}, timedelta(hours=12)),
        ("<ttl>5</ttl>", {"cache-control": "public, max-age=900"}, timedelta(minutes=15)),
        ("<ttl>soon</ttl>", {"cache-control": "no-cache"}, None),
    ],
)
def test_how_often_a_source_wants_to_be_asked_is_kept(
    channel: str, headers: dict[str, str], ttl: timedelta | None
) -> None:
    assert listed(rss("", channel), headers=headers).state.ttl == ttl


def test_validators_are_sent_back_and_not_modified_is_no_listing() -> None:
    source = Source(slug="a", kind=SourceKind.FEED, location=URL)
    web = Web(rss("").encode(), validators=Validators('"1"'))

    state = feed.read(source, SourceState(), web).state
    web.page = Page(URL, b"", status=304, validators=Validators('"1"'))
    listing = feed.read(source, state, web)

    assert web.validators == [None, Validators('"1"')]
    assert (listing.unchanged, listing.references, listing.state) == (True, (), state)


def test_where_a_source_moved_is_remembered() -> None:
    state = listed(rss(""), moved="https://new.example/feed").state

    again = listed(rss(""), state, moved="https://new.example/feed").state

    assert again.moving == Moving("https://new.example/feed", NOW, 2)
    assert listed(rss(""), state).state.moving is None


# ------------------------------------------------------------------------------------------- bad input


def test_a_feed_that_is_a_web_page_names_the_feed_it_has() -> None:
    html = '<!DOCTYPE html><html><head><link rel=alternate type="application/rss+xml" href="/rss"></head></html>'

    with pytest.raises(
        ReadError, match=r'a web page, no feed; it names its feed: location = "https://news.example/rss"'
    ):
        listed(html, media_type="text/html")
    with pytest.raises(ReadError, match=r"a web page, no feed; it names none"):
        listed("<html><body>Hi</body></html>")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"\0\0\0\0",
        b"hello",
        b"{",
        b'{"a": 1}',
        b"{" * 100_000,
        b"<a>" * 200_000,
        b"<rss><channel>",
        b"<x>" * 500 + b"</x>" * 500,
        b"<rss version='2.0'>" + b"<" * 1_000_000,
        b"<rss version='2.0'><channel>" + b"<a/>" * 500_000 + b"</channel></rss>",
    ],
)
def test_what_is_no_feed_is_one_clear_line(body: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        listed(body)
    assert str(caught.value).startswith(URL)
    assert "\n" not in str(caught.value)


def test_of_a_broken_feed_what_could_be_read_is_used_and_the_flaw_told() -> None:
    items = "".join(f"<item><title>{n}</title><link>https://a.example/{n}</link></item>" for n in range(3))

    listing = listed(rss(items).partition("</channel>")[0] + "<item><title>half & ha")

    assert {"https://a.example/0", "https://a.example/1", "https://a.example/2"} <= {r.url for r in listing.references}
    assert len(listing.problems) == 1
    assert "no well-formed XML" in listing.problems[0]


def test_an_empty_feed_is_a_feed() -> None:
    assert listed(rss("")).references == ()
    assert listed('{"version": "https://jsonfeed.org/version/1.1", "items": []}').references == ()


def test_entities_are_not_blown_up() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    bomb = f"<!DOCTYPE rss [{entities}]>" + rss("<item><title>&k;</title><link>https://a.example/1</link></item>")[21:]

    assert len(only(listed(bomb)).title) < 100


def test_external_entities_are_not_read() -> None:
    document = (
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        + rss("<item><title>a&x;b</title><link>https://a.example/1</link></item>").partition("?>")[2]
    )

    assert only(listed(document)).title in ("ab", "a&x;b")


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ('<?xml version="1.0" encoding="windows-1251"?>' + rss("")[21:], "windows-1251"),
        ('<?xml version="1.0" encoding="gb18030"?>' + rss("")[21:], "gb18030"),
        (rss(""), "utf-8"),
        (rss(""), "utf-8-sig"),
        (rss("")[21:], "utf-16"),
    ],
)
def test_encodings_are_read_as_the_document_says(body: str, charset: str) -> None:
    item = "<item><title>Ж中é</title><link>https://a.example/1</link></item></channel>"
    text = body.replace("</channel>", item)

    listing = listed(text.encode(charset, "xmlcharrefreplace"))

    assert only(listing).title == "Ж中é"
    assert listing.problems == ()


def test_the_transports_word_on_the_encoding_wins_and_a_wrong_one_loses_nothing() -> None:
    text = rss("<item><title>Grün</title><link>https://a.example/1</link></item>")

    assert only(listed(text.encode("latin-1"), charset="iso-8859-1")).title == "Grün"
    assert only(listed(text.encode(), charset="no-such-charset")).title == "Grün"


@given(st.binary(max_size=200))
def test_rubbish_inside_a_feed_never_raises_anything_else(rubbish: bytes) -> None:
    start = rss("<item><title>One</title><link>https://a.example/1</link></item>").partition("</channel>")[0]

    listing = listed(start.encode() + rubbish)

    assert listing.references
