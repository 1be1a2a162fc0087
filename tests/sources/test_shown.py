"""What a page shows: a list to follow, or an article to read."""

import pytest

from chaffinch.model import Page
from chaffinch.sources import shown
from chaffinch.sources.markup import tree
from chaffinch.sources.shown import Shown

TEASER = "<div class=card><a href=/a>A headline of some words</a> Two lines below it say what the story is about.</div>"


def prose(html: str) -> int:
    return shown.of(tree(f"<html><body>{html}</body></html>"), Page("https://quay.example/", b""), 0).prose


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Shown(links=12, prose=300), True),
        (Shown(links=30, prose=900), True),
        (Shown(links=2, prose=0), False),
        (Shown(links=6, prose=900), False),
        (Shown(links=40, prose=9000), False),
        (Shown(links=40, prose=4000, is_front=True), True),
        (Shown(links=12, prose=500, is_named=True), False),
        (Shown(links=12, prose=100, is_named=True), True),
        (Shown(links=30, prose=100, ld_articles=1), False),
        (Shown(links=30, prose=100, ld_articles=30), True),
        (Shown(links=6, prose=200, og_article=True), False),
        (Shown(links=30, prose=200, og_article=True), True),
        (Shown(links=30, prose=2000, og_article=True), False),
        (Shown(links=6, prose=900, og_article=True, ld_collection=True), True),
    ],
    ids=[
        "a front page",
        "teasers of some lines",
        "next to no links",
        "a story with related ones",
        "a long read with many",
        "a front page with much to read",
        "a story at an address of words",
        "a list at an address of words",
        "described as one article",
        "described as many",
        "called an article, with related ones",
        "an archive that a theme calls an article",
        "a story that is called so",
        "a collection",
    ],
)
def test_links_are_weighed_against_the_text_beside_them(page: Shown, expected: bool) -> None:
    assert shown.is_list(page) is expected


def test_running_text_is_counted_in_whatever_it_stands() -> None:
    begins, goes_on = (
        "The first boat came home before the evening bell,",
        "and the harbour master wrote down the hour of its return. ",
    )

    assert prose(f"<p>{begins} {goes_on}</p>") == 20
    assert prose(f"<td><b>{begins}</b> {goes_on}</td>") == 20
    assert prose(f"<div>{begins} {goes_on}<br><br>{begins} {goes_on}</div>") == 40


def test_teasers_links_and_scripts_are_no_running_text() -> None:
    line = "word " * 30

    assert prose(TEASER * 10) == 0
    assert prose(f"<p><a href=/a>{line}</a></p><script>{line}</script><!-- {line} --><style>{line}</style>") == 0


@pytest.mark.parametrize("before", ['"@type":', '"@type":[', '"@type":["WebPage"'])
def test_blanks_without_end_hold_nobody_up(before: str) -> None:
    body = (before + " " * 1_000_000).encode()

    found = shown.of(tree("<html><body></body></html>"), Page("https://quay.example/", body), 0)

    assert (found.ld_articles, found.ld_collection) == (0, False)
