"""A press, a digest and its articles, to write letters with."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.config import Press
from chaffinch.model import Article, Digest, Issue, IssueState, Status, Subscription

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
BODY = (
    "<p>The council voted to reopen the harbour bridge to walkers, eleven years after it was closed.</p>"
    '<p>“It is the shortest way to the market,” said <a href="https://people.example.org/holm">Ida Holm</a>.</p>'
    "<h2>What it costs</h2><ul><li>Repairs: 2.4 million</li><li>Width: 3.2 metres</li></ul>"
)
TEXT = (
    "The council voted to reopen the harbour bridge to walkers, eleven years after it was closed.\n"
    "“It is the shortest way to the market,” said Ida Holm.\n"
    "What it costs\nRepairs: 2.4 million\nWidth: 3.2 metres"
)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def secret() -> bytes:
    return b"a secret of thirty-two bytes ..."


@pytest.fixture
def press() -> Press:
    return Press(
        title="The Brackwater Press",
        base_url="https://press.example.org",
        contact="editor@example.org",
        postal_address="Harbour Street 4 & 5, 1010 Brackwater",
        imprint_url="https://press.example.org/imprint",
    )


@pytest.fixture
def digest() -> Digest:
    return Digest("daily", "The Daily Digest", (), ("daily 07:00",), timezone="Europe/Vienna")


@pytest.fixture
def article() -> Callable[..., Article]:
    def make(number: int = 1, **changed: object) -> Article:
        values: dict[str, object] = {
            "id": f"tag:press.example.org,2026:{number}",
            "key": f"a{number}",
            "url": f"https://news.example.org/2026/{number}",
            "sources": ("courier",),
            "title": f"Harbour bridge reopens, part {number}",
            "published": NOW - timedelta(hours=number),
            "updated": NOW,
            "first_seen": NOW,
            "byline": "Mara Lindqvist",
            "publisher": "The Brackwater Courier",
            "lead": "The council voted to reopen the harbour bridge to walkers.",
            "html": BODY,
            "text": TEXT,
            "language": "en",
            "tags": ("town",),
        }
        return Article(**{**values, **changed})  # type: ignore[arg-type]  # a test names the fields it cares for

    return make


@pytest.fixture
def issue() -> Callable[..., Issue]:
    def make(*articles: Article, number: int = 3, note: str = "") -> Issue:
        return Issue(7, "daily", "daily 07:00", NOW, number, IssueState.OPEN, NOW, articles, note, NOW)

    return make


@pytest.fixture
def subscription() -> Subscription:
    return Subscription("s2345abcdefghijk", "ann@example.net", "daily", "daily 07:00", Status.CONFIRMED)
