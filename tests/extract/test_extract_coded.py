"""Code in a plain text is one block, with its lines as they were written."""

import pytest

from chaffinch.extract import clean, extractor, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules

STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]
CODE = """\
def come_home(boats):
    for boat in boats:

        if boat.hour < 18 & boat.is_out:
            boat.turn()
    return "home"  # *all* of them"""
CLEAN = CODE.replace("&", "&amp;").replace("<", "&lt;")
VERSE = """\
    The boats came home with nothing in their nets;
    the lamp went out (it often does);
    and he who kept it went to bed"""


def written(text: str) -> str:
    return clean.write(plaintext.cut(text)).html


def indented(text: str, by: str = "    ") -> str:
    return "\n".join(by + line if line else line for line in text.splitlines())


def extracted(*paragraphs: str) -> tuple[str, str]:
    page = Page("file:///dumps/one.txt", "\n\n".join(paragraphs).encode(), "text/plain")
    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())
    return draft.html, draft.text


@pytest.mark.parametrize(
    ("begin", "end"), [("```", "```"), ("```python", "```"), ("~~~", "~~~"), ("~~~ py", "~~~~"), ("````", "`````")]
)
def test_code_between_fences_keeps_its_lines(begin: str, end: str) -> None:
    assert written(f"See:\n{begin}\n{CODE}\n{end}\nSo.") == f"<p>See:</p>\n<pre>{CLEAN}</pre>\n<p>So.</p>"


@pytest.mark.parametrize("blanks", ["    ", "\t", "      "])
def test_code_that_is_set_in_keeps_its_lines(blanks: str) -> None:
    assert written(f"See:\n\n{indented(CODE, blanks)}\n\nSo.") == f"<p>See:</p>\n<pre>{CLEAN}</pre>\n<p>So.</p>"


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x85", "\u2028"])
def test_line_ends_of_every_kind_end_a_line_of_code(end: str) -> None:
    text = f"See:\n```\n{CODE}\n```\nSo.\n\n{indented(CODE)}\n\nSo."

    assert written(text.replace("\n", end)) == written(text)


def test_a_fence_moves_its_code_to_the_left_with_it_and_stays_in_its_item() -> None:
    html = written(f"- See:\n\n{indented(f'```{chr(10)}{CODE}{chr(10)}```', '  ')}\n\n- So.")

    assert html.replace("\n", "") == f"<ul><li>See:<pre>{CLEAN}</pre></li><li>So.</li></ul>".replace("\n", "")


def test_links_that_a_tool_put_into_code_are_their_words() -> None:
    run = "[Run](https://play.example/?code=fn+t%28a%29)"

    assert written(f"See:\n\n    {run} fn t(a) {{\n      b[i](a)\n    }}\n\nSo.") == (
        "<p>See:</p>\n<pre>Run fn t(a) {\n  b[i](a)\n}</pre>\n<p>So.</p>"
    )


def test_code_may_be_quoted() -> None:
    html = written(f"> {STORY[0]}\n>\n> ```\n> x = 1\n>   y = 2\n> ```\n\nSo.")

    assert html == f"<blockquote>\n<p>{STORY[0]}</p>\n<pre>x = 1\n  y = 2</pre>\n</blockquote>\n<p>So.</p>"


@pytest.mark.parametrize(
    "text",
    [
        f"See:\n\n{VERSE}\n\nSo.",
        f"See:\n\n{indented(STORY[0])}\n\nSo.",
        f"See:\n\n{indented('1 Harbour Road')}\n{indented('Dunmarsh')}\n\nSo.",
        f"See:\n{indented('come_home(boats)')}\n\nSo.",
        f"   See:\n\n{indented('come_home(boats)')}\n\n   So.",
        f"{indented('come_home(boats)')}\n\n{indented('x = 1')}",
        f"See:\n\n{indented('https://a.example/?boat=1')}\n\nSo.",
        "~~~\nThe boats came home\n~~~\nThe lamp went out\n~~~",
        f"```\n{STORY[0]}\n\n{STORY[1]}\n```",
        f"```text\n{STORY[0]}\n\n{STORY[1]}\n```",
        f"~~~ Markdown\n{STORY[0]}\n\n{STORY[1]}\n~~~",
        "```\nThe boats came home",
        "```python\nx = 1\n\n```python\ny = 2",
    ],
    ids=[
        "verse", "prose", "an address", "no empty line before", "all is set in", "nothing else", "a link", "ornaments",
        "a fence around a whole text", "a fence that says text", "a fence that says Markdown",
        "a fence without an end", "two of them",
    ],
)  # fmt: skip
def test_what_is_no_code_is_read_line_by_line(text: str) -> None:
    assert [block.text for block in plaintext.cut(text)] == [line.strip() for line in text.splitlines() if line]


def test_a_fence_that_lost_its_end_does_not_take_the_text_to_the_next_one() -> None:
    html = written(f"```py\nx = 1\n\n{STORY[0]}\n\n```py\n{CODE}\n```")

    assert f"<p>{STORY[0]}</p>" in html
    assert f"<pre>{CLEAN}</pre>" in html


def test_code_in_an_article_stays_whole() -> None:
    furniture = ["Share", "> Subscribe", "Most Visited in Harbour News"]

    html, text = extracted("All boats came home", *STORY[:3], f"```\n{CODE}\n```", *STORY[3:], *furniture)

    assert text == "\n".join([*STORY[:3], CODE, *STORY[3:]])
    assert f"<p>{STORY[2]}</p>\n<pre>{CLEAN}</pre>\n<p>{STORY[3]}</p>" in html


@pytest.mark.parametrize("code", ["share = 1\n", "login()\n\nregister()", "x = 1\n" * 5_000])
def test_code_between_kept_lines_is_kept_whatever_it_says(code: str) -> None:
    _, text = extracted("All boats came home", *STORY[:3], f"```\n{code}\n```", *STORY[3:])

    assert code.strip() in text


@pytest.mark.parametrize(
    "text",
    [
        "```\n" * 59_999,
        "".join(f"{'`' * (3_000 - number)}a\n" for number in range(2_500)) + "x\n" * 50_000,
        "~~~\nx = 1\n" * 50_000,
        "\n    x = 1\n" * 30_000,
        "    x\n\n" * 50_000 + "x",
        "```" + " " * 1_000_000 + "x",
        "\t" * 2_000_000 + "x = 1",
        "x\n\n    = " + "[a](https://a" * 100_000 + "\n\nx",
        f"```\n{'x = 1' * 900_000}\n```",
    ],
    ids=["fences", "shorter and shorter", "tildes", "pieces", "no code", "blanks", "tabs", "links", "a giant"],
)
def test_giant_and_unfinished_code_ends_at_once(text: str) -> None:
    assert plaintext.cut(text)
