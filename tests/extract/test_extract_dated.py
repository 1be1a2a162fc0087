"""Days of plain texts: when was it published, by the lines beside the headline?"""

import pytest

from chaffinch.extract import extractor
from chaffinch.model import Certainty, Document, Metadata, Page, Reference, Repeats, Rules, Verdict

TITLE = "All boats came home before the storm"
STORY = [
    "The last ferry came home before the evening bell, and the harbour master wrote it down in his big green book.",
    "Nobody on the quay had expected the old boat to make it, because the wind had turned at noon and grown since.",
    "On 5 May 2023 the fishermen mended their nets, and talked of the night in which nobody had slept at all.",
]


def understood(above: list[str], below: list[str]) -> Document:
    text = "\n\n".join([*above, TITLE, *below, *STORY])
    page = Page("file:///one.txt", text.encode(), "text/plain", told=Metadata(title=TITLE))
    return extractor.understand(Reference(page.url), page, Rules(), Repeats())


def day_of(above: list[str], below: list[str]) -> str:
    said = understood(above, below).metadata
    return f"{said.published:%Y-%m-%d}" if said.published else ""


@pytest.mark.parametrize(
    "below",
    [
        ["3 June 2024"],
        ["Mon 3 Jun 2024, 09:48 am IST"],
        ["By Ann Other", "Published 5:04 a.m. ET June 3, 2024"],
        ["Published:", "June 3, 2024"],
        ["Updated June 5, 2024", "Published June 3, 2024"],
        ["Last updated on 3 June 2024"],
        ["For immediate release: Monday 3 June 2024"],
        ["Port Erin Gazette / Agencies | 3 June 2024"],
        ["2024-06-03 09:12　来源:青河日报　责任编辑:陆敏"],
        ["Text: Ann Other, Foto: Max Muster, 3. Juni 2024"],
        [STORY[0], "By Ann Other, 3 June 2024"],
    ],
)
def test_the_day_below_the_headline_is_that_of_publication(below: list[str]) -> None:
    said = understood(["Harbour News"], below).metadata

    assert said.published is not None
    assert (f"{said.published:%Y-%m-%d}", said.certainty) == ("2024-06-03", Certainty.LIKELY)


@pytest.mark.parametrize(
    "above", ["3 June 2024", "Monday, June 3, 2024", "Harbour Gazette | 3 June 2024", "2024-06-03"]
)
def test_a_day_above_the_headline_may_be_that_on_which_the_page_was_saved(above: str) -> None:
    assert day_of([above], []) == ""


@pytest.mark.parametrize("above", ["Published 3 June 2024", "Ann Other · 3 June 2024", "3 June 2024 by Ann Other"])
def test_a_day_above_the_headline_counts_where_it_says_so_or_somebody_signs(above: str) -> None:
    assert day_of([above], []) == "2024-06-03"


@pytest.mark.parametrize(
    "line",
    [
        "14 June 2024 – 16 June 2024",
        "March 2, 1931 – January 25, 2023",
        "Open until 3 June 2024",
        "The quay as it was seen from the ferry's upper deck on 3 June 2024 (Ann Other)",
        "This page was last updated on 3 June 2024",
        "Downloaded 3 June 2024",
        "Today is Monday, 3 June 2024",
        "Ends 3 June 2024",
        "Doors: 3 June 2024 19:00",
        "Beginn: 3. Juni 2024, 19 Uhr",
        "Apply by 3 June 2024",
        "Born 3 June 1994 in Oslo",
        "(* 3. Juni 1994 in Oslo)",
        "The ferry on 3 June 2024. Photo: Max Muster",
        "Foto: Max Muster, 3. Juni 2024",
    ],
)
def test_days_of_something_else_are_not_taken(line: str) -> None:
    assert day_of([], [line]) == ""


@pytest.mark.parametrize(
    "below",
    [
        ["Where: Town Hall, Port Erin", "Date: 3 June 2024", "Time: 7.30 pm"],
        ["When: Monday, 3 June 2024"],
        ["Datum: 3. Juni 2024", "Beginn: 19 Uhr", "Eintritt: frei"],
        ["日時：2024年6月3日", "会場：市民ホール"],
    ],
)
def test_the_day_of_an_event_that_is_announced_is_not_that_of_publication(below: list[str]) -> None:
    assert day_of([], below) == ""


def test_a_label_alone_tells_no_event() -> None:
    assert day_of([], ["Date: 3 June 2024", "By Ann Other"]) == "2024-06-03"


def test_days_and_names_of_comments_below_a_short_text_are_not_the_article_s() -> None:
    comment = ["Comments", "John Smith", "3 June 2024", "Great news for all of us here in town, thanks."]
    page = Page("file:///one.txt", "\n\n".join([TITLE, *STORY[:2], *comment]).encode(), "text/plain")

    said = extractor.understand(Reference(page.url), page, Rules(), Repeats()).metadata

    assert (said.published, said.byline) == (None, "")


def test_a_text_without_a_day_stays_undated() -> None:
    said = understood([], []).metadata

    assert (said.published, said.certainty) == (None, Certainty.SEEN)


@pytest.mark.parametrize(
    "place", ["LODWAR, 6 October 2022 – ", "PUNE, India, 6 October 2022: ", "OSLO, Oct. 6, 2022 /NewsWire/ -- "]
)
def test_an_agency_s_text_begins_with_its_day(place: str) -> None:
    text = "\n\n".join([TITLE, place + STORY[0], *STORY[1:]])
    page = Page("file:///one.txt", text.encode(), "text/plain", told=Metadata(title=TITLE))

    said = extractor.understand(Reference(page.url), page, Rules(), Repeats()).metadata

    assert f"{said.published:%Y-%m-%d}" == "2022-10-06"


def test_the_day_is_no_part_of_the_text() -> None:
    document = understood([], [STORY[0], "3 June 2024 | By Ann Other"])

    (line,) = (block for block in document.blocks if block.text.startswith("3 June"))
    assert line.verdict is Verdict.BOILERPLATE
