"""One hostile article never stops a feed: any text in any field gives three well-formed documents."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from chaffinch.config import Press
from chaffinch.model import Article, Certainty, Enclosure, Feed, Images, Publish
from chaffinch.pages import Templates
from chaffinch.publish.archive import Place
from chaffinch.publish.archive import documents as archived
from chaffinch.publish.archivepages import month_page, overview
from chaffinch.publish.files import check
from chaffinch.publish.press import DOCUMENT_BYTES, documents, landing_page

TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(), max_size=40),
    st.sampled_from(
        [
            "]]>",
            "\x00\x0b\ufffe\ud800",
            "<script>alert(1)</script>",
            "&#0; &nbsp; &",
            "\u202eRTL",
            "🐦" * 50,
            "<!--",
            "<div",
            "\r\n\t",
        ]
    ),
)
URL = st.one_of(
    TEXT,
    TEXT.map("https://example.org/".__add__),
    TEXT.map("https://".__add__),
    st.sampled_from(
        [
            "https://exämple.org/ä?ö=ü",
            "http://[::1/",
            "https://h.example/" + "x" * 2000,
            "javascript:alert(1)",
            "https://a@b:99999/",
        ]
    ),
)
MOMENT = st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants them naive
ENCLOSURE = st.builds(Enclosure, URL, TEXT, st.none() | st.integers())
ARTICLE = st.builds(
    Article,
    id=TEXT,
    key=TEXT,
    url=URL,
    sources=st.just(("wire",)),
    title=TEXT,
    published=MOMENT,
    updated=MOMENT,
    first_seen=MOMENT,
    byline=TEXT,
    publisher=TEXT,
    certainty=st.sampled_from(Certainty),
    lead=TEXT,
    html=TEXT,
    text=TEXT,
    language=st.none() | TEXT,
    image=st.none() | URL,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    enclosures=st.lists(ENCLOSURE, max_size=3).map(tuple),
    publish=st.sampled_from(Publish),
    images=st.sampled_from(Images),
)
PRESS = Press(title="Demo \x00 <Press>", base_url="https://news.example.org")
GOOD = Article(
    id="tag:news.example.org,2026:good",
    key="good",
    url="https://gazette.example/good",
    sources=("wire",),
    title="A good one",
    published=datetime(2026, 11, 20, tzinfo=UTC),
    updated=datetime(2026, 11, 20, tzinfo=UTC),
    first_seen=datetime(2026, 11, 20, tzinfo=UTC),
    html="<p>Good and whole.</p>",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ARTICLE, TEXT)
def test_any_text_in_any_field_gives_well_formed_documents(hostile: Article, title: str) -> None:
    made = documents(Feed("news", title), [hostile, GOOD], PRESS)

    for rendition in made:
        check(rendition)
    atom, feed, rss = made
    assert len(etree.fromstring(atom.body).findall("{*}entry")) == 2
    assert len(etree.fromstring(rss.body).findall("channel/item")) == 2
    items = json.loads(feed.body)["items"]
    assert len(items) == 2
    for item in items:
        assert item["url"].startswith(("http://", "https://"))
        assert item["url"].isascii()
    for parsed in (feedparser.parse(atom.body), feedparser.parse(rss.body)):
        assert not parsed.bozo
        assert [entry.id for entry in parsed.entries].count(GOOD.id) == 1
    assert documents(Feed("news", title), [GOOD, hostile], PRESS) == made


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ARTICLE, TEXT)
def test_any_text_in_any_field_gives_a_landing_page_without_its_markup(hostile: Article, title: str) -> None:
    page = landing_page(Feed("news", title), [hostile], PRESS, TEMPLATES)

    check(page)
    assert b"<script" not in page.body
    assert b"javascript:" not in page.body.split(b"<main")[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ARTICLE, TEXT)
def test_any_text_in_any_field_gives_well_formed_archives(hostile: Article, title: str) -> None:
    feed, place = Feed("news", title), Place("news/2026-03", "news/2026-02", "news/2026-04")

    made = archived(feed, place, [hostile, GOOD], PRESS)
    page = month_page(feed, place, [hostile, GOOD], PRESS, TEMPLATES)
    listed = overview(feed, {"2026-03": 2, "2026-02": 1}, PRESS, TEMPLATES)

    for rendition in (*made, page, listed):
        check(rendition)
    atom, rss, feed_ = made
    for parsed in (feedparser.parse(atom.body), feedparser.parse(rss.body)):
        assert not parsed.bozo
        assert GOOD.id in [entry.id for entry in parsed.entries]
    assert len(etree.fromstring(atom.body).findall("{*}entry")) == 2
    assert len(etree.fromstring(rss.body).findall("channel/item")) == 2
    assert GOOD.id in [item["id"] for item in json.loads(feed_.body)["items"]]
    assert b"<script" not in page.body + listed.body
    assert page.body.count(b"<li dir=") == 2


HUGE = {
    "prose": "All of it is true. " * 270_000,
    "word": "x" * 5_000_000,
    "markup": "<p>]]>&amp;<b>b</b></p>" * 220_000,
    "emoji": "🐦" * 1_250_000,
    "controls": "\x00\ud800\ufffe " * 1_000_000,
}


@pytest.mark.parametrize("field", ["title", "byline", "publisher", "lead", "html", "tags", "url"])
def test_five_megabytes_anywhere_leave_a_feed_within_its_limits(field: str) -> None:
    def huge(kind: str, text: Any) -> Article:
        changes: dict[str, Any] = {
            "id": f"tag:news.example.org,2026:{kind}",
            field: (text,) if field == "tags" else text,
        }
        return replace(GOOD, key=kind, **changes)

    articles = [GOOD, *(huge(kind, text) for kind, text in HUGE.items())]
    made = documents(Feed("news", "News"), articles, PRESS)
    page = landing_page(Feed("news", "News"), articles, PRESS, TEMPLATES)

    for rendition in (*made, page):
        check(rendition)
        assert len(rendition.body) < DOCUMENT_BYTES
        assert b"A good one" in rendition.body
    ids = [element.text for element in etree.fromstring(made[0].body).findall("{*}entry/{*}id")]
    assert {f"tag:news.example.org,2026:{kind}" for kind in HUGE} < set(ids)


TEMPLATES = Templates()
