"""Tags and pictures that a tool left in a text are no words of the article."""

import pytest

from chaffinch.extract import extractor, plaintext, unseen
from chaffinch.model import Page, Reference, Repeats, Rules

DUMP = """\
<div id="top" class="site-wrap" data-id="7">

<div class="nav">

-   <div class="nav-item">

    [Home](https://dunmarsh.example/)

    </div>

</div>

<div class="story" style="--edge:rgb(1,2,3)">

# Council drops plan to sell the old mill

![](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciPjwvc3ZnPg==)

<span class="lead">Dunmarsh council has dropped its plan</span> to sell the [old mill](https://a.example/mill).
Its page writes `<div class="mill">` around that.

</div>

<div class="more
wide">

The mill, which dates from 1788, has stood empty since the brewery moved out. Repairs are put at 900,000 pounds.

    <div class="mill">
      <p>code of the page</p>
    </div>

``` html
<div class="fence">
```

</div>

</div>
"""


def test_an_article_in_markdown_has_none_of_the_pages_tags() -> None:
    page = Page("file:///dumps/one.md", DUMP.encode(), "text/markdown")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.title == "Council drops plan to sell the old mill"
    assert draft.text.startswith("Dunmarsh council has dropped its plan to sell the old mill.\nIts page")
    assert "site-wrap" not in draft.text
    assert "base64" not in draft.text


def test_code_keeps_its_tags() -> None:
    lines = unseen.without(DUMP.split("\n"))

    assert [line.strip() for line in lines if "<" in line] == [
        'Its page writes `<div class="mill">` around that.',
        '<div class="mill">', "<p>code of the page</p>", "</div>", '<div class="fence">',
    ]  # fmt: skip


TAGS = ['<div class="a">', "</div>"] * 5 + ["# A heading", ""]


@pytest.mark.parametrize("code", [
    ["```", "<div>", "    <p>x</p>", "</div>", "![x](data:image/png;base64,AAAA)", "```"],
    ["~~~ html", "<div>", "</div>", "~~~"],
    ["", "    <div>", "    </div>", ""],
    ["> ```html", "> <div><b>x</b></div>", "> ```"],
    ["* item", "", '        <div class="a">code</div>', "        <span>foo();</span>"],
    ["1. Do this:", "", "       <div>y = 1</div>", ""],
    ["Write `<div>` and ``<b>` </b>`` or `![x](data:image/png;base64,AAAA)`."],
])  # fmt: skip
def test_code_of_any_form_stays_as_it_is(code: list[str]) -> None:
    lines = [*TAGS, *code, "![y](data:image/png;base64,AAAA)"]

    assert unseen.without(lines)[len(TAGS) : -1] == code
    assert unseen.without(lines)[-1].strip() == ""


@pytest.mark.parametrize(("written", "left"), [
    ("one<br>two<br />three", "one two three"),
    ("H<sub>2</sub>O is <b>so</b>", "H2O is so"),
    ("<p>A <a class='x' href='/mill'>mill</a></p>", "A [mill](/mill)"),
    ('<a href="https://a.example/"><span>a <b>mill</b></span></a>', "[a mill](https://a.example/)"),
    ("<style>p{color:red}</style>so", "so"),
    ('<img src="a" /><img src="b"/>', ""),
    ("    - <div>", ""),
    ("a < b and List<T> and <mill>", "a < b and List<T> and <mill>"),
    ("The <section> tag and std::vector<source>", "The <section> tag and std::vector<source>"),
    ("x<sup>2</sup> and 10<sup>-3</sup> on the 1<sup>st</sup>", "x^2 and 10^-3 on the 1st"),
    ("<td>12,000</td><td>3,000</td>", "12,000 | 3,000"),
    ("If x<p and y = 3 then z > 4, a<b c = 5 and d>e", "If x<p and y = 3 then z > 4, a<b c = 5 and d>e"),
    ("<a href='https://a.example/x'>one</a>, <a href=\"https://a.example/X_(y)\">two</a>",
     "[one](https://a.example/x), [two](https://a.example/X_%28y%29)"),
    ("<details open><summary>More</summary>", "More"),
])  # fmt: skip
def test_of_tags_the_words_stay(written: str, left: str) -> None:
    assert unseen.without([*TAGS, "- a list", written])[-1] == left


@pytest.mark.parametrize("stray", ["x <a holds for all.", "it is <u", "a <div is open"])
def test_a_lone_bracket_takes_no_paragraph_along(stray: str) -> None:
    lines = [*TAGS, stray, "", "A paragraph.", "", "And this > that."]

    assert unseen.without(lines)[len(TAGS) :] == lines[len(TAGS) :]


def test_every_line_keeps_its_place() -> None:
    lines = DUMP.split("\n")

    bare = unseen.without(lines)

    assert len(bare) == len(lines)
    assert [at for at, line in enumerate(bare) if "The mill, which" in line] == [
        at for at, line in enumerate(lines) if "The mill, which" in line
    ]


def test_one_tag_of_a_text_that_is_surely_markdown_is_one() -> None:
    signs = [f"## Part {n}" for n in range(5)]

    assert unseen.without(['<p align="center"><img src="a.png"></p>', "<h1>Mill</h1>", *signs]) == ["", "Mill", *signs]


def test_a_text_that_shows_tags_keeps_them() -> None:
    example = ["<div>", "Write it so:", "</div>"] * 4
    few = ["[A link](https://a.example/).", '<div class="a">', "</div>", "List<span> and a<b"]

    assert unseen.without(example) == example
    assert unseen.without(few) == few


def test_pictures_in_letters_are_left_out_of_any_text() -> None:
    text = "The mill ![plan](data:image/png;base64,iVBORw0KGgo=) stands empty."

    assert [block.text for block in plaintext.cut(text)] == ["The mill stands empty."]


@pytest.mark.parametrize("line", [
    "<div " * 200_000, "`" * 100_000, "<span x='" * 100_000, '<img src="a" /> ' * 10_000 + "text", "<style>" * 100_000,
    "<a href=x>" * 100_000, "![" * 100_000, "![a](data:" * 100_000,
])  # fmt: skip
def test_a_giant_line_keeps_its_place(line: str) -> None:
    """A pattern that tried each way in turn would never come back."""
    lines = ["[a](b)", *["<div>"] * 10, "](data:", line]

    assert len(unseen.without(lines)) == len(lines)
