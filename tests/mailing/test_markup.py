"""Article markup, made fit for mail."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.mailing.markup import fitting, pieces
from chaffinch.model import Images


def written(html: str, images: Images = Images.LINK) -> str:
    return "".join(piece.html for piece in pieces(html, images))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a</p><script>b()</script>", "<p>a</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:x">a</a></p>', "<p>a</p>"),
        ('<p><a href="/relative">a</a></p>', "<p>a</p>"),
        ('<p><a href="https://10.1.2.3/">a</a></p>', "<p>a</p>"),
        ('<p><a href="https://you@evil.example/">a</a></p>', "<p>a</p>"),
        ('<p><a href="https://evil.example/">https://bank.example</a></p>', "<p>https://bank.example</p>"),
        ('<p><a href="https://bank.example/x">www.bank.example</a></p>',
         '<p><a href="https://bank.example/x">www.bank.example</a></p>'),
        ('<p>a <a href="mailto:ann@example.org">ann</a></p>', '<p>a <a href="mailto:ann@example.org">ann</a></p>'),
        ('<p>a</p><p><img src="http://x.example/a.png"></p>', "<p>a</p>"),
        ('<p>a</p><img src="https://x.example/a.png" width="1" height="1">', "<p>a</p>"),
        ('<img src="https://x.example/a.png">', '<img src="https://x.example/a.png" width="536" alt="">'),
        ('<img src="https://x.example/a.png" width="300" height="9" alt="b">',
         '<img src="https://x.example/a.png" width="300" alt="b">'),
        ("<table><tr><td>1</td></tr></table>",
         '<table role="presentation"><tbody><tr><td>1</td></tr></tbody></table>'),
        ("<table><tr><th>1</th></tr></table>", "<table><tbody><tr><th>1</th></tr></tbody></table>"),
        ("bare <b>words</b> here", "<p>bare</p><b>words</b><p>here</p>"),
        ("<form><input></form><iframe src='https://x.example'></iframe>", ""),
        ("", ""),
        ("<!-- -->", ""),
    ],
)  # fmt: skip
def test_what_mail_programs_refuse_is_left_out(before: str, after: str) -> None:
    assert written(before) == after


def test_pictures_are_left_out_where_the_owner_wants_none() -> None:
    html = '<p>a</p><figure><img src="https://x.example/a.png"></figure>'

    assert written(html, Images.NONE) == "<p>a</p>"


@given(st.text(st.sampled_from("<>/=\"' apimgsrcthdf:onelk\n&;!-") | st.characters(codec="utf-8"), max_size=200))
def test_no_markup_comes_through_that_does_anything(html: str) -> None:
    out = written(html)

    assert not re.search(r"<(script|form|iframe|object|embed|input|button|video|audio|base|svg|style)\b", out)
    assert not re.search(r"<[^>]*\son\w+\s*=", out)
    assert written(out) == out or "<p>" in written(out)


def test_a_cut_keeps_whole_blocks_and_does_not_end_with_a_heading() -> None:
    blocks = pieces("<p>one</p><h2>Two</h2><p>three three three</p>", Images.LINK)

    kept = fitting(blocks, len("<p>one</p><h2>Two</h2>") + 3)

    assert [block.html for block in kept] == ["<p>one</p>"]
    assert fitting(blocks, 10_000) == blocks
    assert fitting(blocks, 0) == ()
