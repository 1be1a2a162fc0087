"""Dates: believed where the page says them of its article, and never invented."""

from datetime import UTC, datetime

import pytest

from chaffinch.extract import metadata, segment, tree
from chaffinch.model import Certainty, Metadata

URL = "https://site.example/notes/harbour"
STORY = "<p>The first boat came home before the evening bell, and the harbour master wrote down the hour.</p>" * 3
MAY = datetime(2026, 5, 3, tzinfo=UTC)


def read(body: str, head: str = "", url: str = URL) -> Metadata:
    root = tree.parse(f"<html><head><title>A calm day</title>{head}</head><body>{body}</body></html>")
    return metadata.read(root, url, blocks=segment.cut(root, url).blocks)


@pytest.mark.parametrize(
    "line",
    ["May 3, 2026", "3 May 2026 · 4 min read", "Posted on 2026-05-03", "By Mara Quill on May 3, 2026", "3.5.2026"],
)
def test_a_date_beside_the_headline_is_likely_the_articles(line: str) -> None:
    said = read(f"<h1>A calm day</h1><div>{line}</div>{STORY}")

    assert (said.published, said.certainty) == (MAY, Certainty.LIKELY)


def test_the_day_of_publication_comes_before_the_day_of_an_update() -> None:
    said = read(f"<h1>A calm day</h1><p>Updated 9 June 2026</p><p>Published 3 May 2026</p>{STORY}")

    assert said.published == MAY


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>A calm day</h1>{STORY}<p>The pier was built on 3 May 2026 and closed on 4 June 2027, says the mayor.</p>",
        f"<h1>A calm day</h1>{STORY}<ul><li>May 3, 2026</li><li>May 4, 2026</li></ul>",
        f"<h1>A calm day</h1>{''.join(f'<div>May {n}, 2026</div>' for n in range(1, 9))}{STORY}",
        f"<nav><p>May 3, 2026</p></nav><h1>A calm day</h1>{STORY}",
    ],
    ids=["in the text", "of other articles", "a calendar", "in the menu"],
)
def test_an_undated_page_stays_undated(body: str) -> None:
    said = read(body)

    assert (said.published, said.certainty) == (None, Certainty.SEEN)


PAGE = '<script type="application/ld+json">{"@type": "%s", "name": "A", "datePublished": "2026-05-03"}</script>'


def test_a_plugin_that_dates_every_page_is_believed_only_with_a_witness() -> None:
    assert read(f"<h1>A calm day</h1>{STORY}", PAGE % "WebPage").published is None
    assert read(f"<h1>A calm day</h1><p>May 3, 2026</p>{STORY}", PAGE % "WebPage").certainty is Certainty.SURE
    assert read(f"<h1>A calm day</h1>{STORY}", PAGE % "NewsArticle").certainty is Certainty.SURE


def test_a_pages_data_for_its_scripts_tells_the_day_where_it_names_one() -> None:
    script = '<script>{"publishedAt": "2026-05-03", "updatedAt": "2026-06-01"}</script>'
    other = '<script>{"publishedAt": "2026-05-04"}</script>'

    assert read(f"<h1>A calm day</h1>{STORY}{script}").published == MAY
    assert read(f"<h1>A calm day</h1>{STORY}{script}{other}").published is None
