"""Laws of the cleaner: safe by construction, and stable."""

import nh3
from hypothesis import given, settings
from hypothesis import strategies as st

from chaffinch.extract import clean, inline, segment, tree

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
    *clean.ALLOWED,
)
ATTRIBUTES = ("href", "src", "class", "style", "onclick", "srcset", "alt", "data-src", "id", "hidden")
VALUES = (
    "javascript:alert(1)",
    "https://example.org/a?b=1&c=\"d'", "/x y", "  JaVaScRiPt:x", "data:text/html,x", "//evil.example", "http://[::1",
    "<b>", "a > b", "mailto:a@b.example", "http://e.example/\u00a0", "display:none", "vbscript:x",
    "http://exa mple.org", "x.jpg 2x, y.jpg",
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
        nh3.clean(written, tags=set(clean.ALLOWED), attributes=clean.ALLOWED, url_schemes=clean.SCHEMES, link_rel=None)
        == written
    )


@settings(max_examples=200, deadline=None)
@given(markup())
def test_clean_twice_is_clean_once(page: str) -> None:
    once = cleaned(page)

    assert cleaned(once.html) == once
