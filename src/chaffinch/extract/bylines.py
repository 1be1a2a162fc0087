"""Who wrote an article, as one line of names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import html

from chaffinch.text import one_line

_BY = re.compile(
    r"^\s*(?:(?:written|posted|published|reported|story|words|text|article|reviewed|edited)\s+)?"
    r"(?:by|von|par|por|da|door|автор|автор статьи|przez|autor(?:in)?|author|auteur|yazar|作者|文|记者|نویسنده|بقلم)"
    r"\b\s*[:/-]?\s*",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:[|•·]|\bpublished\b|\bupdated\b|\bposted\b|\bon (?=\w+ \d)|\d{1,2}[./]\d{1,2}[./]|\b\d{4}\b|\d+ min|@\w"
    r"|\(?\S+@\S+).*$",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    (
        "admin",
        "administrator",
        "author",
        "editor",
        "guest",
        "null",
        "none",
        "redaktion",
        "staff",
        "undefined",
        "unknown",
        "webmaster",
        "by",
        "share",
    )
)
_CLASSES = ("article-author", "article__author", "author", "byline", "entry-author", "post-author")
_MARKED = (
    "//*[@itemprop='author']//*[@itemprop='name']",
    "//*[@itemprop='author']",
    "//a[@rel='author']",
    "//*[contains(concat(' ', @class, ' '), ' author-name ') or contains(concat(' ', @class, ' '), ' byline__name ')]",
    "//*[{}]".format(" or ".join(f"contains(concat(' ', @class, ' '), ' {name} ')" for name in _CLASSES)),
    "//*[contains(@class, 'byline') or contains(@class, 'author')]",
)
"""Surest first; comments' authors are left out below."""
_ANY = "boolean(//*[@itemprop='author' or @rel='author' or contains(@class, 'author') or contains(@class, 'byline')])"
"""Most pages name nobody so, and one look is cheaper than six."""


def joined(names: Iterable[str]) -> str:
    """The names, each once and cleaned, with commas between; empty where nobody is named."""
    found: list[str] = []
    for name in names:
        clean = cleaned(name)
        if clean and clean.lower() not in (known.lower() for known in found):
            found.append(clean)
    return ", ".join(found[:8])


def cleaned(name: str) -> str:
    """The name without "By", dates and addresses around it; empty where it is no name."""
    name = one_line(name)
    if name.startswith(("http:", "https:", "//", "@")) or len(name) > 200:
        return ""
    name = _TAIL.sub("", _BY.sub("", name)).strip(" ,;:|–—-·•/")
    if not name or name.lower() in _NOBODY or len(name.split()) > 9 or not any(map(str.isalpha, name)):
        return ""
    return name


def is_line(line: str) -> bool:
    """Whether a line of text says who wrote it: `By Ann Other`, `Von Max Muster`."""
    found = _BY.match(line)
    rest = line[found.end() :] if found else ""
    words = rest.split()
    return bool(found) and 1 <= len(words) <= 7 and not re.search(r"[.!?]$", rest) and words[0][:1].isupper()


def marked(root: html.HtmlElement) -> str:
    """The byline that the page's markup shows."""
    if not root.xpath(_ANY):
        return ""
    for path in _MARKED:
        for element in root.xpath(path)[:6]:
            if any(
                "comment" in (up.get("class") or "") or "comment" in (up.get("id") or "")
                for up in element.iterancestors()
            ):
                continue
            said = element.get("content") or element.text_content()
            name = cleaned(said) if len(said) < 200 else ""
            if name and len(name.split()) <= 8 and name[:1].isupper():
                return name
    return ""
