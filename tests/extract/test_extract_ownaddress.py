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


@pytest.mark.parametrize("line", ["https://a.example/mill", "<https://a.example/mill>", "原文链接：https://a.example/mill",
                                  "Permalink: https://a.example/mill"])  # fmt: skip
def test_an_address_above_a_text_is_its_own(line: str) -> None:
    draft = draft_of(f"{line}\n\n{BODY}")

    assert draft.url == "https://a.example/mill"
    assert "a.example" not in draft.text


@pytest.mark.parametrize("text", [
    f"URL: https://a.example/\n\n{BODY}",  # a site's front page
    f"{BODY}\nURL: https://a.example/mill\n",  # below it: a source
    f"Shop: https://a.example/mill\n\n{BODY}",
    f"Home\n\nhttps://a.example/mill\n\n{BODY}",
    f"URL: https://a.example/mill and others\n\n{BODY}",
])  # fmt: skip
def test_other_addresses_are_not(text: str) -> None:
    assert draft_of(text).url == ""
