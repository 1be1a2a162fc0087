"""Tables that a plain text draws with bars and a line of dashes are tables."""

import pytest

from chaffinch.extract import by_repeats, clean, extractor, plaintext, repeats
from chaffinch.model import Draft, Page, Reference, Repeats, Rules, Verdict

STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]
FARES = """\
| Ferry | First | Last |
|:------|------:|:----:|
| North & East | **6:00** | |
| South \\| West | [7:30](https://a.example/) | 21:00 |"""
ROWS = (
    "<tr><th>Ferry</th><th>First</th><th>Last</th></tr><tr><td>North &amp; East</td><td>6:00</td><td></td></tr>"
    '<tr><td>South | West</td><td><a href="https://a.example/">7:30</a></td><td>21:00</td></tr>'
)


def written(text: str) -> str:
    return clean.write(plaintext.laid_out(text)).html.replace("\n", "")


def extracted(*paragraphs: str) -> Draft:
    page = Page("file:///dumps/one.txt", "\n\n".join(paragraphs).encode(), "text/plain")
    return extractor.extract(Reference(page.url), page, Rules(), Repeats())


def test_rows_below_a_head_are_a_table() -> None:
    assert written(f"Fares\n\n{FARES}\n\nSo.") == f"<p>Fares</p><table><tbody>{ROWS}</tbody></table><p>So.</p>"


def test_a_table_needs_no_bars_at_its_sides() -> None:
    assert written("Ferry | Fare\n---|---\nNorth | 2\n | 3\nSouth |") == (
        "<table><tbody><tr><th>Ferry</th><th>Fare</th></tr><tr><td>North</td><td>2</td></tr>"
        "<tr><td></td><td>3</td></tr><tr><td>South</td><td></td></tr></tbody></table>"
    )


def test_short_rows_are_filled_and_an_empty_head_is_left_out() -> None:
    assert written("| | |\n|-|-|\n| North | 2 | daily |\n| South |") == (
        "<table><tbody><tr><td>North</td><td>2</td><td>daily</td></tr><tr><td>South</td><td></td><td></td></tr>"
        "</tbody></table>"
    )


def test_rows_that_a_tool_wrapped_are_whole() -> None:
    rows = [
        f"The ferry of the north{' and the east' * 2} | it sails daily{' but' * 4}\nnot in winter | 2",
        "South | daily | 3",
    ]

    html = written("\n".join(["Ferry | Sails | Fare", "---|---|---", *rows]))

    assert html.count("<tr>") == 3
    assert "but not in winter</td><td>2</td></tr><tr><td>South</td><td>daily</td><td>3</td></tr>" in html


def test_a_table_may_stand_in_a_quote_and_in_a_list() -> None:
    html = written(f"> {STORY[0]}\n>\n> a | b\n> -|-\n> 1 | 2\n\n- x\n- y\n\n  a | b\n  -|-\n  1 | 2")

    table = "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>"
    assert html == (
        f"<blockquote><p>{STORY[0]}</p>{table}</blockquote><ul><li>x</li><li>y{table}</li></ul>"
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Home | News | Harbour\nSea | Sky | Land",
        "Home | News\n---|---",
        "Home | News | Harbour\n---|---\nSea | Sky",
        "Home\n---\nNews",
        "| a |\n|---|\n| b |",
        "---|---\nNorth | 2",
    ],
    ids=["no dashes", "no rows", "another number of columns", "a heading", "one column", "no head"],
)
def test_other_lines_with_bars_stay_as_they_are(text: str) -> None:
    assert [block.text for block in plaintext.laid_out(text)] == text.splitlines()


def test_a_table_in_an_article_stays_whole() -> None:
    draft = extracted("All boats came home", *STORY[:3], FARES, *STORY[3:], "Share", "> Subscribe")

    assert f"<table>\n<tbody>\n{ROWS.replace('</tr><tr>', f'</tr>{chr(10)}<tr>')}\n</tbody>\n</table>" in draft.html
    assert draft.text.splitlines()[3:6] == [
        "Ferry | First | Last", "North & East | 6:00 | ", "South | West | 7:30 | 21:00",
    ]  # fmt: skip


