"""Laws of the cleaner: safe by construction, and stable."""

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaffinch.extract import allowed, clean, inline, segment, tree

TAGS = (
    "iframe",
    "math",
    "noscript",
    "script",
    "section",
    "select",
    "style",
    "svg",
    "template",
    "video",
    *inline.INLINE,
    *allowed.ALLOWED,
)
ATTRIBUTES = (
    "href",
    "src",
    "class",
    "style",
    "onclick",
    "srcset",
    "alt",
    "data-src",
    "id",
    "hidden",
    "colspan",
    "rowspan",
)
VALUES = (
    "javascript:alert(1)",
    "https://example.org/a?b=1&c=\"d'", "/x y", "  JaVaScRiPt:x", "data:text/html,x", "//evil.example", "http://[::1",
    "<b>", "a > b", "mailto:a@b.example", "http://e.example/\u00a0", "display:none", "vbscript:x",
    "http://exa mple.org", "x.jpg 2x, y.jpg", "2", "0", "-1", "9" * 5000,
)  # fmt: skip
TEXTS = st.text(alphabet="ab c<>&\"'\u00a0\n\t\u200b«é中.!\x0b;", max_size=20)


@st.composite
def markup(draw: st.DrawFn, depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(0, 4 if depth < 4 else 0))):
        tag = draw(st.sampled_from(TAGS))
        said = "".join(
            f' {draw(st.sampled_from(ATTRIBUTES))}="{draw(st.sampled_from(VALUES)).replace(chr(34), "&quot;")}"'
            for _ in range(draw(st.integers(0, 2)))
        )
        end = f"</{tag}>" if draw(st.integers(0, 9)) else ""
        parts.append(draw(TEXTS) + f"<{tag}{said}>" + draw(markup(depth + 1)) + end)
    return "".join(parts) + draw(TEXTS)


def cleaned(page: str) -> clean.Cleaned:
    return clean.write(segment.cut(tree.parse(page), "https://site.example/news/1").blocks)


@settings(max_examples=200, deadline=None)
@given(markup())
def test_what_is_written_passes_a_sanitiser_unchanged(page: str) -> None:
    written = cleaned(page).html

    assert (
        nh3.clean(
            written, tags=set(allowed.ALLOWED), attributes=allowed.ALLOWED, url_schemes=allowed.SCHEMES, link_rel=None
        )
        == written
    )


@settings(max_examples=200, deadline=None)
@given(markup())
def test_clean_twice_is_clean_once(page: str) -> None:
    once = cleaned(page)

    assert cleaned(once.html) == once


def test_cells_keep_the_columns_and_rows_that_they_take() -> None:
    page = (
        "<table><tr><th colspan=2>Ferry</th><th rowspan=9>Fare</th></tr>"
        "<tr><td>North</td><td>South</td></tr><tr><td>8:00</td><td>9:00</td><td>2</td></tr></table>"
    )

    written = cleaned(page)

    assert written.html == (
        '<table>\n<tbody>\n<tr><th colspan="2">Ferry</th><th rowspan="3">Fare</th></tr>\n'
        "<tr><td>North</td><td>South</td></tr>\n<tr><td>8:00</td><td>9:00</td><td>2</td></tr>\n</tbody>\n</table>"
    )
    assert written.text == "Ferry | Fare\nNorth | South\n8:00 | 9:00 | 2"


@pytest.mark.parametrize("space", [" ", "\n", "\u00a0", "\u2003", "\u3000", "\u200b "])
def test_words_stay_apart_whatever_space_stands_between_them(space: str) -> None:
    page = f"<p>Using{space}<a href='/m'>meters</a>{space}and rain<b>{space}gauges</b></p>"

    assert cleaned(page).text == "Using meters and rain gauges"
