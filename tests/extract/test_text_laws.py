"""Laws of plain text: what a dump's line ends, wrapping and size must not change."""

import textwrap

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaffinch.errors import ExtractError
from chaffinch.extract import allowed, clean, extractor, plaintext, segment, tree
from chaffinch.model import Block, Page, Reference, Repeats, Rules, Verdict

FEW = settings(max_examples=25, deadline=None, derandomize=True)

WHO = st.sampled_from(["The ferry", "A pilot boat", "The old trawler", "Every dinghy in the harbour", "Her sloop"])
DID = st.sampled_from(["came home", "left the pier", "lay at anchor", "was painted green", "lost its anchor"])
WHEN = st.sampled_from(["before the evening bell", "while the council met", "on the first day of June", "in thick fog"])
THEN = st.sampled_from([
    "and the harbour master wrote it down in her book", "and nobody on the pier could say why it had",
    "but the children on the beach went on with their game", "so the lamp in the tower was lit an hour early",
])  # fmt: skip
SENTENCES = st.builds("{} {} {}, {}.".format, WHO, DID, WHEN, THEN)
PARAGRAPHS = st.lists(SENTENCES, min_size=2, max_size=4).map(" ".join)
BODIES = st.lists(PARAGRAPHS, min_size=3, max_size=6, unique=True)
FURNITURE = st.lists(
    st.sampled_from(
        ["› Subscribe", "Please enter your comment!", "Most Visited in Harbour News", "Share", "Next article"],
    ),
    max_size=4,
)  # fmt: skip


def judged(text: str | bytes) -> tuple[Block, ...]:
    body = text.encode() if isinstance(text, str) else text
    page = Page("file:///dumps/one.txt", body, "text/plain")
    return extractor.understand(Reference(page.url), page, Rules(), Repeats()).blocks


def kept(text: str | bytes) -> list[str]:
    return [block.text for block in judged(text) if block.verdict is Verdict.CONTENT]


@FEW
@given(BODIES, FURNITURE, FURNITURE)
def test_the_body_stays_whole_and_in_order_whatever_stands_around_it(
    body: list[str], above: list[str], below: list[str]
) -> None:
    assert kept("\n\n".join([*above, *body, *below])) == body


@FEW
@given(BODIES, FURNITURE)
def test_what_was_kept_is_kept_again(body: list[str], below: list[str]) -> None:
    once = kept("\n\n".join([*body, *below]))

    assert kept("\n\n".join(once)) == once


@FEW
@given(BODIES, st.sampled_from([60, 66, 72, 80, 100]))
def test_a_wrapped_text_says_what_it_said_before(body: list[str], width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, width, break_on_hyphens=False) for paragraph in body)

    assert kept(wrapped) == kept("\n\n".join(body))


@FEW
@given(BODIES, FURNITURE, st.sampled_from(["\r\n", "\r", "\x85", "\u2028", "\u2029", "\x0b"]))
def test_line_ends_of_every_kind_end_a_line(body: list[str], below: list[str], end: str) -> None:
    lines = "\n\n".join([*body, *below])

    assert kept(lines.replace("\n", end)) == kept(lines)


@FEW
@given(BODIES, FURNITURE)
def test_tabs_form_feeds_and_a_byte_order_mark_change_nothing(body: list[str], below: list[str]) -> None:
    lines = "\n\n".join([*body, *below])
    printed = "\ufeff" + lines.replace("\n\n", "\n\x0c\n").replace(" ", "\t", 5).replace("\n", "   \n\t")

    assert kept(printed) == kept(lines)


@FEW
@given(st.text(max_size=2000))
def test_any_text_is_judged_line_by_line_and_nothing_is_made_up(text: str) -> None:
    blocks = judged(text.encode("utf-8", "ignore"))

    assert all(block.verdict is not Verdict.OPEN and block.reason for block in blocks)
    numbers = [int(block.path.split()[1]) for block in blocks]
    assert numbers == sorted(numbers)


def test_a_line_of_five_million_characters_is_one_block() -> None:
    (block,) = judged(("boats and sea " * 400_000)[: plaintext.MAX_CHARACTERS])

    assert block.verdict is Verdict.CONTENT
    assert block.words > 1_000_000


def test_a_wrapped_paragraph_of_twenty_thousand_lines_is_one_block() -> None:
    (block,) = judged(
        "\n".join(f"the boat number {n:06} went out to sea and came home before the night" for n in range(20_000))
    )

    assert block.text.startswith("the boat number 000000 went")
    assert block.text.endswith("came home before the night")


def test_a_hundred_thousand_lines_are_all_judged() -> None:
    blocks = judged("\n".join(f"Boat {n}" for n in range(100_000)))

    assert len(blocks) == 100_000


def test_more_lines_than_any_article_has_are_an_error_that_says_so() -> None:
    with pytest.raises(ExtractError, match="150,001 lines"):
        judged("a\n" * 150_000)


# --------------------------------------------------------------------------------------------- structure

MARKS = st.sampled_from(
    [
        "",
        "",
        "* ",
        "- ",
        "+ ",
        "• ",
        "1. ",
        "2. ",
        "3) ",
        "> ",
        ">> ",
        "> * ",
        "> > 1. ",
        "# ",
        "```",
        "```py",
        "~~~",
        "– ",
    ]
)
SAYINGS = st.sampled_from([
    "", "a | b", "-|-", "|---|:-:|", "| x <b> | y & z | |", "[a](https://a.example/?b='1'&c=d)", "[b](javascript:x)",
    "[a](http://[::1) [b](https://)", "[c](HTTPS://a.example/é\\y)", "**so**", "if (a < b) {", 'x = "&amp;"', "Home",
    "The boats came home before the evening bell, and nobody knew why it rang.",
])  # fmt: skip
DRAWN = st.lists(
    st.builds("{}{}{}".format, st.sampled_from(["", "", "  ", "    ", "\t", "      "]), MARKS, SAYINGS), max_size=30
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(DRAWN)
def test_what_is_written_of_a_text_passes_a_sanitiser_and_the_cleaner_unchanged(lines: list[str]) -> None:
    written = clean.write(plaintext.laid_out("\n".join(lines))).html

    assert written == nh3.clean(
        written, tags=set(allowed.ALLOWED), attributes=allowed.ALLOWED, url_schemes=allowed.SCHEMES, link_rel=None
    )
    assert written == clean.write(segment.cut(tree.parse(written), "https://site.example/news/1").blocks).html


@FEW
@given(DRAWN, st.sampled_from(["\r\n", "\r", "\x85", "\u2028"]))
def test_line_ends_of_every_kind_leave_the_structure_as_it_is(lines: list[str], end: str) -> None:
    text = "\n".join(lines)

    assert plaintext.laid_out(text.replace("\n", end)) == plaintext.laid_out(text)


@FEW
@given(BODIES, st.lists(st.sampled_from(["* ", "- ", "  * ", "1. ", "2. ", "    - "]), min_size=6, max_size=6))
def test_lists_leave_the_words_of_a_text_as_they_are(body: list[str], marks: list[str]) -> None:
    lines = [mark + line for mark, line in zip(marks, body, strict=False)]

    assert [block.text for block in plaintext.cut("\n\n".join(lines))] == [line.strip() for line in lines]
