"""Markup is decoded, read as a tree, and turned into plain text."""

from __future__ import annotations

import codecs
import re
from html import unescape

from bs4 import BeautifulSoup
from bs4.dammit import EncodingDetector
from charset_normalizer import from_bytes

from chaffinch.errors import ReadError
from chaffinch.model import Page
from chaffinch.text import one_line

_PROLOG = re.compile(r"\s*<\?xml[^>]*\?>")
_TAG = re.compile(r"<[^<>]*>")
_MOST_TAGS = 200_000
_MOST_TAGS_OF_A_FRAGMENT = 20_000
_LOOKED_AT = 64 << 10
_WINDOWS = dict.fromkeys(("ascii", "iso-8859-1", "latin-1", "latin1", "us-ascii"), "cp1252")
"""What calls itself so is Windows-1252 in practice (WHATWG Encoding §4.2)."""
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(page: Page) -> str:
    """The body as text: by its mark, by what the transport said, by what it says itself, by its looks; never fails."""
    for mark, name in _MARKS:
        if page.body.startswith(mark):
            return page.body[len(mark) :].decode(name, "replace")
    declared = EncodingDetector.find_declared_encoding(page.body[:_LOOKED_AT], is_html=True)
    for charset in (page.charset, declared, "utf-8"):
        try:
            if charset:
                return page.body.decode(_WINDOWS.get(charset.lower(), charset))
        except (LookupError, ValueError):
            continue
    guess = from_bytes(page.body[:_LOOKED_AT]).best()
    return page.body.decode(guess.encoding if guess else "cp1252", "replace")


def tree(html: str) -> BeautifulSoup:
    """The tree of an HTML document or fragment. Raises ReadError when it would take too long: 200,000 tags or more."""
    if html.count("<") >= _MOST_TAGS:
        raise ReadError("more tags than a page for readers has")
    return BeautifulSoup(_PROLOG.sub("", html, count=1).replace("\0", ""), "lxml")


def plain(html: str, between: str = "") -> str:
    """The text of a fragment in one line, `between` set between its pieces."""
    if "<" not in html and "&" not in html:
        return one_line(html)
    if html.count("<") > _MOST_TAGS_OF_A_FRAGMENT:
        return one_line(unescape(_TAG.sub(between, html)))
    fragment = tree(f"<p>{html}</p>")
    for hidden in fragment(["script", "style"]):
        hidden.decompose()
    return one_line(fragment.get_text(between))


def looks_like_html(body: bytes) -> bool:
    """Whether a body is a web page, by its first tag."""
    start = re.sub(rb"^(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml[^>]*\?>)*", b"", body[:4096], flags=re.DOTALL)
    return re.match(rb"<(?:!doctype\s+html|html|head|body|title|meta|script)\b", start, re.IGNORECASE) is not None
