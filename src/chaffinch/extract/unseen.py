"""What no reader sees is taken out of a text that a tool dumped as Markdown.

Pictures that are written out in letters, and tags that only give form (CommonMark 0.31, §4.6, §6.6) where there are
some. What stands in code stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_FORM = (
    "abbr|article|aside|button|center|details|dialog|div|figcaption|figure|font|footer|form|header|iframe|img|input"
    "|label|main|nav|noscript|path|picture|section|small|source|span|style|sub|summary|sup|svg|table|tbody|td|th|thead"
    "|time|tr|u|video|wbr"
)
_CODE = r"^ {0,3}```.*?^ {0,3}```|``[^`\n]+``|`[^`\n]+`"
_TAG = rf"</?(?:{_FORM})(?:\s[^<>]*)?/?>"
_LINK = r"</?a(?:\s[^<>]*)?>"
_ALONE = re.compile(rf"(?:(?:{_TAG}|{_LINK})\s*)+", re.IGNORECASE)
_IN_TEXT = tuple(
    re.compile(rf"{_CODE}|{pattern}", re.IGNORECASE | re.DOTALL | re.MULTILINE)
    for pattern in (_TAG, rf"{_LINK}(?:(?<=>)([^<>\[\]\n]+)</a>)?")
)
"""Links last, for then nothing but words stands in them."""
_ADDRESS = re.compile(r"\shref=\"(https?://[^\"<>\s()]+)\"", re.IGNORECASE)
_PICTURE = re.compile(r"!\[[^\[\]]{0,1000}\]\(data:[^\s()]*(?:\s+\"[^\"]*\")?\)")
_MARKDOWN = re.compile(r"\]\(\S|^#{1,6} \S")
_ITEM = re.compile(r"(?:[-*+]|\d{1,6}[.)])(?:\s|$)")
_FEWEST = 6
"""Lines that are tags and nothing else; fewer are an example."""
_SET_IN = 4
"""Columns from which on a line is code, unless it belongs to a list."""


def without(lines: Sequence[str]) -> Sequence[str]:
    """As many lines; tags stay where the text is no Markdown, or has next to none of them."""
    if any("](data:" in line for line in lines):
        lines = [_PICTURE.sub("", line) for line in lines]
    alone = sum(line[:1] == "<" and _ALONE.fullmatch(line.rstrip()) is not None for line in lines)
    if alone < _FEWEST or not any(map(_MARKDOWN.search, lines)):
        return lines
    found: list[str] = []
    for is_code, run in _runs(lines):
        found += run if is_code else _bare(run)
    return found


def _bare(lines: Sequence[str]) -> Iterator[str]:
    text = "\n".join(lines)
    for tags in _IN_TEXT:
        text = tags.sub(_said, text)
    for was, line in zip(lines, text.split("\n"), strict=True):
        yield "" if line != was and _ITEM.fullmatch(line.strip()) else line


def _said(found: re.Match[str]) -> str:
    """Code as it is; a link as Markdown; of any other tag the ends of its lines."""
    if found[0][-1] == "`":
        return found[0]
    words = (found[1] if found.re.groups else None) or ""
    if words.strip() and (address := _ADDRESS.search(found[0])):
        words = f"[{words.strip()}]({address[1]})"
    return words + "\n" * found[0].count("\n")


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """The lines by runs, each with whether it is set in so far as code is, and belongs to no list."""
    run: list[str] = []
    is_code = is_listed = False
    for line in lines:
        if text := line.strip():
            is_set_in = len(line) - len(line.lstrip()) >= _SET_IN
            if not is_set_in:
                is_listed = _ITEM.match(text) is not None
            if (is_set_in and not is_listed) != is_code:
                if run:
                    yield is_code, run
                run, is_code = [], not is_code
        run.append(line)
    yield is_code, run
