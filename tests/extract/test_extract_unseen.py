"""Tags and pictures that a tool left in a text are no words of the article."""

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


def test_every_line_keeps_its_place() -> None:
    lines = DUMP.split("\n")

    bare = unseen.without(lines)

    assert len(bare) == len(lines)
    assert [at for at, line in enumerate(bare) if "The mill, which" in line] == [
        at for at, line in enumerate(lines) if "The mill, which" in line
    ]


def test_a_text_that_shows_tags_keeps_them() -> None:
    example = ["<div>", "Write it so:", "</div>"] * 4
    few = ["[A link](https://a.example/).", '<div class="a">', "</div>", "List<span> and a<b"]

    assert unseen.without(example) == example
    assert unseen.without(few) == few


def test_pictures_in_letters_are_left_out_of_any_text() -> None:
    text = "The mill ![plan](data:image/png;base64,iVBORw0KGgo=) stands empty."

    assert [block.text for block in plaintext.cut(text)] == ["The mill stands empty."]


def test_a_giant_of_open_tags_is_read_in_time() -> None:
    lines = ["[a](b)", *["<div>"] * 10, "<div " * 200_000, "`" * 100_000, "```", "<span x='" * 100_000]

    assert len(unseen.without(lines)) == len(lines)
