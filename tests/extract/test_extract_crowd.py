"""A text dumped with its whole page keeps its article and loses most of the page."""

from pathlib import Path

from chaffinch.extract import by_crowd, extractor, plaintext
from chaffinch.model import Kind, Page, Reference, Repeats, Rules

MENU = [
    f"{name} {kind}" for name in ("World", "Local", "Sport", "Money", "Travel") for kind in ("News", "Videos", "A-Z")
]
STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]
FOOT = [*MENU, "About us", "Careers", "Press", "Contact us", "Terms of Service", "Privacy Policy", "Site map"] * 2
PAGE = [*MENU, *MENU[::-1], "All boats came home", "Search", *STORY, *FOOT]


def test_menus_around_a_story_go_and_the_story_stays() -> None:
    page = Page("file:///dumps/one.txt", "\n\n".join(PAGE).encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.kind is Kind.ARTICLE
    assert all(line in draft.text for line in STORY)
    assert "Site map" not in draft.text
    assert len(draft.text.splitlines()) <= 2 * len(STORY)


def test_an_ordinary_dump_is_not_crowded() -> None:
    golden = (Path(__file__).parent / "golden" / "lighthouse.txt").read_text("utf-8")

    assert by_crowd.is_crowded(plaintext.cut("\n\n".join(PAGE)))
    assert not by_crowd.is_crowded(plaintext.cut(golden))
    assert not by_crowd.is_crowded([])
