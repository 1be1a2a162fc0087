"""What the W3C's feed validator calls an error or warns of, told in our own words and held against our documents.

Each rule gets a document and says what breaks it; a good document leaves none of them anything to say.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from chaffinch.config import Press
from chaffinch.model import Article, Copy, Enclosure, Feed, Images, Publish
from chaffinch.publish.archive import Place, previous
from chaffinch.publish.archive import documents as archived
from chaffinch.publish.channel import Link
from chaffinch.publish.press import directory, documents
from tests.publish.conftest import an_article
from tests.publish.test_hostile_articles import ARTICLE, MOMENT, TEXT

PRESS = Press(title="The Demo Press", base_url="https://news.example.org/press", language="en")
FEED = Feed("news", "All the news", limit=60)

NAMESPACES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/syndication/history/1.0": "fh",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
"""Each with the prefix that everybody uses for it."""

KNOWN = {
    "feed": "author generator id link subtitle title updated entry fh:archive",
    "entry": "author category content id link published source summary title updated media:thumbnail",
    "source": "id link title updated",
    "author": "name",
    "rss": "channel",
    "channel": "atom:link description docs fh:archive generator item language lastBuildDate link title",
    "item": "atom:updated atom:link category content:encoded dc:creator description enclosure guid link media:content"
    " dc:language"
    " media:thumbnail pubDate source title",
}
"""What may stand in what."""

ATTRIBUTES = {
    "feed": "xml:lang",
    "entry": "xml:lang",
    "content": "type xml:base",
    "title": "type",
    "subtitle": "type",
    "summary": "type",
    "category": "term",
    "link": "rel type href hreflang length title",
    "guid": "isPermaLink",
    "enclosure": "url length type",
    "source": "url",
    "rss": "version",
    "media:content": "url type fileSize",
    "media:thumbnail": "url",
}
FULL = ("content", "generator", "guid", "id", "name", "pubDate", "published", "subtitle", "summary", "title", "updated")
"""What says something wherever it stands."""
RELATIONS = ("alternate", "current", "enclosure", "hub", "next-archive", "prev-archive", "related", "self", "via")
OF_A_HISTORY = ("current", "next-archive", "prev-archive")

SAFE = {
    "a": "href", "blockquote": "", "b": "", "br": "", "cite": "", "code": "", "dd": "", "del": "", "dl": "", "dt": "",
    "em": "", "figcaption": "", "figure": "", "h2": "", "h3": "", "h4": "", "h5": "", "h6": "", "i": "",
    "img": "alt src", "ins": "", "kbd": "", "li": "", "mark": "", "ol": "", "p": "", "pre": "", "q": "", "s": "",
    "samp": "", "small": "", "strong": "", "sub": "", "sup": "", "table": "", "tbody": "", "td": "", "th": "",
    "tr": "", "u": "", "ul": "", "var": "",
}  # fmt: skip
"""Elements and attributes that no reader throws out, no validator calls a risk, and that we write."""
VOID = ("br", "img")

URI = re.compile(r"[a-z][a-z0-9+.-]*:(//)?(\[[0-9A-Fa-f:]+\])?[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,#]+")
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]+")
FILE = re.compile(r"https?://([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+(:\d+)?(/|$)")
MEDIA_TYPE = re.compile(r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+")
MOMENT_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MOMENT_2822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} "
    r"\d\d:\d\d:\d\d \+0000"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
BROKEN = re.compile("[\x7f-\x9f\ufffd]")
"""Characters that come of a wrong decoding."""
MARKUP = re.compile(r"</(\w+)>|&(#?\w+)")
LARGEST = 5_000_000
"""Bytes; the validator reads no further."""


class Said:
    """An element with the names that people use."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self.name = short(element.tag)
        self.parent = short(element.getparent().tag) if element.getparent() is not None else ""
        self.attributes = {short(name): value for name, value in element.attrib.items()}
        self.text = element.text or ""

    def __str__(self) -> str:
        return f"{self.parent}/{self.name} {self.attributes} {self.text[:60]!r}"


def short(name: str) -> str:
    """`{http://search.yahoo.com/mrss/}thumbnail` as `media:thumbnail`; a format's own names bare."""
    space, _, local = name.rpartition("}")
    prefix = NAMESPACES.get(space[1:], "unknown") if space else ""
    return local if prefix in ("", "own") else f"{prefix}:{local}"


