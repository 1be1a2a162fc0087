"""What pandoc adds to Markdown is no word of the article."""

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


def test_every_line_keeps_its_place_in_time() -> None:
    lines = [":::"] * 10 + ["[" * 100_000, "]{.a" * 50_000, "[x]{.a}" * 50_000, "{.a " * 50_000, "[" * 9 + "x]{.a}" * 9]

    assert len(pandoc.without(lines)) == len(lines)
