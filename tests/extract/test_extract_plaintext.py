"""What is read as plain text, and what as a page."""

import pytest

from chaffinch.extract import plaintext


@pytest.mark.parametrize(("text", "media_type", "url", "is_plain"), [
    ("# Mill\n\n<div align=center>x</div>", "text/markdown", "https://a.example/x", True),
    ("# Mill\n\n<div align=center>x</div>", "", "file:///x.MD", True),
    ("<h1>Mill</h1>\n<p>It stands.</p>", "", "file:///x.md", False),  # HTML, whatever it is called
    ("<h1>Mill</h1>\n<p>[It](https://a.example/) stands.</p>", "text/markdown", "https://a.example/x", False),
    ("<p align=center>x</p>\n# Mill\n## Boats\n[It](/it) stands.", "text/markdown", "https://a.example/x", True),
    ("<p>x</p>\n<pre># a\n# b\n</pre><script>a[0](b); c[1](d)</script>", "text/markdown", "https://a.example/x", False),
    ("<head><title>x</title>\n# Mill\n# Boats", "text/markdown", "https://a.example/x", False),
    ("# Mill", "text/html", "https://a.example/x.md", False),
    ("<!doctype html>\n# Mill", "text/markdown", "https://a.example/x", False),
    ("<p>Mill</p>", "text/plain", "https://a.example/x", True),
    ("<p>Mill</p>", "", "file:///x.txt", True),
    ("<p>Mill</p>", "", "file:///x", False),
])  # fmt: skip
def test_a_text_is_told_from_a_page(text: str, media_type: str, url: str, is_plain: bool) -> None:
    assert plaintext.is_plain(text, media_type, url) is is_plain
