"""Dates: believed where the page says them of its article, and never invented."""

from datetime import UTC, datetime

import pytest

from chaffinch.extract import dates, metadata, segment, tree
from chaffinch.model import Certainty, Metadata

URL = "https://site.example/notes/harbour"
STORY = "<p>The first boat came home before the evening bell, and the harbour master wrote down the hour.</p>" * 3
MAY = datetime(2026, 5, 3, tzinfo=UTC)


def read(body: str, head: str = "", url: str = URL, language: str = "") -> Metadata:
    root = tree.parse(f"<html lang='{language}'><head><title>A calm day</title>{head}</head><body>{body}</body></html>")
    return metadata.read(root, url, blocks=segment.cut(root, url).blocks)


@pytest.mark.parametrize(
    "line",
    [
        "May 3, 2026",
        "3 May 2026 · 4 min read",
        "Posted on 2026-05-03",
        "By Mara Quill on May 3, 2026",
        "3.5.2026",
        "Open Source | 3 May 2026",
        "3-mayo-2026 5:11:10",
        "Published<span>May 3, 2026</span></div><div>Updated<span>June 9, 2026</span>",
        "٣ مايو ٢٠٢٦",
        "5/3/26 8:00am",
        "By Mara Quill • 5/3/26 9:21 p.m.",
        "Updated: Tuesday, 9 Jun 2026, 4:25 PM EDT Published : Sunday, 3 May 2026, 3:05 PM EDT in Harbour",
        "By Mara Quill and the writers of the Fenland Courier in Dunmarsh | May 3, 2026, 06.04 in the morning",
    ],
)
def test_a_date_beside_the_headline_is_likely_the_articles(line: str) -> None:
    said = read(f"<h1>A calm day</h1><div>{line}</div>{STORY}")

    assert (said.published, said.certainty) == (MAY, Certainty.LIKELY)


@pytest.mark.parametrize(
    ("line", "language", "day"),
    [
        ("05.23.26", "", (2026, 5, 23)),
        ("12/16/25 12:21pm", "en", (2025, 12, 16)),
        ("von Mara Quill, 8.5.26", "de", (2026, 5, 8)),
        ("Publié le 8/5/26", "fr", (2026, 5, 8)),
        ("5/8/26", "en-US", (2026, 5, 8)),
        ("5/8/26 3:21pm", "en", (2026, 5, 8)),
        ("8/5/26 3:21pm", "en-GB", (2026, 5, 8)),
        ("05.23.2026 07:00 AM", "", (2026, 5, 23)),
    ],
)
def test_a_year_of_two_digits_is_read_beside_the_headline(line: str, language: str, day: tuple[int, int, int]) -> None:
    said = read(f"<h1>A calm day</h1><div>{line}</div>{STORY}", language=language)

    assert said.published == datetime(*day, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("5/8/26", "en"),
        ("5/8/26", ""),
        ("Release 3.5.12", "en"),
        ("8.5.26", ""),
        ("Score 12/16/250", "en"),
        ("1/2/3/26", "de"),
        ("12/16/98", ""),
        ("Version 3.10.12 schließt die Lücke.", "de"),
        ("12/14/16 inch wheels", "en"),
        ("Memories of 9/11/01", "en-US"),
    ],
)
def test_what_may_be_another_day_or_none_is_no_date(line: str, language: str) -> None:
    assert read(f"<h1>A calm day</h1><div>{line}</div>{STORY}", language=language).published is None


@pytest.mark.parametrize(
    "body",
    [
        "<p>By a study published in a journal on June 3, 2019, those who drink tea live longer than others.</p>",
        "<p>By March 3, 2015, the company had sent more boats to the islands than any other one had in a year.</p>",
        "".join(f"<table><tr><td>{n} June 2019</td><td>Regatta</td><td>x</td></tr></table>" for n in range(1, 7)),
    ],
    ids=["in a sentence", "by a day", "of a table"],
)
def test_what_the_text_tells_below_its_headline_is_no_day_of_its_own(body: str) -> None:
    head = '<meta property="article:published_time" content="2026-05-03T10:00:00Z">'

    assert read(f"<h1>A calm day</h1>{body}{STORY}", head).published == datetime(2026, 5, 3, 10, tzinfo=UTC)


def test_a_date_right_below_the_headline_is_its_own_where_teasers_have_theirs_too() -> None:
    item = "<ul><li><h2>{}</h2></li><li>2026/5/{}</li></ul>"
    teasers = "".join(item.format(f"Tide {n}", n) for n in range(10, 16))

    said = read(f"<ul><li><h1>A calm day</h1></li><li>2026/5/3</li></ul>{STORY * 5}{teasers}", language="ja")

    assert said.published == MAY


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


