"""Quoted lines of a plain text are quotes; a menu's are not."""

import textwrap

import pytest

from chaffinch.extract import clean, extractor, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules

STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]
SAID = [
    "The council meets on Tuesday, and will hear what the pilot has to say of the lamp in the tower.",
    "He has kept it for years and wants to be asked before anything is written about it in the book of the harbour.",
]


def written(text: str) -> str:
    return clean.write(plaintext.cut(text)).html


def quoted(text: str, mark: str = "> ") -> str:
    return textwrap.indent(text, mark, lambda _: True)


def test_a_quote_of_sentences_loses_its_marks() -> None:
    blocks = plaintext.cut(f"{STORY[0]}\n\n{quoted(f'{SAID[0]}{chr(10)}{chr(10)}{SAID[1]}')}\n\n{STORY[1]}")

    assert [block.text for block in blocks] == [STORY[0], *SAID, STORY[1]]
    assert clean.write(blocks).html == (
        f"<p>{STORY[0]}</p>\n<blockquote>\n<p>{SAID[0]}</p>\n<p>{SAID[1]}</p>\n</blockquote>\n<p>{STORY[1]}</p>"
    )


@pytest.mark.parametrize("mark", ["> ", ">", "  > "])
def test_a_quote_that_was_wrapped_has_whole_paragraphs(mark: str) -> None:
    wrapped = "\n\n".join(textwrap.fill(said, 60, break_on_hyphens=False) for said in SAID)

    blocks = plaintext.cut("\n\n".join([STORY[0], quoted(wrapped, mark), STORY[1]]))

    assert [block.text for block in blocks] == [STORY[0], *SAID, STORY[1]]


def test_a_single_sentence_that_was_wrapped_is_one() -> None:
    first, rest = textwrap.wrap(SAID[0], 60)
    verse = f"{SAID[0]}\nThe pilot knows of every lamp in the tower."

    assert [block.text for block in plaintext.cut(f"{STORY[0]}\n\n> {first}\n> {rest}\n\n{STORY[1]}")] == [
        STORY[0], SAID[0], STORY[1],
    ]  # fmt: skip
    assert [block.text for block in plaintext.cut(quoted(verse))] == verse.splitlines()


def test_mail_quotes_what_it_answers_and_what_that_answered() -> None:
    mail = f"Yes.\nIda wrote:\n> {SAID[0]}\n>> {SAID[1]}\n> > {STORY[2]}\n> {STORY[3]}\nSo it was."

    assert written(mail).replace("\n", "") == (
        f"<p>Yes.</p><p>Ida wrote:</p><blockquote><p>{SAID[0]}</p><blockquote><p>{SAID[1]}</p><p>{STORY[2]}</p>"
        f"</blockquote><p>{STORY[3]}</p></blockquote><p>So it was.</p>"
    )


def test_a_list_in_a_quote_is_a_list() -> None:
    html = written(f"> {SAID[0]}\n>\n> - a lamp\n> - a rope\n\n- wind\n- rain")

    assert html.replace("\n", "") == (
        f"<blockquote><p>{SAID[0]}</p><ul><li>a lamp</li><li>a rope</li></ul></blockquote>"
        "<ul><li>wind</li><li>rain</li></ul>"
    )


@pytest.mark.parametrize(
    "text",
    [
        "> Subscribe",
        ">> More",
        "› Subscribe",
        "Home > World > Asia",
        "> Read more about the harbour!",
        "> Home\n> News\n> Harbour",
        "> Council votes to keep street lights on\n> Ferry fares rise again\n> Is the harbour safe?",
        ">>> boats = 3\n>>> print(boats)\n3",
        ">= 3 boats came home before the bell, and so it was.",
        "> Please enter your comment!",
    ],
)
def test_furniture_keeps_its_marks(text: str) -> None:
    blocks = plaintext.cut(text)

    assert [block.text for block in blocks] == text.splitlines()
    assert "blockquote" not in clean.write(blocks).html


def test_an_article_keeps_what_it_quotes() -> None:
    words = "“We heard the bell and nobody came.”"
    quote = f"{SAID[0]}\n\n{words}"
    dump = "\n\n".join(["Home", "All boats came home", *STORY[:3], quoted(quote), *STORY[3:], "> Subscribe", ">> More"])
    page = Page("file:///dumps/one.txt", dump.encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.text.splitlines() == [*STORY[:3], SAID[0], words, *STORY[3:]]
    assert f"<blockquote>\n<p>{SAID[0]}</p>\n<p>{words}</p>\n</blockquote>" in draft.html


@pytest.mark.parametrize("mark", [">", "> ", ">   "])
def test_a_hundred_thousand_quotes_in_each_other_are_six(mark: str) -> None:
    html = written(f"{mark * 100_000}{SAID[0]}\n{mark * 100_000}{SAID[1]}")

    assert html.count("<blockquote>") == 6
    assert SAID[0] in html


def test_a_hundred_thousand_quoted_lines_are_read() -> None:
    lines = [">" * (number % 9 + 1) + f" The boat came home, number {number}." for number in range(100_000)]

    assert len(plaintext.cut("\n".join(lines))) == 100_000
