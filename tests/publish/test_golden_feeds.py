"""The documents as they leave, word for word: a change in them is seen by every reader."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chaffinch.config import Press
from chaffinch.model import Article, Certainty, Feed, Images, Publish
from chaffinch.publish.channel import Link
from chaffinch.publish.press import documents

ArticleOf = Callable[..., Article]
GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("name", ["news.atom", "news.json", "news.rss"])
def test_the_documents_are_the_golden_ones(name: str, press: Press, article_of: ArticleOf) -> None:
    articles = [
        article_of(1),
        article_of(2, title="文鳥 & Ölfinken <em>singen</em>", language="de", byline="", tags=(), enclosures=()),
        article_of(3, publish=Publish.EXCERPT, images=Images.NONE),
        article_of(4, publish=Publish.LINK),
        article_of(5, url="", publisher="", byline="", image=None, certainty=Certainty.SEEN, enclosures=()),
    ]
    feed = Feed("news", "All the news")

    made = {r.name: r.body for r in documents(feed, articles, press, [Link("hub", "https://hub.example/")])}

    assert made[name].decode() == (GOLDEN / name).read_text("utf-8")
