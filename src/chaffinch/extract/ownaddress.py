"""The line above a text in which it tells its own address, as tools write it that save pages: `URL: https://…`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaffinch import urls
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block

_LINE = re.compile(
    r"(canonical(?: url)?|original url|page url|permalink|source url|url source|url)\s?[:：]\s*<?(https?://[^\s<>{}]+)>?",
    re.IGNORECASE,
)
"""Not "source", "link" or "original" alone, nor an address without a label: these lead to others as often."""
_FIRST = "url"
"""A label that counts in a text's very first line only: what describes an interface has such lines."""
_ABOVE = 12
"""Blocks at a text's beginning."""


def found(blocks: Sequence[Block]) -> tuple[int, str] | None:
    """The place, among the blocks, of the line that tells the text's address, and that; None where there is none.

    Of the first twelve blocks one above the first sentence may tell it. A site's front page is no text's address, and
    neither is a name without a dot.
    """
    for at, block in enumerate(blocks[:_ABOVE]):
        if (line := _LINE.fullmatch(block.text)) and (at == 0 or line[1].lower() != _FIRST):
            is_own = urls.is_web(line[2]) and not urls.is_front(line[2]) and "." in urls.host_of(line[2])
            return (at, line[2]) if is_own else None
        if is_sentence(block):
            return None
    return None