@pytest.mark.parametrize(
    "body",
    [
        f"<h1>A calm day</h1><p>This page was last updated on 3 May 2026</p>{STORY}",
        f"<h1>A calm day</h1>{5 * STORY}<p>Last updated: 3 May 2026</p>",
        f"<h1>A calm day</h1><p>First posted in March 2020. Last updated on 3 May 2026</p>{STORY}",
        f"<h1>A calm day</h1><p>3 May 2026 – 9 May 2026</p>{STORY}",
        f"<h1>A calm day</h1><p>Read aloud in the harbour master's office on 3 May 2026:</p>{STORY}",
        f"<h1>A calm day</h1><div>Today's hours</div><div>3 May 2026</div>{STORY}",
        f"<header><p>Sunday, 3 May 2026</p></header><h1>A calm day</h1>{STORY}",
        f"<h1>A calm day</h1><time itemprop='dateModified' datetime='2026-05-03'>3 May 2026</time>{STORY}",
        f"<h1>A calm day</h1>{STORY}<p>Last reviewed: <time datetime='2026-05-03'>May 2026</time></p>",
    ],
    ids=[
        "a page's update", "an update at the foot", "an update, and an older day", "an event", "in the text",
        "opening hours", "a masthead", "markup of an update", "a review",
    ],
)  # fmt: skip
def test_other_days_are_not_taken_for_the_day_of_publication(body: str) -> None:
    said = read(body)

    assert (said.published, said.certainty) == (None, Certainty.SEEN)


def test_an_update_beside_the_headline_is_better_than_nothing() -> None:
    said = read(f"<h1>A calm day</h1><p>By Mara Quill. Updated 3 May 2026</p>{STORY}")

    assert (said.published, said.certainty) == (MAY, Certainty.LIKELY)


def test_the_days_of_teasers_are_other_articles() -> None:
    teasers = "".join(f"<section><h2>Tide {n}</h2><div><p>{n} May 2026</p></div></section>" for n in range(2, 8))

    assert read(f"<h1>A calm day</h1>{teasers}{STORY}").published is None


def test_an_earlier_day_on_the_page_comes_before_markup_that_tells_the_last_change() -> None:
    head = '<meta property="article:published_time" content="2026-06-20T10:00:00Z">'

    said = read(f"<h1>A calm day</h1><p>3 May 2026</p>{STORY}", head)

    assert (said.published, said.certainty) == (MAY, Certainty.LIKELY)


def test_the_day_by_the_sites_own_clock_does_not_displace_the_exact_moment() -> None:
    head = '<meta property="article:published_time" content="2026-05-03T20:15:00-07:00">'

    said = read(f"<h1>A calm day</h1><p>May 3, 2026</p>{STORY}", head)

    assert (said.published, said.certainty) == (datetime(2026, 5, 4, 3, 15, tzinfo=UTC), Certainty.SURE)


def test_a_sentence_tells_when_an_article_first_appeared() -> None:
    said = read(
        f"<h1>A calm day</h1><p>9 June 2026</p>{STORY}<p>This note was originally published on 3 May 2026 at noon.</p>"
    )

    assert said.published == MAY


def test_a_front_page_is_dated_only_as_an_article() -> None:
    head = '<meta property="article:published_time" content="2026-05-03">'

    assert read(f"<h1>A calm day</h1>{STORY}", head, url="https://site.example/").published is None
    assert read(f"<h1>A calm day</h1>{STORY}", PAGE % "NewsArticle", url="https://site.example/").published == MAY


def test_a_day_in_words_in_json_ld_wants_a_witness() -> None:
    said = (PAGE % "Article").replace("2026-05-03", "May 03, 2026")

    assert read(f"<h1>A calm day</h1>{STORY}", said).published is None
    assert read(f"<h1>A calm day</h1><p>3 May 2026</p>{STORY}", said).certainty is Certainty.SURE


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("5/3/2026", "en-US"), ("3/5/2026", "en-GB"), ("3/5/2026", "fr"), ("3-5-2026", "nl"), ("2026/05/03", ""),
        ("2026.5.3", "ko"), ("3. 5. 2026", "cs"), ("3 de maio de 2026", "pt"), ("3 de mayo de 2026", "es"),
        ("3. května 2026", "cs"), ("3 toukokuuta 2026", ""), ("2026. május 3.", "hu"), ("3 травня 2026", "uk"),
        ("3 مايو 2026", "ar"), ("3 Μαΐου 2026", "el"), ("Harbour newsMAY 3, 2026Mara Quill", "en"),
    ],
)  # fmt: skip
def test_days_are_read_as_people_write_them(line: str, language: str) -> None:
    if "touko" in line:  # a language that nobody named stays unread
        assert dates.in_words(line) is None
        language = "fi"

    assert dates.in_words(line, language) == MAY


@pytest.mark.parametrize("language", ["", "en"])
def test_a_day_that_can_be_read_in_two_ways_is_not_read(language: str) -> None:
    assert dates.in_words("3/5/2026", language) is None
    assert dates.in_words("13/5/2026", language) == datetime(2026, 5, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "path", ["2026/05/03/a-day", "2026-05-03-a-day", "2026-05-03+a+day", "20260503/x", "2026/may/3/x"]
)
def test_an_address_tells_the_day(path: str) -> None:
    assert dates.in_url(f"https://site.example/notes/{path}") == MAY


@pytest.mark.parametrize(
    ("told", "moment", "offset"),
    [
        ("2026-05-03T20:30:00-07:00", "2026-05-04T03:30:00+00:00", -420),
        ("2026-05-03T01:00:00+05:30", "2026-05-02T19:30:00+00:00", 330),
        ("2026-05-03T20:30:00Z", "2026-05-03T20:30:00+00:00", 0),
        ("2026-05-03", "2026-05-03T00:00:00+00:00", 0),
    ],
)
def test_a_moment_is_kept_in_utc_with_the_clock_that_it_was_told_by(told: str, moment: str, offset: int) -> None:
    said = read(STORY, f'<meta property="article:published_time" content="{told}">')

    assert said.published is not None
    assert (said.published.isoformat(), said.offset) == (moment, offset)