def test_cells_that_are_furniture_elsewhere_stay_with_their_table() -> None:
    rows = ["| The ferry to the island | daily |", "| Share | 3 |", "| The old sloop | Sundays |"]

    html = extracted("Boats", *STORY[:3], "\n".join(["| Boat | Sails |", "|---|---|", *rows]), *STORY[3:]).html

    assert "<td>daily</td></tr>\n<tr><td>Share</td><td>3</td></tr>\n<tr><td>The old sloop</td>" in html


def test_a_table_of_links_behind_the_text_goes_as_a_menu_does() -> None:
    rows = [f"| [{name}](https://a.example/{name}) | [More](https://a.example/) |" for name in ("Sea", "Sky", "Land")]
    table = "\n".join(["| Sections | |", "|---|---|", *rows])

    draft = extracted("All boats came home", *STORY, "Most Visited in Harbour News", table, "> Subscribe")

    assert draft.text.splitlines() == STORY


def test_a_table_that_holds_a_whole_page_is_cleaned_cell_by_cell() -> None:
    rows = [
        "| [Home](/) | Sign in |", f"| Share | {STORY[0]} {STORY[1]} |", f"| | {STORY[2]} {STORY[3]} |",
        "| Subscribe | © 2024 Harbour News |",
    ]  # fmt: skip

    draft = extracted("\n".join(["| Harbour News | |", "|---|---|", *rows]))

    assert draft.html == f"<p>{STORY[0]} {STORY[1]}</p>\n<p>{STORY[2]} {STORY[3]}</p>"
    assert draft.text == f"{STORY[0]} {STORY[1]}\n{STORY[2]} {STORY[3]}"


def test_a_cell_above_the_text_is_no_headline() -> None:
    table = "| Boat | Owner of the boat |\n|---|---|\n| The old ferry of the harbour | Ida Holm |"

    assert extracted("Boats came home", table, *STORY).title == "Boats came home"
    assert extracted("Boats came home", "```\nboats.come_home(before=bell)\n```", *STORY).title == "Boats came home"


def test_every_cell_has_a_verdict_and_a_reason() -> None:
    page = Page("file:///dumps/one.txt", "\n\n".join([*STORY, FARES, "Share"]).encode(), "text/plain")

    blocks = extractor.understand(Reference(page.url), page, Rules(), Repeats()).blocks

    assert all(block.verdict is not Verdict.OPEN and block.reason for block in blocks)
    assert len([block for block in blocks if "table" in block.marks]) == 9


def test_cells_that_a_source_repeats_stay_in_a_table_of_its_own() -> None:
    dumps = [f"{STORY[n]}\n\n| Boat | Fare |\n|---|---|\n| Boat {n} | 1{n} |\n| Sloop {n} | 2{n} |" for n in range(4)]
    known = repeats.learned(repeats.outlined(str(n), plaintext.cut(dump)) for n, dump in enumerate(dumps))
    first = plaintext.cut(dumps[0])

    assert known.counts
    assert by_repeats.verdicts(first, known) == [None] * len(first)


@pytest.mark.parametrize(
    "text",
    [
        "a|b\n-|-\n" + "c|d\n" * 100_000,
        "a|b\n-|-\n" + f"{'c' * 77}|d\n{'e' * 77}\n" * 30_000,
        "-|-\n" * 100_000 + "|".join("a" * 200),
        "a|b\n" + "|".join("-" * 2_000_000),
        "\n\n".join(["a|b\n-|-\nc|d"] * 25_000),
        "|" * 4_000_000 + "\n-|-\n",
    ],
    ids=["rows", "wrapped rows", "lines of dashes", "columns", "tables", "bars"],
)
def test_giant_tables_are_read_line_by_line(text: str) -> None:
    assert plaintext.laid_out(text)
