"""What is asked of a letter's text and markup.

No active content, nothing that follows the reader, readable by screen readers and in the dark, small enough for Gmail,
the same words in both forms.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from chaffinch.mailing.opened import Opened
from chaffinch.mailing.rules import Profile, Rule, Weight, some, unless

_CLIPPED = 102 * 1024
_ACTIVE = ("audio", "base", "button", "embed", "form", "iframe", "input", "object", "script", "svg", "video")
_LEAST_TEXT = 100
_INLINED = 5
_SAME = 0.8
_TAG = re.compile(r"</?(?:p|div|table|td|span|br|a|style)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|quot|#\d+);")
_LEFT_OVER = re.compile(r"\{\{|\{%|\bundefined\b")
_WHERE = re.compile(r"https?://[^\s/]+|mailto:[^\s@]+@")
_TINY = re.compile(r"(?<![-\w])(?:width|height):\s*[01]px")
_LEAVE = re.compile("unsub", re.IGNORECASE)


def _elements(letter: Opened, *names: str) -> list[HtmlElement]:
    return [] if letter.page is None else list(letter.page.iter(*names))


def _links(letter: Opened) -> list[str]:
    return [link.get("href", "") for link in _elements(letter, "a")]


def _shown(letter: Opened) -> str:
    if letter.page is None:
        return ""
    return " ".join(
        piece
        for element in letter.page.iter()
        for piece in ((element.text or "") if element.tag != "style" else "", element.tail or "")
    )


def _size(letter: Opened, _: Profile) -> str:
    size = len(letter.html.encode())
    return unless(size < _CLIPPED, f"{size} bytes of HTML; Gmail cuts off what is longer than {_CLIPPED}")


def _language(letter: Opened, _: Profile) -> str:
    return unless(letter.page is not None and letter.page.get("lang"), "<html lang> is not said")


def _title(letter: Opened, _: Profile) -> str:
    return unless(any((title.text or "").strip() for title in _elements(letter, "title")), "<title> is missing")


def _meta(letter: Opened, name: str) -> str:
    return unless(any(meta.get("name") == name for meta in _elements(letter, "meta")), f"<meta name={name}> is missing")


def _handlers(letter: Opened, _: Profile) -> str:
    return some([name for one in _elements(letter) for name in one.attrib if str(name).lower().startswith("on")])


def _sheets(letter: Opened, _: Profile) -> str:
    return some([link.get("href", "") for link in _elements(letter, "link") if link.get("rel") == "stylesheet"])


def _inlined(letter: Opened, _: Profile) -> str:
    count = sum(1 for one in _elements(letter) if one.get("style"))
    return unless(count >= _INLINED, "most mail programs need the style at each element")


def _tables(letter: Opened, _: Profile) -> str:
    silent = [table for table in _elements(letter, "table") if table.get("role") not in ("presentation", "none")]
    return unless(all(table.find(".//th") is not None for table in silent), 'a table wants role="presentation"')


def _pixel(letter: Opened, _: Profile) -> str:
    return some(
        [
            image.get("src", "")
            for image in _elements(letter, "img")
            if {image.get("width"), image.get("height")} & {"0", "1"} or _TINY.search(image.get("style", ""))
        ]
    )


def _pictures(letter: Opened, _: Profile) -> str:
    return some([i.get("src", "") for i in _elements(letter, "img") if not i.get("src", "").startswith("https:")])


def _bare(letter: Opened, attribute: str) -> str:
    return some([i.get("src", "")[:60] for i in _elements(letter, "img") if i.get(attribute) is None])


def _numeric(letter: Opened, _: Profile) -> str:
    return some([link for link in _links(letter) if re.match(r"https?://(?:\d+\.\d+\.\d+\.\d+|[^/]*@)", link)])


def _dishonest(letter: Opened, _: Profile) -> str:
    return some(
        [
            said
            for link in _elements(letter, "a")
            if (said := str(link.text_content()).strip()).startswith(("http://", "https://"))
            and urlsplit(said).hostname != urlsplit(link.get("href", "")).hostname
        ]
    )


def _way_out(letter: Opened, profile: Profile) -> str:
    link = any(_LEAVE.search(a.get("href", "") + a.text_content()) for a in _elements(letter, "a"))
    text = _LEAVE.search(letter.text) and ("https://" in letter.text or (profile.local and "http://" in letter.text))
    return unless(link and text, "a link to unsubscribe is wanted in both forms")


def _same(letter: Opened, _: Profile) -> str:
    read, seen = (set(re.findall(r"\w{5,}", text.lower())) for text in (letter.text, _shown(letter)))
    share = len(read & seen) / max(1, len(seen))
    return unless(share >= _SAME, f"the plain text has {share:.0%} of the words of the HTML")


BODY_RULES = (
    Rule("some text", lambda letter, _: unless(len(letter.text.strip()) >= _LEAST_TEXT, "hardly any plain text")),
    Rule("no markup in the plain text", lambda letter, _: some(_TAG.findall(letter.text)), words=True),
    Rule("no entities in the plain text", lambda letter, _: some(_ENTITY.findall(letter.text)), words=True),
    Rule(
        "no template left over",
        lambda letter, _: some(_LEFT_OVER.findall(letter.text) + _LEFT_OVER.findall(_shown(letter))),
        words=True,
    ),
    Rule("nothing is None", lambda letter, _: some(re.findall(r"\bNone\b", letter.text)), Weight.WARN, words=True),
    Rule("a way out", _way_out),
    Rule("the same words in both forms", _same, words=True),
    Rule("not clipped", _size),
    Rule("no active content", lambda letter, _: some([str(one.tag) for one in _elements(letter, *_ACTIVE)])),
    Rule("no scripts at elements", _handlers),
    Rule("no style from elsewhere", _sheets),
    Rule(
        "doctype",
        lambda letter, _: unless(letter.html.lstrip().lower().startswith("<!doctype"), "<!DOCTYPE html> is missing"),
        Weight.WARN,
    ),
    Rule("language", _language),
    Rule("title", _title),
    Rule("small screens", lambda letter, _: _meta(letter, "viewport")),
    Rule("dark screens", lambda letter, _: _meta(letter, "color-scheme"), Weight.WARN),
    Rule(
        "style in the dark",
        lambda letter, _: unless("prefers-color-scheme" in letter.html, "@media (prefers-color-scheme) is missing"),
        Weight.WARN,
    ),
    Rule("style at elements", _inlined),
    Rule("tables that only lay out say so", _tables),
    Rule("pictures in words", lambda letter, _: _bare(letter, "alt")),
    Rule("pictures with a width", lambda letter, _: _bare(letter, "width"), Weight.WARN),
    Rule("pictures over https", _pictures),
    Rule("no tracking pixel", _pixel),
    Rule("whole links", lambda letter, _: some([link for link in _links(letter) if not _WHERE.match(link)])),
    Rule(
        "links over https",
        lambda letter, _: some([link for link in _links(letter) if link.startswith("http://")]),
        Weight.WARN,
        words=True,
        away=True,
    ),
    Rule("links to names", _numeric, words=True, away=True),
    Rule("honest links", _dishonest, words=True),
)
