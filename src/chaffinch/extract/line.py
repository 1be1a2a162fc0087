"""A line of a plain text is told by its number, what it says and where it stands."""

from __future__ import annotations

import re
from typing import NamedTuple

from chaffinch.model import Block
from chaffinch.text import one_line

BULLET = re.compile(r"(?:(?:[-*•‣◦–—·▪●]|\(?\d{1,3}[.)]|[a-z][.)])\s+|(?:・|（?\d{1,3}[、．）](?!\d)|[①-⑳])\s*)\S")
"""What a line of a list begins with."""
_TAB = 4
_DEEPEST = 200
"""Columns that are counted."""


class Line(NamedTuple):
    """One line, or several that were one."""

    number: int
    """Of the first line that it was."""
    text: str
    """What it says, in one line."""
    indent: int = 0
    """Columns before it; tabs stop at each fourth (CommonMark 0.31, §2.2)."""
    within: str = ""
    """The path to the quote that it stands in."""
    written: str = ""
    """As it was written."""


class Piece(NamedTuple):
    """A block of the text, and where its first line stood."""

    block: Block
    number: int
    indent: int
    within: str


def read(number: int, written: str, within: str = "") -> Line:
    """The line as it was written, understood."""
    blanks = len(written) - len(written.lstrip())
    return Line(number, one_line(written), len(written[: min(blanks, _DEEPEST)].expandtabs(_TAB)), within, written)