def everything(body: bytes) -> list[Said]:
    """Every element, Atom's own ones without their prefix where the document is Atom."""
    root = etree.fromstring(body, etree.XMLParser(huge_tree=True))
    said = [Said(element) for element in root.iter()]
    if root.tag.endswith("feed"):
        for one in said:
            one.name, one.parent = one.name.removeprefix("atom:"), one.parent.removeprefix("atom:")
    return said


Broken = Iterator[object]
Rule = Callable[[bytes, str], Broken]
"""A document and its address; yields what breaks the rule."""


def only_known_elements(body: bytes, _: str) -> Broken:
    for one in everything(body):
        yield from (f"{one} has {name}" for name in one.attributes if name not in allowed(one))
        if one.parent and one.name not in KNOWN.get(one.parent, "").split():
            yield one
        if one.parent not in ("content", "") and one.parent not in KNOWN:
            yield one


def allowed(one: Said) -> list[str]:
    name = one.name.removeprefix("atom:") if one.name == "atom:link" else one.name
    return ATTRIBUTES.get(name, "").split()


def usual_prefixes(body: bytes, _: str) -> Broken:
    for element in etree.fromstring(body, etree.XMLParser(huge_tree=True)).iter():
        for prefix, space in element.nsmap.items():
            if space not in NAMESPACES or (prefix is not None and NAMESPACES[space] != prefix):
                yield prefix, space
            if space == "http://www.w3.org/2005/Atom" and prefix and element.tag.startswith("{"):
                yield from [] if element.getroottree().getroot().tag == "rss" else [prefix]


def once(body: bytes, _: str) -> Broken:
    several = {"entry", "item", "link", "category", "atom:link", "dc:creator", "media:content"}
    counts = Counter((id(one.element.getparent()), one.name) for one in everything(body) if one.name not in several)
    yield from (name for (_parent, name), number in counts.items() if number > 1)


def nothing_is_missing(body: bytes, _: str) -> Broken:
    needed = {
        "feed": {"id", "title", "updated"},
        "entry": {"id", "title", "updated", "author", "content", "link"},
        "source": {"id", "title", "updated"},
        "author": {"name"},
        "channel": {"title", "link", "description", "atom:link", "language", "docs"},
        "item": {"title", "description", "guid"},
    }
    said = everything(body)
    author = any(one.parent == "feed" and one.name == "author" for one in said)
    for one in said:
        there = {other.name for other in said if other.element.getparent() is one.element}
        lacks = needed.get(one.name, set()) - there if one.element.get("url") is None else set()
        yield from (f"{one} lacks {name}" for name in lacks if not (name == "author" and author))


def nothing_is_blank(body: bytes, _: str) -> Broken:
    for one in everything(body):
        if one.name in FULL and not one.text.strip():
            yield one
        yield from (f"{one}: {name}" for name, value in one.attributes.items() if not value.strip())


def metadata_stands_before_entries(body: bytes, _: str) -> Broken:
    for parent, entry in (("feed", "entry"), ("channel", "item")):
        names = [one.name for one in everything(body) if one.parent == parent]
        first = names.index(entry) if entry in names else len(names)
        yield from (name for name in names[first:] if name != entry)


def ids_are_uris_and_canonical(body: bytes, _: str) -> Broken:
    for one in everything(body):
        if one.name == "id" and not TAG_URI.fullmatch(one.text):
            parts = urlsplit(one.text)
            usual = {"http": 80, "https": 443}.get(parts.scheme)
            if usual is None or parts.netloc != parts.netloc.lower() or parts.port == usual or not parts.path:
                yield one


def nothing_stands_twice(body: bytes, _: str) -> Broken:
    for parent, name in (("entry", "id"), ("entry", "updated"), ("item", "guid")):
        texts = Counter(one.text for one in everything(body) if (one.parent, one.name) == (parent, name))
        yield from (text for text, number in texts.items() if number > 1)


def one_alternate_a_type(body: bytes, _: str) -> Broken:
    alternates = Counter(
        (id(one.element.getparent()), one.attributes.get("type"), one.attributes.get("hreflang"))
        for one in everything(body)
        if one.name == "link" and one.attributes.get("rel") == "alternate"
    )
    yield from (key for key, number in alternates.items() if number > 1)


def links_are_known_and_whole(body: bytes, address: str) -> Broken:
    own = []
    for one in everything(body):
        if one.name not in ("link", "atom:link") or not one.attributes:
            continue
        rel = one.attributes["rel"]
        own += [one.attributes["href"]] if rel == "self" and one.parent in ("feed", "channel") else []
        if rel not in RELATIONS or (rel in OF_A_HISTORY and one.parent in ("entry", "item")):
            yield one
        if rel == "self" and one.attributes["type"] not in ("application/atom+xml", "application/rss+xml"):
            yield one
        if not one.attributes.get("length", "0").isdecimal() or one.text.strip():
            yield one
    if own != [address]:
        yield f"self is {own}, the document is {address}"


