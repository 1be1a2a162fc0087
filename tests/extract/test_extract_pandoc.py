"""What pandoc adds to Markdown is no word of the article."""

import pytest

from chaffinch.extract import extractor, pandoc
from chaffinch.model import Page, Reference, Repeats, Rules

DUMP = r"""
::: {#top .site-wrap}
::: nav-box
-   [Home](https://dunmarsh.example/){.nav-item target="_blank"}
:::
:::

::::: {#story .story settings="{\"edge\":\"none\"}"}
# Council drops plan to sell the old mill {#council-drops-plan .headline}

[![The mill](https://dunmarsh.example/mill.jpg){.wide width="800"}](https://dunmarsh.example/mill){.zoom}

[[Dunmarsh council has dropped its plan]{.lead} to sell the [old mill](https://a.example/mill){rel="nofollow"}.]{.intro}
It won\'t be sold \"to anybody\"\... for {a while}, [says a note]{style="color: red;"}.

``` {.python .numberLines}
set = {"a": 1}[key]{.b}
:::
```

The mill, which dates from 1788, has stood empty since the brewery moved out. Repairs are put at 900,000 pounds.
:::::
"""


def test_an_article_has_none_of_its_marks() -> None:
    page = Page("file:///dumps/one.md", DUMP.encode(), "text/markdown")

    draft = extractor.extract(Reference(page.url), page, Rules(), Repeats())

    assert draft.title == "Council drops plan to sell the old mill"
    assert draft.text.startswith(
        "Dunmarsh council has dropped its plan to sell the old mill.\n"
        """It won't be sold "to anybody"... for {a while}, says a note."""
    )
    assert '<a href="https://a.example/mill"' in draft.html
    assert "nav-box" not in draft.text


def test_code_stays_as_it_is() -> None:
    lines = DUMP.split("\n")
    begin = lines.index("``` {.python .numberLines}")

    assert pandoc.without(lines)[begin : begin + 4] == lines[begin : begin + 4]


def test_braces_stay_in_other_texts() -> None:
    lines = ["He wrote f(x){.5}, [a]{b}", "::: what?", "It\\'s", 'Set [key]{"a"}.', "{x}"] * 20

    assert pandoc.without(lines) == lines


@pytest.mark.parametrize("code", [
    ["``` {.html}", "<p>[x]{.a}</p>", "    [x]{.a}", "~~~", "```"],
    ["", "    [key]{.b} it\\'s"],
    ["set `[key]{.b}` or `f\\'s`"],
])  # fmt: skip
def test_code_of_any_form_stays_as_it_is(code: list[str]) -> None:
    lines = [*["::: a"] * 5, *code, "[x]{.a}"]

    assert pandoc.without(lines)[5:-1] == code
    assert pandoc.without(lines)[-1] == "x"


@pytest.mark.parametrize("line", [
    r"\includegraphics[width]{path=x}", r"\cite[p.~5]{key=a}", r"$\sqrt[3]{x=1}$", r"\begin{figure}[t]{width=3}",
    "foo[bar]{key=1} and arr[0]{a=1}", r"a &= b \\", "f(x){a=1}", "[a]{b}",
])  # fmt: skip
def test_brackets_of_latex_stay(line: str) -> None:
    assert pandoc.without([*["::: a"] * 5, line])[-1] == line


def test_boxes_of_other_tools_stay() -> None:
    lines = [":::note", "It\\'s [key]{.b}.", ":::", "```{figure} a.png", ":name: x", "```"] * 4

    assert pandoc.without(lines)[1] == lines[1]


def test_what_follows_a_lone_fence_is_read() -> None:
    assert pandoc.without([*["::: a"] * 5, "```", "", "[x]{.a}"])[-1] == "x"


@pytest.mark.parametrize("line", [
    "[" * 100_000, "]{.a" * 50_000, "[x]{.a}" * 50_000, "{.a " * 50_000, "[" * 9 + "x]{.a}" * 9, "[a]" * 100_000,
    ":::" + " " * 100_000 + "!", ":" * 100_000 + "!", "::: {" + "}" * 100_000 + "!", "`" * 100_001,
    "# a" + " {.a" * 50_000,
    "[a" + "\\[" * 100_000, '[x]{a="' + '\\"' * 100_000,
])  # fmt: skip
def test_a_giant_line_keeps_its_place(line: str) -> None:
    """A pattern that tried each way in turn would never come back."""
    lines = [*["::: a"] * 10, line]

    assert len(pandoc.without(lines)) == len(lines)
