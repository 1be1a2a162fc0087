"""A line that was dumped as Markdown is read: headings, links, bold words.

The marks are those of CommonMark 0.31, §2.4, §4.2, §6.2, §6.3, §6.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from chaffinch.extract.inline import attribute
from chaffinch.extract.links import Links
from chaffinch.text import count_words, one_line

_TARGET = r"\(\s?<?((?:[^\s()<>]|\([^\s()]*\)){0,2000})>?(?:\s\"[^\"]{0,500}\")?\s?\)"
_PICTURE = re.compile(rf"!\[[^\[\]]{{0,1000}}\]{_TARGET}")
_LINK = re.compile(rf"\[([^\[\]]{{0,1000}})\]{_TARGET}")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_SECTION = re.compile(r"#{2,6}\s+[^\W_]")
_SIGN = re.compile(r"\]\(\S|^#{1,6} \S", re.MULTILINE)
_UNREAD = re.compile(r"<(script|style|pre)\b[^<]*(?:<(?!/?(?:script|style|pre)\b)[^<]*)*</\1>", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|head|body|title)[\s>]", re.IGNORECASE)
_WRITTEN = re.compile(r"<(?:p|h[1-6]|li|td|th)[\s>]", re.IGNORECASE)
_CLOSING = re.compile(r"(?<!\s)\s+#+$")
_BOLD = re.compile(r"(?<!\w)\*\*(?=\S)([^*]{1,2000})(?<=\S)\*\*(?!\w)")
_STRESSED = (
    re.compile(r"(?<![\w*/])\*(?=[\w\"“'‘«(])([^*]{1,2000})(?<=[^\s*])\*(?![\w*/])"),
    re.compile(r"(?<!\w)_(?=[^\W_]|[\"“'‘«(])([^_]{1,2000})(?<=[^\s_])_(?!\w)"),
)
"""`*so*` and `_so_`, which also stand in mail; no comment or pattern of a program, nor a name such as `__init__`."""
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


class Read(NamedTuple):
    """What a line says."""

    text: str
    html: str
    linked_words: int
    level: int = 0
    """Of the heading that it is; 0 where it is none."""


def read(line: str, *, alone: bool) -> Read:
    """The line without its marks, and with links; it stays as it is where it bears none.

    Pictures are left out, and so are addresses that mean nothing elsewhere; the words of such links stay. Only a line
    that stands `alone` between empty ones is a heading, or one that begins a section: others that begin with a # are
    comments of programs.
    """
    heading = _HEADING.match(line) if alone else None
    level = heading[0].count("#") if heading else 0
    if not heading and not _is_marked(line):
        return Read(line, escape(line, quote=False), 0)
    if heading:
        line = _CLOSING.sub("", line[heading.end() :])
    line = _bare(line)
    parts = list(_parts(_BOLD.sub(r"\1", _PICTURE.sub(" ", line))))
    return Read(
        one_line("".join(text for text, _ in parts)),
        one_line("".join(_html(text, url) for text, url in parts)),
        sum(count_words(text) for text, url in parts if url is not None),
        level,
    )


def is_likely(text: str) -> bool:
    """Whether a text bears headings or links of Markdown."""
    return _SIGN.search(text) is not None


def outweighs(text: str) -> bool:
    """Whether a text that bears tags of HTML, too, was written in Markdown: of its marks there are more."""
    bare = _UNREAD.sub(" ", text)
    return not _PAGE.search(bare) and len(_SIGN.findall(bare)) > len(_WRITTEN.findall(bare))


def begins_section(line: str, following: str) -> bool:
    """Whether the first line of a paragraph is a heading of its own though no empty line follows it.

    One # may begin a program's comment there, and several lines with marks are one or its output.
    """
    return _SECTION.match(line) is not None and not following.startswith("#")


def _is_marked(line: str) -> bool:
    return "](" in line or "**" in line or any(mark.search(line) for mark in _STRESSED)


def _bare(line: str) -> str:
    """A line without the marks that stress the whole of it, links and all."""
    mark = line[:1]
    if mark not in ("*", "_") or line[-1:] != mark or len(line) < 3 or line[1].isspace() or line[-2].isspace():
        return line
    return line[1:-1] if _LINK.sub(r"\1", line).count(mark) == 2 else line


def _parts(line: str) -> Iterator[tuple[str, str | None]]:
    """Runs of text, each with the address of the link that it is; None where it is none."""
    at = 0
    for link in _LINK.finditer(line):
        yield _plain(line[at : link.start()]), None
        yield _plain(link[1]), link[2]
        at = link.end()
    yield _plain(line[at:]), None


def _plain(text: str) -> str:
    for mark in _STRESSED:
        text = mark.sub(r"\1", text)
    return _ESCAPED.sub(r"\1", text)


def _html(text: str, url: str | None) -> str:
    written = escape(text, quote=False)
    target = Links("").web(url) if url and text.strip() and _ADDRESS.match(url) else ""
    return f'<a href="{attribute(target)}">{written}</a>' if target else written