def addresses_are_uris(body: bytes, _: str) -> Broken:
    for one in everything(body):
        found = [one.attributes[name] for name in ("href", "url", "xml:base") if name in one.attributes]
        found += [one.text] if one.name in ("link", "docs") and not one.attributes else []
        yield from (f"{one}: {url}" for url in found if not URI.fullmatch(url))
        if one.name == "enclosure" and not FILE.match(one.attributes["url"]):
            yield one


def types_and_sizes(body: bytes, _: str) -> Broken:
    for one in everything(body):
        if "type" in one.attributes and one.name not in ("content", "title", "subtitle", "summary"):
            yield from [] if MEDIA_TYPE.fullmatch(one.attributes["type"]) else [one]
        if one.name == "enclosure" and not (one.attributes["length"].isdecimal() and "type" in one.attributes):
            yield one
        if not int(one.attributes.get("fileSize", "1")) > 0:
            yield one
        if one.name == "guid" and one.attributes != {"isPermaLink": "false"}:
            yield one


def dates(body: bytes, _: str) -> Broken:
    for one in everything(body):
        if one.name in ("updated", "published", "atom:updated") and not MOMENT_3339.fullmatch(one.text):
            yield one
        if one.name in ("pubDate", "lastBuildDate"):
            weekday = parsedate_to_datetime(one.text).strftime("%a") if MOMENT_2822.fullmatch(one.text) else ""
            yield from [] if one.text.startswith(weekday or "?") else [one]


def languages(body: bytes, _: str) -> Broken:
    for one in everything(body):
        said = [
            one.attributes.get("xml:lang"),
            one.attributes.get("hreflang"),
            one.text if one.name == "language" else None,
        ]
        yield from (
            f"{one}: {language}" for language in said if language is not None and not LANGUAGE.fullmatch(language)
        )


def no_broken_characters(body: bytes, _: str) -> Broken:
    yield from BROKEN.findall(body.decode())


def plain_text_is_no_markup(body: bytes, _: str) -> Broken:
    """In Atom by type="html", in RSS by `<` and `&` as numbers; an end tag in an RSS title or a name cannot be told."""
    by_number = re.findall(rb"<(?:title|category|source)\b[^>]*>([^<]*)<", body) if b"<rss" in body[:600] else []
    yield from (text for text in by_number if b"&lt;" in text or b"&amp;" in text)
    for one in everything(body):
        if one.attributes.get("type", "text") != "text" or b"<rss" in body[:600]:
            continue
        if one.name in ("title", "subtitle", "summary"):
            found = [tag or name for tag, name in MARKUP.findall(one.text)]
            yield from (f"{one}: {name}" for name in found if f"&{name};" != html.unescape(f"&{name};") or name in SAFE)


def names_hold_no_mail_address(body: bytes, _: str) -> Broken:
    yield from (
        one for one in everything(body) if one.name in ("name", "dc:creator") and re.search(r"<\S+@\S+>", one.text)
    )


def description_comes_before_content(body: bytes, _: str) -> Broken:
    for one in everything(body):
        names = [short(child.tag) for child in one.element] if one.name == "item" else []
        if names and names.index("description") > names.index("content:encoded"):
            yield one


def html_is_safe_and_whole(body: bytes, _: str) -> Broken:
    for one in everything(body):
        if one.name in ("content", "content:encoded") or (one.parent, one.name) == ("item", "description"):
            reader = Fragment()
            reader.feed(one.text)
            reader.close()
            yield from reader.broken


