"""What readers find in the three documents, read back with feedparser, lxml and json."""

import html
import json
import locale
from calendar import timegm
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import pytest
from lxml import etree

from chaffinch.config import Press
from chaffinch.model import Article, Certainty, Copy, Enclosure, Feed, Images, Publish
from chaffinch.publish.channel import Link
from chaffinch.publish.press import DOCUMENT_BYTES, documents

ArticleOf = Callable[..., Article]
NS = {
    "a": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
XML = "{http://www.w3.org/XML/1998/namespace}"


def built(feed: Feed, articles: list[Article], press: Press, links: tuple[Link, ...] = ()) -> dict[str, bytes]:
    return {r.name.rpartition(".")[2]: r.body for r in documents(feed, articles, press, links)}


def atom_of(feed: Feed, articles: list[Article], press: Press, links: tuple[Link, ...] = ()) -> Any:
    return etree.fromstring(built(feed, articles, press, links)["atom"])


def rss_of(feed: Feed, articles: list[Article], press: Press, links: tuple[Link, ...] = ()) -> Any:
    return etree.fromstring(built(feed, articles, press, links)["rss"]).find("channel")


def json_of(feed: Feed, articles: list[Article], press: Press) -> Any:
    return json.loads(built(feed, articles, press)["json"])


def test_all_three_formats_say_the_same(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    articles = [article_of(n) for n in range(5)]

    documents_ = built(feed, articles, press)
    atom, rss = feedparser.parse(documents_["atom"]), feedparser.parse(documents_["rss"])
    items = json.loads(documents_["json"])["items"]

    assert not atom.bozo
    assert not rss.bozo
    assert (
        [a.id for a in articles]
        == [e.id for e in atom.entries]
        == [e.id for e in rss.entries]
        == [i["id"] for i in items]
    )
    for article, a, r, j in zip(articles, atom.entries, rss.entries, items, strict=True):
        assert a.link == r.link == j["url"] == article.url
        assert a.content[0].value == r.content[0].value
        assert "late <b>again</b>" in j["content_html"]
        assert "late <b>again</b>" in a.content[0].value
        assert a.author == r.author == j["authors"][0]["name"] == "Mara Lind"
        assert a.published_parsed == r.published_parsed
        assert timegm(a.published_parsed) == datetime.fromisoformat(j["date_published"]).timestamp()
        assert a.updated_parsed == r.updated_parsed
        assert [t.term for t in a.tags] == [t.term for t in r.tags] == j["tags"]


@pytest.mark.parametrize("title", ["AT&T <b>buys</b> &amp; sells", "R&D", "1 < 2 > 0", "<ships>", "&copy; &#38; &"])
def test_titles_come_back_as_they_were(feed: Feed, press: Press, article_of: ArticleOf, title: str) -> None:
    article = article_of(title=title)

    said = atom_of(feed, [article], press).find("a:entry/a:title", NS)
    assert (html.unescape(said.text) if said.get("type") == "html" else said.text) == title
    assert rss_of(feed, [article], press).findtext("item/title") == title
    assert json_of(feed, [article], press)["items"][0]["title"] == title
    read = feedparser.parse(built(feed, [article], press)["atom"]).entries[0].title_detail
    assert (html.unescape(read.value) if read.type == "text/html" else read.value) == title


def test_publisher_byline_and_original_link_stand_first(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    content = json_of(feed, [article_of()], press)["items"][0]["content_html"]

    assert content.startswith(
        '<p><a href="https://gazette.example/1?a=1&amp;b=2">The Harbour Gazette</a> · Mara Lind</p>\n<p>The ferry'
    )


def test_the_entry_is_complete_in_atom(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    entry = atom_of(feed, [article_of()], press).find("a:entry", NS)

    links = [dict(link.attrib) for link in entry.findall("a:link", NS)]
    assert links == [
        {"rel": "alternate", "type": "text/html", "href": "https://gazette.example/1?a=1&b=2", "hreflang": "en-GB"},
        {"rel": "enclosure", "type": "audio/mpeg", "href": "https://gazette.example/ferry.mp3", "length": "1234"},
        {"rel": "enclosure", "type": "application/pdf", "href": "https://gazette.example/timetable.pdf"},
    ]
    assert entry.get(XML + "lang") == "en-GB"
    assert entry.find("a:content", NS).get("type") == "html"
    assert entry.find("a:content", NS).get(XML + "base") == "https://gazette.example/1?a=1&b=2"
    assert entry.findtext("a:source/a:title", namespaces=NS) == "The Harbour Gazette"
    assert entry.findtext("a:source/a:id", namespaces=NS) == "https://gazette.example/"
    assert entry.find("media:thumbnail", NS).get("url") == "https://gazette.example/ferry.jpg"
    assert entry.findtext("a:summary", namespaces=NS).startswith("The ferry came in late")


def test_the_item_is_complete_in_rss(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    item = rss_of(feed, [article_of()], press).find("item")

    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("dc:creator", namespaces=NS) == "Mara Lind"
    assert item.findtext("description").endswith("the mail &amp; two goats.")
    assert "late <b>again</b>" in item.findtext("content:encoded", namespaces=NS)
    assert dict(item.find("enclosure").attrib) == {
        "url": "https://gazette.example/ferry.mp3",
        "length": "1234",
        "type": "audio/mpeg",
    }
    assert item.find("media:content", NS).get("url") == "https://gazette.example/timetable.pdf"
    assert parsedate_to_datetime(item.findtext("pubDate")) == article_of().published


@pytest.mark.parametrize(("merge", "rel"), [(True, "via"), (False, "related")])
def test_where_else_a_story_stands_is_said_in_each_format(
    press: Press, article_of: ArticleOf, merge: bool, rel: str
) -> None:
    article = article_of(also=(Copy("k9", "https://courier.example/9", "Late & later", "Courier"),))
    feed = Feed("news", "All the news", merge=merge)

    entry = atom_of(feed, [article], press).find(f"a:entry/a:link[@rel='{rel}']", NS)
    item = rss_of(feed, [article], press).find(f"item/a:link[@rel='{rel}']", NS)
    told = json_of(feed, [article], press)["items"][0]["content_html"]

    assert (entry.get("href"), entry.get("title")) == ("https://courier.example/9", "Late & later")
    assert (item.get("href"), item.get("title")) == ("https://courier.example/9", "Late & later")
    assert 'The same story: <a href="https://courier.example/9">Courier</a>' in told
    assert rss_of(feed, [article], press).findtext("item/link") == article.url
    assert feedparser.parse(built(feed, [article], press)["rss"]).entries[0].link == article.url


def test_the_language_of_an_article_is_said_in_each_format(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    article = article_of(language="pt-BR")

    assert atom_of(feed, [article], press).find("a:entry", NS).get(XML + "lang") == "pt-BR"
    assert rss_of(feed, [article], press).findtext("item/dc:language", namespaces=NS) == "pt-BR"
    assert json_of(feed, [article], press)["items"][0]["language"] == "pt-BR"


def test_a_hub_and_archives_do_not_take_the_place_of_the_channels_link(
    feed: Feed, press: Press, article_of: ArticleOf
) -> None:
    links = (
        Link("hub", "https://hub.example/"),
        Link("prev-archive", "https://news.example.org/press/feeds/news-1.atom"),
    )

    channel = rss_of(feed, [article_of()], press, links)
    root = atom_of(feed, [article_of()], press, links)

    assert channel.findtext("link") == "https://news.example.org/press/feeds/news/"
    assert [x.get("rel") for x in channel.findall("a:link", NS)] == ["self", "hub", "prev-archive"]
    assert [x.get("rel") for x in root.findall("a:link", NS)] == ["self", "alternate", "hub", "prev-archive"]
    assert json.loads(built(feed, [article_of()], press, links)["json"])["hubs"][0]["url"] == "https://hub.example/"


def test_each_document_names_its_own_address(feed: Feed, press: Press) -> None:
    root, channel = atom_of(feed, [], press), rss_of(feed, [], press)

    assert root.find("a:link[@rel='self']", NS).get("href") == "https://news.example.org/press/feeds/news.atom"
    assert channel.find("a:link[@rel='self']", NS).get("href") == "https://news.example.org/press/feeds/news.rss"
    assert json_of(feed, [], press)["feed_url"] == "https://news.example.org/press/feeds/news.json"


def test_updated_is_the_newest_entrys_and_the_same_articles_give_the_same_bytes(
    feed: Feed, press: Press, article_of: ArticleOf, morning: datetime
) -> None:
    articles = [article_of(1), article_of(2, updated=morning + timedelta(days=1)), article_of(3)]

    first, second = built(feed, articles, press), built(feed, articles[::-1], press)

    assert first == second
    assert etree.fromstring(first["atom"]).findtext("a:updated", namespaces=NS) == "2026-11-21T08:30:00+00:00"
    assert b"Sat, 21 Nov 2026 08:30:00 +0000</lastBuildDate>" in first["rss"]


def test_an_empty_feed_is_a_feed_that_stays_the_same(feed: Feed, press: Press) -> None:
    first, second = built(feed, [], press), built(feed, [], press)

    assert first == second
    assert not feedparser.parse(first["atom"]).bozo
    assert json.loads(first["json"])["items"] == []


def test_the_process_keeps_its_locale(
    feed: Feed, press: Press, article_of: ArticleOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    monkeypatch.setattr(locale, "setlocale", calls.append)

    built(feed, [article_of()], press)

    assert calls == []


def test_an_excerpt_is_the_lead_alone(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    item = json_of(feed, [article_of(publish=Publish.EXCERPT)], press)["items"][0]

    assert item["content_html"].endswith(
        "<p>The ferry came in late again on Tuesday, and with it the mail &amp; two goats.</p>"
    )
    assert "image" not in item
    assert "attachments" not in item


def test_a_link_carries_no_text_of_the_article(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    article = article_of(publish=Publish.LINK)

    for name, body in built(feed, [article], press).items():
        assert b"ferry" not in body, name
        assert b"goats" not in body, name
        assert b"https://gazette.example/1?a=1&" in body, name


def test_without_images_none_is_left(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    article = article_of(images=Images.NONE, enclosures=(Enclosure("https://gazette.example/x.png"),))

    for name, body in built(feed, [article], press).items():
        assert b"ferry.jpg" not in body, name
        assert b"x.png" not in body, name
        assert b"Late." not in body, name
        assert b"was on time." in body, name


def test_an_article_without_url_links_to_its_own_page(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    article = article_of(url="", publisher="", byline="")

    entry = atom_of(feed, [article], press).find("a:entry", NS)

    assert entry.find("a:link", NS).get("href") == "https://news.example.org/press/articles/k1"
    assert entry.find("a:source", NS) is None
    assert entry.findtext("a:content", namespaces=NS).startswith("<p>The ferry")


def test_a_date_that_nobody_said_is_still_the_entrys_date(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    article = article_of(certainty=Certainty.SEEN)

    assert json_of(feed, [article], press)["items"][0]["date_published"] == "2026-11-20T07:30:00+00:00"


def test_a_document_stays_below_its_limit_by_leaving_out_the_oldest(
    feed: Feed, press: Press, article_of: ArticleOf
) -> None:
    articles = [article_of(n, html=f"<p>{'wörd ' * 12_000}</p>") for n in range(40)]

    made = documents(feed, articles, press)

    ids = [item["id"] for item in json.loads(made[1].body)["items"]]
    assert max(len(rendition.body) for rendition in made) <= DOCUMENT_BYTES
    assert 5 < len(ids) < 40
    assert ids == [article.id for article in articles[: len(ids)]]
    assert made[0].body.count(b"<entry") == made[2].body.count(b"<item>") == len(ids)


def test_one_giant_article_is_pointed_to_and_the_others_stay(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    giant = article_of(0, html="<p>" + "& " * 2_500_000 + "</p>")

    items = json_of(feed, [giant, article_of(1)], press)["items"]

    assert len(items) == 2
    assert '<a href="https://news.example.org/press/articles/k0">The whole article</a>' in items[0]["content_html"]


def test_an_etag_is_strong_and_follows_the_content(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    before = documents(feed, [article_of()], press)[0]
    after = documents(feed, [article_of(title="Another")], press)[0]

    assert before.etag != after.etag
    assert before.etag.startswith('"')
    assert before.etag == documents(feed, [article_of()], press)[0].etag
