"""The landing page and the list of feeds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from lxml import etree

from chaffinch.config import Press
from chaffinch.errors import TemplateError
from chaffinch.model import Article, Certainty, Feed
from chaffinch.pages import Templates
from chaffinch.publish.press import directory, documents, landing_page, renditions

ArticleOf = Callable[..., Article]


def test_the_landing_page_tells_how_to_subscribe(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    page: Any = lxml.html.fromstring(landing_page(feed, [article_of(n) for n in range(20)], press, Templates()).body)

    addresses = [f"https://news.example.org/press/feeds/news.{s}" for s in ("atom", "rss", "json")]
    assert [code.text_content() for code in page.iter("code")] == addresses
    assert page.xpath("//head/link[@rel='alternate']/@href") == addresses
    assert len(page.xpath("//main//h3")) == 12
    assert page.xpath("//main//h3/a/@href")[0] == "/press/articles/k0"
    assert page.xpath("//a[.='Feedly']/@href")[0].endswith("https%3A%2F%2Fnews.example.org%2Fpress%2Ffeeds%2Fnews.atom")
    assert not page.xpath("//script")


def test_search_engines_are_kept_out_until_told_otherwise(feed: Feed, press: Press) -> None:
    closed = landing_page(feed, [], press, Templates())
    opened = landing_page(feed, [], press, Templates(), index=True)

    assert b'<meta name="robots" content="noindex">' in closed.body
    assert b"noindex" not in opened.body


def test_a_date_that_nobody_said_is_marked(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    body = landing_page(feed, [article_of(certainty=Certainty.SEEN)], press, Templates()).body

    assert b"first seen <time" in body


def test_a_broken_template_of_the_owner_is_told_with_its_line(
    feed: Feed, press: Press, article_of: ArticleOf, tmp_path: Path
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web/feed.html").write_text("ok\n{% if %}")

    with pytest.raises(TemplateError, match=r"web/feed\.html:2"):
        renditions(feed, [article_of()], press, Templates(tmp_path))
    assert len(documents(feed, [article_of()], press)) == 3


def test_everything_of_a_feed_has_its_name_and_media_type(feed: Feed, press: Press, article_of: ArticleOf) -> None:
    made = renditions(feed, [article_of()], press, Templates())

    assert {r.name: r.media_type.partition(";")[0] for r in made} == {
        "news.atom": "application/atom+xml",
        "news.json": "application/feed+json",
        "news.rss": "application/rss+xml",
        "news/index.html": "text/html",
    }


def test_the_list_of_feeds_leaves_out_the_retired(press: Press) -> None:
    feeds = [Feed("a", 'A & "B"'), Feed("old", "Old", retired=True)]

    outlines = etree.fromstring(directory(feeds, press).body).findall("body/outline")

    assert [o.get("text") for o in outlines] == ['A & "B"']
    assert outlines[0].get("xmlUrl") == "https://news.example.org/press/feeds/a.atom"
