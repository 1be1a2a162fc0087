"""The pages of a feed speak the press's language."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaffinch.config import Press
from chaffinch.model import Article, Feed
from chaffinch.pages import Templates, Tongue
from chaffinch.publish.archive import Place
from chaffinch.publish.archivepages import month_page, overview
from chaffinch.publish.press import landing_page

PRESS = Press(title="Die Presse", base_url="https://news.example", language="de")
FEED = Feed("news", "Neues")
PLACE = Place("news/2026-03-2", "news/2026-03", "news/2026-05")
DAY = datetime(2026, 3, 2, tzinfo=UTC)
ARTICLE = Article("tag:news.example,2026:a", "a", "https://a.example/a", (), "Ein Titel", DAY, DAY, DAY)


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(Path(__file__).parent / "none")


def test_months_have_the_names_of_the_presss_language(templates: Templates) -> None:
    page = month_page(FEED, PLACE, [ARTICLE], PRESS, templates).body.decode()
    listed = overview(FEED, {"2026-03": 2, "2026-05": 1}, PRESS, templates).body.decode()

    assert "<h1>M\u00e4rz 2026, Teil 2</h1>" in page
    assert "\u00c4lter: M\u00e4rz 2026" in page
    assert "Mai 2026" in page
    assert ">M\u00e4rz<" in listed
    assert not any(name in page + listed for name in ("March", "May ", "part 2"))


def test_a_press_in_english_says_them_in_english(templates: Templates) -> None:
    english = PRESS.model_copy(update={"language": "en"})

    page = month_page(FEED, PLACE, [ARTICLE], english, templates).body.decode()

    assert "<h1>March 2026, part 2</h1>" in page
    assert [Tongue().name_of_month(month) for month in (1, 5, 12)] == ["January", "May", "December"]


def test_a_feeds_page_names_the_reader_at_hand_in_the_presss_language(templates: Templates) -> None:
    page = landing_page(FEED, [ARTICLE], PRESS, templates).body.decode()

    assert "Jedes Leseprogramm auf diesem Ger\u00e4t" in page
    assert "Any reader" not in page
