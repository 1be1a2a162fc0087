"""A text that tells its own address is linked there."""

import pytest

from chaffinch.extract import extractor
from chaffinch.model import Certainty, Draft, Page, Reference, Repeats, Rules

BODY = """\
Council drops plan to sell the old mill

By Anna Kowal

Dunmarsh council has dropped its plan to sell the old mill after more than 3,000 residents signed a petition against it.

The mill, which dates from 1788, has stood empty since the brewery moved out. Repairs are put at 900,000 pounds.
"""
READER = f"""\
Title: Council drops plan to sell the old mill

URL Source: https://dunmarsh.example/news/old-mill

Published Time: 2026-11-14T08:30:00+01:00

Markdown Content:
# {BODY}"""


def draft_of(text: str) -> Draft:
    page = Page("file:///dumps/one.txt", text.encode(), "text/plain")
    return extractor.extract(Reference(page.url), page, Rules(), Repeats())


def test_what_a_reader_for_machines_writes_above_a_text_is_of_its_metadata() -> None:
    draft = draft_of(READER)

    assert draft.url == "https://dunmarsh.example/news/old-mill"
    assert "url://dunmarsh.example/news/old-mill" in draft.aliases
    assert (draft.title, draft.byline) == ("Council drops plan to sell the old mill", "Anna Kowal")
    assert draft.published is not None
    assert (draft.published.isoformat(), draft.certainty) == ("2026-11-14T07:30:00+00:00", Certainty.LIKELY)
    assert draft.text.startswith("Dunmarsh council has dropped")


@pytest.mark.parametrize("line", ["Source URL: <https://a.example/mill>", "Original URL: https://a.example/mill.",
                                  "Dunmarsh\n\nPermalink： https://a.example/mill"])  # fmt: skip
def test_an_address_above_a_text_is_its_own(line: str) -> None:
    draft = draft_of(f"{line}\n\n{BODY}")

    assert draft.url == "https://a.example/mill"
    assert "a.example" not in draft.text


@pytest.mark.parametrize("text", [
    f"Source URL: https://a.example/\n\n{BODY}",  # a site's front page
    f"Source URL: http://localhost:8080/mill\n\n{BODY}",
    f"Source URL: http://192.168.0.1/mill\n\n{BODY}",
    f"Source URL: http://mill.local/mill\n\n{BODY}",
    f"Source URL: https://me:secret@a.example/mill\n\n{BODY}",
    f"Source URL: https://a.example/2020/https://b.example/mill\n\n{BODY}",
    f"Source URL: https://a.example/mill\n\n{BODY}\n\nSource URL: https://a.example/boats\n\n{BODY}",
    f"{BODY}\nURL source: https://a.example/mill\n",  # below it: a source
    f"Link: https://a.example/mill\n\n{BODY}",
    f"https://a.example/mill\n\n{BODY}",  # somebody may write about what stands there
    f"URL: https://a.example/v1/mills\n\n{BODY}",  # of an interface
    f"Source URL: https://a.example/mill and others\n\n{BODY}",
    f"Source URL: https://a.example/v1/mills/{{id}}\n\n{BODY}",
])  # fmt: skip
def test_other_addresses_are_not(text: str) -> None:
    assert draft_of(text).url == ""


def test_a_text_from_the_web_keeps_its_own_address() -> None:
    page = Page("https://a.example/mine.txt", f"Source URL: https://a.example/other\n\n{BODY}".encode(), "text/plain")

    assert extractor.extract(Reference(page.url), page, Rules(), Repeats()).url == page.url


@pytest.mark.parametrize(("text", "title"), [
    (f"Title: Boats came home\n\nURL Source: https://a.example/b\n\n{BODY}", "Boats came home"),
    (f"# Title: how to choose one\n\nBy Anna Kowal\n\n{BODY.partition('Kowal')[2]}", "Title: how to choose one"),
])  # fmt: skip
def test_a_label_before_a_headline_is_a_tools_only_where_more_says_so(text: str, title: str) -> None:
    assert draft_of(text.replace("Council drops plan to sell the old mill\n", "")).title == title
