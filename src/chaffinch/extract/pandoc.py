"""What pandoc adds to Markdown is taken out: the classes of a page's elements, and boxes around them.

Pandoc's Markdown, extensions `fenced_divs`, `bracketed_spans`, `link_attributes`, `header_attributes` and `smart`. What
stands between fences of code stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaffinch.extract.coded import is_fence

_BOX = re.compile(r"\s*:{3,}(?:\s*(?:\{.*\}|[\w-]+)?\s*:*)\s*")
_OF = r"\{\s*(?:#[\w-]|\.[a-zA-Z_-]|[\w:-]+=)(?:[^{}\"\n]|\"(?:\\.|[^\"\\\n])*\")*\}"
_ATTRIBUTES = re.compile(rf"(?<=[\])`]){_OF}")
_OF_HEADING = re.compile(rf"(?<=\S)\s+{_OF}\s*$")
_SPAN = re.compile(rf"(?<![!\\])\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]{_OF}")
"""A link may stand in it."""
_DEEPEST = 8
"""Spans in spans that are opened."""
_FEWEST = 5
"""Lines that bear such marks; braces stand in other texts, too."""
_ESCAPED = re.compile(r"\\(?:([\"'$@^~])|(\.(?=\.\.))|(-(?=-))|$)")


def without(lines: Sequence[str]) -> Sequence[str]:
    """As many lines, without such marks; as they are where the text bears next to none."""
    if sum(_bears(line) for line in lines) < _FEWEST:
        return lines
    found, is_code = [], False
    for line in lines:
        is_mark = is_fence(line)
        found.append(line if is_code or is_mark else _bare(line))
        is_code ^= is_mark
    return found


def _bears(line: str) -> bool:
    return _is_box(line) or ("{" in line and _ATTRIBUTES.search(line) is not None)


def _is_box(line: str) -> bool:
    return ":::" in line and _BOX.fullmatch(line) is not None


def _bare(line: str) -> str:
    if _is_box(line):
        return ""
    if "{" in line:
        for _ in range(_DEEPEST):
            line, opened = _SPAN.subn(r"\1", line)
            if not opened:
                break
        line = _ATTRIBUTES.sub("", line)
        if line.lstrip().startswith("#"):
            line = _OF_HEADING.sub("", line)
    return _ESCAPED.sub(r"\1\2\3", line) if "\\" in line else line
