"""Headings with a line of `=` or `-` below them bear `#` and `##` instead, which say the same.

CommonMark 0.31, §4.3, with care: a line of dashes may part a text, end a letter or belong to a table, so it must be
about as long as the line above it, and both stand between empty lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chaffinch.extract import coded
from chaffinch.extract.punctuation import ENDS
from chaffinch.extract.wrapped import display_width

_BELOW = re.compile(r" {0,3}(={3,}|-{3,})\s*")
_LONGEST = 300
_SHORTER, _LONGER = 0.8, 1.25
"""Lengths of such a line, beside that of the heading."""
_FEWEST, _SENTENCE = 4, 60
"""Characters of a heading, and of one that may not end like a sentence."""
_LETTER = re.compile(r"[^\W\d_]")
_NO_HEADING = re.compile(r"\s*(?:[#>|]|[-*+]\s|\d{1,6}[.)]\s|$|\w+ \d+\s*$)|.*(?:\s\|\s|\s=\s|\S\s{2,}\S|::\s*$)")
"""Items, rows of tables, sums, "page 12"."""


def read(lines: Sequence[str]) -> Sequence[str]:
    """As many lines; those below such headings are empty."""
    places = list(_places(lines))
    if not places:
        return lines
    found, is_code = list(lines), coded.is_code(lines)
    for at in places:
        if not is_code[at]:
            found[at] = f"{'#' if lines[at + 1].lstrip()[0] == '=' else '##'} {lines[at].strip()}"
            found[at + 1] = ""
    return found


def _places(lines: Sequence[str]) -> Iterator[int]:
    """Where such headings stand."""
    for at, line in enumerate(lines[1:]):
        if (below := _BELOW.fullmatch(line)) and _is_heading(lines[at], len(below[1])):
            is_apart = (at == 0 or not lines[at - 1].strip()) and (at + 2 >= len(lines) or not lines[at + 2].strip())
            if is_apart:
                yield at


def _is_heading(line: str, below: int) -> bool:
    said = line.strip()
    if not _FEWEST <= len(said) <= _LONGEST or _NO_HEADING.match(line) or not _LETTER.search(said):
        return False
    is_sentence = len(said) > _SENTENCE and said[-1] in ENDS
    lengths = (len(said), display_width(said))
    return not is_sentence and any(_SHORTER * n <= below <= _LONGER * n + 1 for n in lengths)
