"""One press, one feed, and articles as a test wants them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.config import Press
from chaffinch.model import Article, Certainty, Enclosure, Feed

MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)

ArticleOf = Callable[..., Article]


def an_article(number: int = 1, **changes: object) -> Article:
    """A whole article; each higher number was published an hour earlier."""
    moment = MORNING - timedelta(hours=number)
    article = Article(
        id=f"tag:news.example.org,2026:k{number}",
        key=f"k{number}",
        url=f"https://gazette.example/{number}?a=1&b=2",
        sources=("wire",),
        title=f"Harbour master counts <ships> & sleeps, part {number}",
        published=moment,
        updated=moment,
        first_seen=MORNING,
        byline="Mara Lind",
        publisher="The Harbour Gazette",
        certainty=Certainty.SURE,
        lead="The ferry came in late again on Tuesday, and with it the mail & two goats.",
        html=(
            "<p>The ferry came in late <b>again</b> on Tuesday.</p>"
            '<figure><img src="https://gazette.example/ferry.jpg" alt=""><figcaption>Late.</figcaption></figure>'
            "<p>Nobody &amp; nothing was on time.</p>"
        ),
        text="The ferry came in late again on Tuesday.\nNobody & nothing was on time.",
        language="en-GB",
        image="https://gazette.example/ferry.jpg",
        tags=("harbour", "mail"),
        enclosures=(
            Enclosure("https://gazette.example/ferry.mp3", "audio/mpeg", 1234),
            Enclosure("https://gazette.example/timetable.pdf"),
        ),
    )
    return replace(article, **changes)  # type: ignore[arg-type]  # the test names the fields


@pytest.fixture
def article_of() -> ArticleOf:
    return an_article


@pytest.fixture
def morning() -> datetime:
    return MORNING


@pytest.fixture
def press() -> Press:
    return Press(title="The Demo Press", base_url="https://news.example.org/press", language="en")


@pytest.fixture
def feed() -> Feed:
    return Feed("news", "All the news")
