"""Headings with a line below them are headings."""

import pytest

from chaffinch.extract import extractor, underlined
from chaffinch.model import Page, Reference, Repeats, Rules

DUMP = """\
[Skip to content](#main)

*   [Home](/)
*   [Boats](/boats)

Council drops plan to sell the old mill
=======================================

Dunmarsh council has dropped its plan to sell the old mill after more than 3,000 residents signed a petition against it.

What it was worth
-----------------

The mill, which dates from 1788, has stood empty since the brewery moved out. Repairs are put at 900,000 pounds.

* * *

It will look for a tenant instead, who should like to hear the water and the wheel at night, the council said.
"""


def test_an_article_that_was_dumped_so_has_its_title_and_its_headings() -> None:
    page = Page("file:///dumps/one.md", DUMP.encode(), "text/markdown")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.title == "Council drops plan to sell the old mill"
    assert "<h2>What it was worth</h2>" in draft.html
    assert "--" not in draft.text


@pytest.mark.parametrize("lines", [
    ["He said so, and left the room.", "---", ""],  # a break
    ["Boats", "=====", "Home"],
    ["News", "Boats", "-----", ""],
    ["| a | b |", "---------", ""],
    ["- Boats", "-------", ""],
    ["", "-----", ""],
    ["```", "", "Boats", "-----", "", "```"],
    ["    Boats", "    -----", ""],
    ["Boats | Sails", "-------------", ""],
    ["Name   Score", "------------", ""],
    ["x = 12 + 4", "==========", ""],
    ["1,234.50", "========", ""],
    ["page 12", "-------", ""],
    ["END", "---", ""],
    ["A paragraph may be ruled off from the next one by a line, which is no heading.", "-" * 78, ""],
])  # fmt: skip
def test_other_lines_of_dashes_stay(lines: list[str]) -> None:
    assert underlined.read(lines) == lines


@pytest.mark.parametrize("below", ["=" * 5, "=" * 10])
def test_a_heading_in_wide_characters_may_be_counted_either_way(below: str) -> None:
    assert underlined.read(["港口的新渡", below, ""]) == ["# 港口的新渡", "", ""]


def test_every_line_keeps_its_place() -> None:
    assert underlined.read(["", "Boats", "-----", "", "Sails", "====="]) == ["", "## Boats", "", "", "# Sails", ""]
    assert underlined.read([]) == []
