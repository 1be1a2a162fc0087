"""Lines that were dumped as Markdown become text and links."""

import pytest

from chaffinch.extract import clean, extractor, markdown, plaintext
from chaffinch.model import Page, Reference, Repeats, Rules

STORY = [
    f"The {name} came home before the evening bell, and the harbour master wrote down the hour of its return."
    for name in ("first boat", "second boat", "old ferry", "pilot", "last of the trawlers", "mail boat")
]


@pytest.mark.parametrize(
    ("line", "text", "html", "linked"),
    [
        ("Plain & simple.", "Plain & simple.", "Plain &amp; simple.", 0),
        (
            "See [the log](https://a.example/log?a=1&b=2) of it.",
            "See the log of it.",
            'See <a href="https://a.example/log?a=1&amp;b=2">the log</a> of it.',
            2,
        ),
        ('[Home](/ "To the front")', "Home", "Home", 1),
        ("[A (ferry)](https://a.example/x_(y))", "A (ferry)", '<a href="https://a.example/x_(y)">A (ferry)</a>', 2),
        ("[![A boat](https://a.example/b.png)](https://a.example/)", "", "", 0),
        ("[Ida's](https://a.example/'b')", "Ida's", '<a href="https://a.example/%27b%27">Ida\'s</a>', 2),
        ("[Log](http://[::1) and [it](https://)", "Log and it", "Log and it", 2),
        ("[Run](javascript:alert\\(1\\))", "Run", "Run", 1),
        ('[<b>"x"</b>](https://a.example/"><i>)', '<b>"x"</b>](https://a.example/"><i>)', None, 0),
        ("**Two** boats, 2**3**4 oars", "Two boats, 2**3**4 oars", "Two boats, 2**3**4 oars", 0),
        ("It *wants* to, and _must not_.", "It wants to, and must not.", "It wants to, and must not.", 0),
        ("*So ends the _log_*", "So ends the log", "So ends the log", 0),
        ("*By [Ida](/ida_h), at sea*", "By Ida, at sea", "By Ida, at sea", 1),
        ("_A [*log*](https://a.example/_x_)_", "A log", 'A <a href="https://a.example/_x_">log</a>', 1),
        ("2 * n * 3, *args, *rest", "2 * n * 3, *args, *rest", "2 * n * 3, *args, *rest", 0),
        ("rm *.o,*.a /*so*/ n*m*k", "rm *.o,*.a /*so*/ n*m*k", "rm *.o,*.a /*so*/ n*m*k", 0),
        ("__init__ and a_b_c and _x", "__init__ and a_b_c and _x", "__init__ and a_b_c and _x", 0),
        ("* Tax is due. *Terms apply", "* Tax is due. *Terms apply", "* Tax is due. *Terms apply", 0),
        ("[1] and (2) and [3]", "[1] and (2) and [3]", "[1] and (2) and [3]", 0),
        ("a[i](j) and 5 \\* 6", "ai and 5 * 6", "ai and 5 * 6", 1),
        ("# The harbour #", "The harbour", "The harbour", 0),
        ("#1 of many", "#1 of many", "#1 of many", 0),
    ],
)
def test_a_line(line: str, text: str, html: str | None, linked: int) -> None:
    read = markdown.read(line, alone=True)

    if html is None:  # no link: it stays as it was
        assert (read.text, read.linked_words) == (line, linked)
        assert "<b>" not in read.html
    else:
        assert read[:3] == (text, html, linked)


def test_only_a_line_by_itself_is_a_heading() -> None:
    told = [block.text for block in plaintext.cut("# The harbour\n\n# make it\nmake all")]

    assert told == ["The harbour", "# make it", "make all"]


def test_headings_are_headings_of_the_level_that_is_told() -> None:
    blocks = plaintext.cut(f"## What to bring\n\n{STORY[0]}\n\n### If it rains\n{STORY[1]}\n\n# make it\nmake all")

    assert clean.write(blocks).html.splitlines() == [
        "<h2>What to bring</h2>", f"<p>{STORY[0]}</p>", "<h3>If it rains</h3>", f"<p>{STORY[1]}</p>",
        "<p># make it</p>", "<p>make all</p>",
    ]  # fmt: skip


def test_giant_and_unfinished_marks_end_at_once() -> None:
    for part in ("[", "![", "](", "[a](", "**a", "[a](b", "[a](<", '[a](b "', "\\["):
        assert len(markdown.read(part * 20_000, alone=True).text) > 0


def test_menus_of_links_go_and_the_story_keeps_its_own() -> None:
    menu = [f"* [{name}](https://a.example/{name})" for name in ("Ferries", "Pilots", "Weather and tides", "Sailors")]
    linked = STORY[2].replace("the harbour master", "[the harbour master](https://a.example/master)")
    dump = "\n\n".join(["\n".join(menu), "# All boats came home", *STORY[:2], linked, *STORY[3:], "\n".join(menu)])
    page = Page("file:///dumps/one.txt", dump.encode(), "text/plain")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.title == "All boats came home"
    assert draft.text.splitlines() == STORY
    assert '<a href="https://a.example/master">the harbour master</a>' in draft.html


def test_a_heading_needs_no_empty_line_behind_it() -> None:
    text = "## Stripping out\nTake it down.\n\n## a.py\n## b.py\n\nx = 1\n## of two\ny = 2\n\n# setup\nrun()"

    assert [block.text for block in plaintext.cut(text)] == [
        "Stripping out", "Take it down.", "## a.py", "## b.py", "x = 1", "## of two", "y = 2", "# setup", "run()",
    ]  # fmt: skip
