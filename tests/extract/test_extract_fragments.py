"""Lines that a tool broke at links and bold words are put together again."""

import pytest

from chaffinch.extract import extractor, fragments, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules


@pytest.mark.parametrize(
    ("before", "line", "one"),
    [
        ("The ferry", ", an old one", "The ferry, an old one"),
        ("Tide tables", "’s first edition", "Tide tables’s first edition"),
        ("Read the (", "first log", "Read the (first log"),
        ("She met with a", "Harbour Master", "She met with a Harbour Master"),
        ("Sie sprach mit dem", "Hafenmeister", "Sie sprach mit dem Hafenmeister"),
        ("It was late. However, only some", "21 boats came", "It was late. However, only some 21 boats came"),
        ("However, they do not", "prepare", "However, they do not prepare"),
        ("The", "Carrow Library", "The Carrow Library"),
        ("By", "Tom Hallam", "By Tom Hallam"),
        ("The harbour tells of it on", "Facebook", "The harbour tells of it on Facebook"),
        ("港の船は", "、夕方に戻った。", "港の船は、夕方に戻った。"),
    ],
)
def test_what_goes_on_is_joined(before: str, line: str, one: str) -> None:
    assert fragments.goes_on(before, line)
    assert fragments.joined(before, line) == one


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("The ferry came home.", "The pilot did not"),
        ("The ferry came home.", "the pilot did not"),
        ("Things to bring:", "a lamp and a rope"),
        ("apples", "pears"),
        ("All boats came home", "The harbour master wrote it down."),
        ("Home", "News"),
        ("Council votes to keep street lights on", "Most Visited"),
        ("Name (required) * E-mail * Comment * Fields with a star are", "Leave a Reply"),
    ],
)
def test_what_does_not_go_on_is_left_apart(before: str, line: str) -> None:
    assert not fragments.goes_on(before, line)


def test_a_text_is_broken_when_lines_begin_in_the_midst_of_a_sentence() -> None:
    assert fragments.are_in(["The ferry", ", the pilot", ", the sloop", ". All came home."])
    assert not fragments.are_in(["...and then", ":-)", "?foo(1)", "(a)", "A line.", "and another"])
    assert not fragments.are_in([", a", ", b", ", c", *["A whole line."] * 1_000])
    assert not fragments.are_in([])


def test_a_broken_dump_is_an_article_of_whole_paragraphs() -> None:
    pieces = [
        "Home", "News", "Harbour", "Weather", "All boats came home",
        "The", "first boat", ", which had been out since Monday, came home before the evening bell, and the",
        "Harbour Master", "wrote down the hour of its return.",
        "Nobody on the pier could say why it had taken the",
        "second boat", "so long; its owner,", "Ida Holm", ", spoke of fog and of a lamp that", "went out twice", ".",
        "The council meets on Tuesday, and it will hear what the pilot has to say of the lamp in the tower.",
        "Share", "Most visited", "Subscribe to our newsletter",
    ]  # fmt: skip
    page = Page("file:///dumps/one.txt", "\n".join(pieces).encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.title == "All boats came home"
    first, second, third = draft.text.splitlines()
    assert first.startswith("The first boat, which had been")
    assert first.endswith("and the Harbour Master wrote down the hour of its return.")
    assert second.endswith(
        "had taken the second boat so long; its owner, Ida Holm, spoke of fog and of a lamp that went out twice."
    )
    assert third == pieces[-4]


def test_a_giant_text_without_an_end_is_cut_into_paragraphs_all_the_same() -> None:
    lines = [*[", and"] * 300, "It was late. However, they went on and on", *["Word Word"] * 5_000]

    blocks = plaintext.cut("\n".join(lines))

    assert sum(block.text.count("Word") for block in blocks) == 10_000
    assert max(len(block.text) for block in blocks) < 5_100


def test_a_text_that_is_not_broken_keeps_its_lines() -> None:
    lines = ["apples", "pears and plums from the garden", "a jar of honey", "- a lamp", "Bread."]

    assert [block.text for block in plaintext.cut("\n".join(lines))] == lines
