"""Bulleted and numbered lines of a plain text are lists."""

import pytest

from chaffinch.extract import clean, extractor, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules

STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]


def written(text: str) -> str:
    return clean.write(plaintext.cut(text)).html


@pytest.mark.parametrize("bullet", ["-", "*", "+", "•", "·", "▪", "–"])
def test_two_lines_with_bullets_are_a_list(bullet: str) -> None:
    html = written(f"Bring:\n{bullet} a lamp & a rope\n{bullet} warm clothes\nThen come.")

    assert html == "<p>Bring:</p>\n<ul>\n<li>a lamp &amp; a rope</li>\n<li>warm clothes</li>\n</ul>\n<p>Then come.</p>"


@pytest.mark.parametrize(("one", "two"), [("1.", "2."), ("1)", "2)"), ("(1)", "(2)")])
def test_numbers_that_follow_each_other_are_a_list(one: str, two: str) -> None:
    html = written(f"{one} Cast off.\n\n{two} Look [behind you](https://a.example/).")

    assert html == '<ol>\n<li>Cast off.</li>\n<li>Look <a href="https://a.example/">behind you</a>.</li>\n</ol>'


@pytest.mark.parametrize(
    ("one", "two", "tag"),
    [("・", "・", "ul"), ("1、", "2、", "ol"), ("１．", "２．", "ol"), ("（1）", "（2）", "ol"), ("①", "②", "ol")],
)
def test_bullets_of_chinese_and_japanese_need_no_blank(one: str, two: str, tag: str) -> None:
    assert written(f"{one}海图\n{two}绳子") == f"<{tag}>\n<li>海图</li>\n<li>绳子</li>\n</{tag}>"


def test_a_number_with_a_fraction_begins_no_item() -> None:
    assert "<ol>" not in written("1．5 meters\n2．5 meters")


def test_the_text_keeps_its_bullets() -> None:
    lines = ["Bring:", "  * a lamp", "    * and oil for it", "  * a rope", "1. Cast off.", "2. Look behind you."]

    blocks = plaintext.cut("\n".join(lines))

    assert [block.text for block in blocks] == [line.strip() for line in lines]
    assert clean.write(blocks).text.splitlines() == [line.strip() for line in lines]


def test_what_stands_further_in_belongs_to_the_item() -> None:
    html = written(
        "  * Fish\n    * Cod\n      * From the bay\n    * Eel\n  * Bread\n\n    Bring it fresh.\n\n  * Salt\n"
        "    1. Fine\n    2. Coarse\n\nThat is all."
    )

    assert html.replace("\n", "") == (
        "<ul><li>Fish<ul><li>Cod<ul><li>From the bay</li></ul></li><li>Eel</li></ul></li>"
        "<li><p>Bread</p><p>Bring it fresh.</p></li>"
        "<li>Salt<ol><li>Fine</li><li>Coarse</li></ol></li></ul><p>That is all.</p>"
    )


def test_tabs_nest_lists_as_blanks_do() -> None:
    assert written("- Fish\n\t- Cod\n- Bread") == written("- Fish\n    - Cod\n- Bread")


def test_numbers_that_stand_flush_right_are_one_list() -> None:
    html = written("\n".join(f"{number:>5}. Boat" for number in range(1, 121)))

    assert html.count("<ol>") == 1
    assert html.count("<li>") == 120


@pytest.mark.parametrize(
    "text",
    [
        "One line.\n* a lamp\nAnother line.",
        "1. The first boat\nIt came home.\n2. The second boat\nIt did not.",
        "3. Look behind you.\n4. Cast off.",
        "1. Cast off.\n3. Look behind you.",
        "1985. A good year.\n1986. Another.",
        "– Where were you? – asked the pilot.\n– At sea.",
        "- Where were you? - asked the pilot.\n- At sea",
        "— Where were you?\n— At sea",
        "- Where were you?\n- At sea.\n- All night?",
        "* * *\n- - -",
        "-5 degrees\n-7 degrees",
    ],
    ids=[
        "a lone bullet", "numbered headings", "a list from its midst", "a number is missing", "years", "speech",
        "speech with a hyphen", "speech that ends", "answers", "rules", "no bullets",
    ],
)  # fmt: skip
def test_other_lines_stay_paragraphs(text: str) -> None:
    assert written(text) == "\n".join(f"<p>{line}</p>" for line in text.splitlines())


def test_questions_alone_are_a_list() -> None:
    assert written("- Where are the boats?\n- Who lit the lamp?").count("<li>") == 2


def test_another_bullet_is_another_list() -> None:
    assert written("- a lamp\n- a rope\n+ wind\n+ rain").count("<ul>") == 2


def test_a_line_further_to_the_left_or_far_to_the_right_ends_a_list() -> None:
    html = written(f"     * a lamp\n     * a rope\n\n   Then come.\n\n     * fog\n     * rain\n\n{' ' * 25}Weather")

    assert html.endswith("<li>rain</li>\n</ul>\n<p>Weather</p>")
    assert html.count("<ul>") == 2


def test_lists_below_the_sixth_stand_in_it() -> None:
    html = written("\n".join("  " * depth + "- boat" for depth in range(1_000)))

    assert html.count("<ul>") == 6
    assert html.count("<li>") == 1_000


def test_a_hundred_thousand_bullets_are_one_list() -> None:
    html = written("- boat\n" * 100_000)

    assert html.count("<ul>") == 1
    assert html.count("<li>boat</li>") == 100_000


def test_an_article_keeps_its_list_and_loses_furniture_from_it() -> None:
    items = ["* a lamp that burns for three nights", "* warm clothes and dry boots", "* Subscribe"]
    dump = "\n\n".join(["Home", "All boats came home", *STORY[:3], "\n".join(items), *STORY[3:]])
    page = Page("file:///dumps/one.txt", dump.encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert "<ul>\n<li>a lamp that burns for three nights</li>\n<li>warm clothes and dry boots</li>\n</ul>" in draft.html
    assert draft.text.splitlines() == [*STORY[:3], *items[:2], *STORY[3:]]


def test_numbers_stay_what_they_were_where_an_item_is_dropped_before_others() -> None:
    items = [f"1. {STORY[3]}", "2. Subscribe", f"   {STORY[4]}", f"3. {STORY[5]}"]
    dump = "\n\n".join(["All boats came home", *STORY[:3], "1. Share", "2. Tweet", f"3. {STORY[4]}", *STORY[3:]])
    whole = "\n\n".join(["All boats came home", *STORY[:3], *items, STORY[2], "Subscribe"])
    page, other = (Page("file:///dumps/one.txt", text.encode(), "text/plain") for text in (dump, whole))

    torn = extractor.extract(Reference(page.url), page, Rules(), Repeats())
    kept = extractor.extract(Reference(page.url), other, Rules(), Repeats())

    assert f"<p>3. {STORY[4]}</p>" in torn.html
    assert "<ol>" not in torn.html
    assert f"3. {STORY[4]}" in torn.text.splitlines()
    assert kept.html.count("<ol>") == 1


def test_a_list_that_counts_from_nought_keeps_its_numbers() -> None:
    assert written("0. Cast off.\n1. Look behind you.") == "<p>0. Cast off.</p>\n<p>1. Look behind you.</p>"
