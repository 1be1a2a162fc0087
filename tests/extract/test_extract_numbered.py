"""Numbers of links in dumps of text browsers are no words of the article."""

import pytest

from chaffinch.extract import extractor, numbered, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules

DUMP = """\
   [1]Skip to content

   [2]Home [3]Politics [4]Opinion [5]Sign in

                   Council drops plan to sell the old mill

   By [6]Anna Kowal
   14 November 2026

   Dunmarsh council has dropped its plan to sell the old mill on
   [7]Weir Lane after more than 3,000 residents signed a petition
   against it, and ([8]so it said) will look for a tenant instead.

   The mill, which dates from 1788, has stood empty since the brewery
   moved out. Repairs are put at 900,000 pounds by those who know.

   [9]Share on Facebook

References

   1. https://dunmarsh.example/#content
   2. https://dunmarsh.example/
   3. https://dunmarsh.example/politics
   9. https://dunmarsh.example/share
"""


def test_a_dump_of_lynx_is_an_article_without_numbers() -> None:
    page = Page("file:///dumps/one.txt", DUMP.encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert (draft.title, draft.byline) == ("Council drops plan to sell the old mill", "Anna Kowal")
    assert draft.text.startswith("Dunmarsh council has dropped its plan to sell the old mill on Weir Lane after")
    assert "(so it said)" in draft.text
    assert "[" not in draft.text


def test_the_list_of_addresses_at_the_end_is_no_text() -> None:
    page = Page("file:///dumps/one.txt", DUMP.encode(), "text/plain")

    blocks = extractor.understand(Reference(page.url), page, Rules(), Repeats()).blocks

    dropped = [block.text for block in blocks if block.reason == "a link's address"]
    assert dropped == ["References", *(line.strip() for line in DUMP.splitlines()[-4:])]


def test_a_list_of_sources_that_no_number_points_to_is_no_dumps_list() -> None:
    lines = ["The mill was sold, as the [1]town says.", "", "Sources", "", "1. https://a.example/",
             "2. https://b.example/", "3. https://c.example/"]  # fmt: skip

    assert numbered.addresses(lines) == frozenset()
    assert numbered.addresses([*lines[:4], "1. https://a.example/", "2. https://a.example/#top"]) == {2, 4, 5}


def test_references_to_books_stay() -> None:
    lines = [
        "As was shown [1], it is so [2].",
        "See a[1]b and [3]here.",
        "1. https://a.example/",
        "2. https://b.example/",
    ]

    assert numbered.without(lines) == lines


def test_numbers_stay_where_no_list_says_what_they_are() -> None:
    text = "The [1]first boat came home."

    assert [block.text for block in plaintext.cut(text)] == [text]


def test_numbers_that_count_the_links_go_without_a_list() -> None:
    lines = ["[7]Home [8]News [9]Sport", "By [10]Anna Kowal", "The [11]first boat came home."]

    assert numbered.without(lines) == ["Home News Sport", "By Anna Kowal", "The first boat came home."]


def test_notes_before_words_are_no_count_of_links() -> None:
    lines = ["[4]Home of boats", "[1]See there", "[9]as before", "[2]Ibid", "[3]Also"]

    assert numbered.without(lines) == lines


def test_the_list_of_a_whole_page_is_known_though_most_of_its_links_are_pictures() -> None:
    lines = [
        "[1]Home [2]News [3][4]",
        *(f"   [{n}]" for n in range(5, 21)),
        "",
        "References",
        "",
        "   Visible links:",
        *(f"   {n}. https://a.example/{n}" for n in range(1, 18)),
        "  18. https://share.example/?t=Boats come home&u=x",
        "  19. android-app://a.example/19",
        "  20. tel: 0123 456",
        "",
        "   Hidden links:",
        *(f"  {n}. https://a.example/hidden/{n}" for n in range(22, 40)),
    ]

    places = numbered.addresses(lines)

    assert [line.strip() for at, line in enumerate(lines) if at not in places and line.strip()] == [
        line.strip() for line in lines[:17]
    ]


def test_an_articles_own_list_below_stays() -> None:
    menu = [f"[{n}]Home of the mill" for n in range(1, 7)]
    lines = [*menu, "", "1. Flour: 200 g", "2. Water: a cup", "3. File: report", "4. Salt: a pinch"]

    assert numbered.addresses(lines) == frozenset()


def test_the_last_line_of_an_article_is_no_head_of_the_list() -> None:
    lines = ["[1]Fen [2]news", "[3]Reuters", "", "References", "", *(f"{n}. https://a.example/{n}" for n in (1, 2, 3))]

    assert numbered.addresses(lines) == {3, 5, 6, 7}


def test_of_a_long_list_the_numbers_of_pictures_go_but_a_books_stay() -> None:
    lines = [
        "[1][2] Smith [1] disagrees[3], [4] too, as is told before [5].",
        "   [6]",
        *(f"{n}. https://a.example/{n}" for n in range(1, 24)),
    ]
    places = range(1, 24)

    assert numbered.without(lines, places)[:2] == [" Smith [1] disagrees, [4] too, as is told before [5].", ""]
    assert numbered.without(lines)[0] == lines[0]


@pytest.mark.parametrize("head", ["参考文献", "出典", "See also"])
def test_a_paragraph_above_such_a_list_stays(head: str) -> None:
    lines = ["[1]这座城市很老。[2]这座也是。", "", "市长说，他们会在星期二讨论这件事。", "", head, "",
             "1. https://a.example/1", "2. https://a.example/2"]  # fmt: skip

    assert 2 not in numbered.addresses(lines)


def test_sources_with_their_titles_stay() -> None:
    lines = [
        "雨后水位上涨。[1]这座城市很老。[2]这座也是。",
        "参考文献",
        "1. https://a.example/1 河流的历史",
        "2. https://a.example/2 城市史",
    ]

    assert numbered.addresses(lines) == frozenset()


def test_sources_that_are_addresses_stay_below_an_article_that_refers_to_them() -> None:
    lines = [f"Boats came home [{n}], it is said." for n in range(1, 30)]
    lines += ["", "Sources", *(f"{n}. https://a.example/{n}" for n in range(1, 30))]

    assert numbered.addresses(lines) == frozenset()