class Fragment(HTMLParser):
    """A piece of HTML: its tags, whether they are closed in order, whether they lead somewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.broken: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open += [] if tag in VOID else [tag]
        if tag not in SAFE or (tag in ("a", "p") and tag in self._open[:-1]):
            self.broken.append(f"<{tag}>")
        for name, value in attrs:
            if name not in SAFE.get(tag, "").split():
                self.broken.append(f"<{tag} {name}>")
            if name in ("href", "src") and not re.match(r"(https?|mailto):", value or ""):
                self.broken.append(f"<{tag} {name}={value!r}>: relative")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.broken.append(f"</{tag}>")

    def close(self) -> None:
        super().close()
        self.broken += [f"<{tag}> is never closed" for tag in self._open]


def archives_say_so(body: bytes, address: str) -> Broken:
    """RFC 5005 §4: an archive links to the current document and to a neighbour."""
    said = everything(body)
    relations = [one.attributes.get("rel") for one in said if one.name in ("link", "atom:link")]
    if any(one.name == "fh:archive" for one in said):
        yield from (rel for rel in ("current",) if rel not in relations)
        yield from [] if {"prev-archive", "next-archive"} & set(relations) else ["an archive without neighbours"]


def not_too_large(body: bytes, _: str) -> Broken:
    yield from [len(body)] if len(body) > LARGEST else []


RULES: tuple[Rule, ...] = (
    only_known_elements,
    usual_prefixes,
    once,
    nothing_is_missing,
    nothing_is_blank,
    metadata_stands_before_entries,
    ids_are_uris_and_canonical,
    nothing_stands_twice,
    one_alternate_a_type,
    links_are_known_and_whole,
    addresses_are_uris,
    types_and_sizes,
    dates,
    languages,
    no_broken_characters,
    plain_text_is_no_markup,
    names_hold_no_mail_address,
    description_comes_before_content,
    html_is_safe_and_whole,
    archives_say_so,
    not_too_large,
)

COPIES = (
    Copy("other", "https://courier.example/1", "The same <story> &amp; more", "Courier"),
    Copy("own", "", "Own", ""),
)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
STRANGE = (
    an_article(1),
    an_article(2, title="AT&T <b>buys</b> &amp; &copy; sells", tags=("R&D", "<b>bold</b>", " ")),
    an_article(3, publish=Publish.LINK, also=COPIES),
    an_article(4, publish=Publish.EXCERPT, images=Images.NONE),
    an_article(5, url="", publisher="", byline="", html="", lead="", title="", image=None, enclosures=()),
    an_article(6, byline="Ann Lee <ann@paper.example>", publisher="Desk &lt;desk@paper.example&gt;"),
    an_article(7, language="english", title="A broken \x85 d\ufffdcoding \ufdd0", html="<p>caf\ufffd\x9d</p>"),
    an_article(8, url="https://Gazette.Example:443/a b|c[d]?q={x}#f", image="http://localhost/x y.jpg"),
    an_article(
        9, enclosures=(Enclosure("http://localhost/a.mp3", "audio/mpeg", 0), Enclosure("https://my_host.example/b"))
    ),
    an_article(
        10, enclosures=(Enclosure("https://ok.example?x", "x", -1), Enclosure("https://ok.example/c", "a b/c", 0))
    ),
    an_article(11, html='<p>Write to <a href="mailto:a@b.example">us</a>.<br>A &lt;tag&gt; &amp; more.</p>'),
    an_article(12, hidden=True, withdrawn=MIDNIGHT),
    *(an_article(20 + n, published=MIDNIGHT, updated=MIDNIGHT, first_seen=MIDNIGHT) for n in range(30)),
)


def made() -> dict[str, tuple[bytes, str]]:
    """Every kind of document, with its address."""
    links = (Link("hub", "https://hub.example/"), *previous("news/2026-03", PRESS))
    place = Place("news/2026-03", "news/2026-02", "news/2026-04")
    found = [
        *documents(FEED, STRANGE, PRESS, links),
        *documents(replace(FEED, slug="apart", merge=False), STRANGE, PRESS),
        *documents(replace(FEED, slug="empty"), (), PRESS),
        *archived(FEED, place, (one for one in STRANGE if not one.hidden), PRESS),
    ]
    return {one.name: (one.body, f"{PRESS.base_url}/feeds/{one.name}") for one in found}


MADE = made()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("name", [name for name in MADE if not name.endswith(".json")])
def test_a_validator_would_say_nothing(name: str, rule: Rule) -> None:
    assert list(rule(*MADE[name])) == []


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(ARTICLE, TEXT, MOMENT)
def test_nor_would_it_of_any_article(hostile: Article, title: str, moment: datetime) -> None:
    article = replace(hostile, id="tag:news.example.org,2026:hostile", html="", published=moment, updated=moment)

    for one in documents(Feed("news", title), [article, an_article(1)], PRESS):
        address = f"{PRESS.base_url}/feeds/{one.name}"
        for rule in RULES if not one.name.endswith(".json") else ():
            assert list(rule(one.body, address)) == [], rule.__name__


BAD = (
    (only_known_elements, b"<generator>", b"<extra/><generator>"),
    (once, b"<generator>", b"<generator>Again</generator><generator>"),
    (nothing_is_missing, b"<title>All the news</title>", b""),
    (nothing_is_blank, b">Chaffinch</generator>", b"></generator>"),
    (metadata_stands_before_entries, b"</feed>", b"<title>Late</title></feed>"),
    (ids_are_uris_and_canonical, b"<id>https://news.example.org/", b"<id>https://News.Example.org/"),
    (nothing_stands_twice, b",2026:k2</id>", b",2026:k1</id>"),
    (one_alternate_a_type, b'rel="enclosure" type="audio/mpeg"', b'rel="alternate" type="text/html" hreflang="en-GB"'),
    (links_are_known_and_whole, b'rel="enclosure"', b'rel="closure"'),
    (links_are_known_and_whole, b"/feeds/news.atom", b"/feeds/news.xml"),
    (addresses_are_uris, b'href="https://gazette.example/"', b'href="https://gazette.example/{x}"'),
    (types_and_sizes, b'type="audio/mpeg"', b'type="audio"'),
    (dates, b"-20T", b"-20 "),
    (languages, b'xml:lang="en-GB"', b'xml:lang="english"'),
    (no_broken_characters, b"Harbour", "Harb\ufffdur".encode()),
    (plain_text_is_no_markup, b"<title>All", b"<title>&lt;/b&gt; All"),
    (names_hold_no_mail_address, b"<name>Mara", b"<name>&lt;a@b.example&gt; Mara"),
    (html_is_safe_and_whole, b"&lt;p&gt;The", b"&lt;script&gt;The"),
    (html_is_safe_and_whole, b'href="https://gazette.example/1?a=1&amp;amp;b=2"', b'href="/1"'),
    (archives_say_so, b"<entry", b'<archive xmlns="http://purl.org/syndication/history/1.0"/><entry'),
)


@pytest.mark.parametrize(
    ("rule", "good", "bad"), BAD, ids=[f"{rule.__name__}-{at}" for at, (rule, *_) in enumerate(BAD)]
)
def test_each_rule_sees_what_it_is_for(rule: Rule, good: bytes, bad: bytes) -> None:
    body = documents(FEED, [an_article(1), an_article(2)], PRESS)[0].body
    address = f"{PRESS.base_url}/feeds/news.atom"

    before, after = list(rule(body, address)), list(rule(body.replace(good, bad, 1), address))

    assert (before, bool(after)) == ([], True)


def test_two_articles_of_one_midnight_differ_in_a_fraction_that_stays() -> None:
    def updated(articles: list[Article]) -> dict[str, datetime]:
        root = etree.fromstring(documents(FEED, articles, PRESS)[0].body)
        entries = root.findall("{*}entry")
        return {str(e.findtext("{*}id")): datetime.fromisoformat(str(e.findtext("{*}updated"))) for e in entries}

    alone, among = updated([STRANGE[-1]]), updated(list(STRANGE))

    (key,) = alone
    assert alone[key] == among[key]
    assert MIDNIGHT < alone[key] < MIDNIGHT + timedelta(seconds=1)
    assert len(set(among.values())) == len(among)


def test_json_feed_holds_what_its_version_knows() -> None:
    top = "version title home_page_url feed_url description authors language hubs next_url items"
    inner = "id url title content_html summary image date_published date_modified authors tags language attachments"
    for name, (body, address) in MADE.items():
        if name.endswith(".json"):
            document = json.loads(body)
            assert document["version"] == "https://jsonfeed.org/version/1.1"
            assert document["feed_url"] == address
            assert document.get("next_url") != address
            assert set(document) <= set(top.split())
            for item in document["items"]:
                assert set(item) <= set(inner.split())
                assert item["content_html"].strip()
                assert all(MEDIA_TYPE.fullmatch(one["mime_type"]) for one in item.get("attachments", ()))
                assert all(one.get("size_in_bytes", 0) >= 0 for one in item.get("attachments", ()))
                reader = Fragment()
                reader.feed(item["content_html"])
                reader.close()
                assert reader.broken == []


def test_the_list_of_feeds_holds_what_opml_knows() -> None:
    outlines = etree.fromstring(directory([FEED, Feed("b", "<b>Bold</b> & more")], PRESS).body).findall("body/outline")

    assert len(outlines) == 2
    for outline in outlines:
        assert set(outline.keys()) == {"type", "text", "title", "xmlUrl", "htmlUrl"}
        assert outline.get("type") == "rss"
