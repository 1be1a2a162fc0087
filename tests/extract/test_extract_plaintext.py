"""What is read as plain text, and what as a page."""

import pytest

from chaffinch.extract import plaintext


@pytest.mark.parametrize(("text", "media_type", "url", "is_plain"), [
    ("# Mill\n\n<p align=center>x</p>", "text/markdown", "https://a.example/x", True),
    ("# Mill\n\n<p align=center>x</p>", "", "file:///x.MD", True),
    ("<h1>Mill</h1>\n<p>It stands.</p>", "", "file:///x.md", False),  # HTML, whatever it is called
    ("<h1>Mill</h1>\n<p>[It](https://a.example/) stands.</p>", "text/markdown", "https://a.example/x", True),
    ("# Mill", "text/html", "https://a.example/x.md", False),
    ("<!doctype html>\n# Mill", "text/markdown", "https://a.example/x", False),
    ("<p>Mill</p>", "text/plain", "https://a.example/x", True),
    ("<p>Mill</p>", "", "file:///x.txt", True),
    ("<p>Mill</p>", "", "file:///x", False),
])  # fmt: skip
def test_a_text_is_told_from_a_page(text: str, media_type: str, url: str, is_plain: bool) -> None:
    assert plaintext.is_plain(text, media_type, url) is is_plain
