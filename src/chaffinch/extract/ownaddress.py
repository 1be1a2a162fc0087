"""The line above a text in which it tells its own address, as tools write it that save pages: `URL Source: https://…`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaffinch import urls
from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block

_LINE = re.compile(
    r"(?:canonical(?: url)?|original url|page url|permalink|source url|url source)\s?[:：]\s*<?(https?://[^\s<>{}]+)>?",
    re.IGNORECASE,
)
"""Not "source", "link", "original" or "URL" alone, nor an address without a label: these lead to others as often."""
_PRIVATE = re.compile(r"[\d.]+|.*\.(?:internal|lan|local|localdomain)|[^.]*|.*[\[\]:@].*")
"""Networks' own names and addresses, and what has a user in it."""
_ABOVE = 12
"""Blocks at a text's beginning."""


def found(blocks: Sequence[Block]) -> tuple[int, str] | None:
    """The place, among the blocks, of the line that tells the text's address, and that; None where there is none.

    Of the first twelve blocks one above the first sentence may tell it, and no other. A site's front page is no text's
    address, nor is what leads into a network of one's own, or has an address within it.
    """
    told = [(at, line[1].rstrip(".,;")) for at, block in enumerate(blocks) if (line := _LINE.fullmatch(block.text))]
    if len(told) != 1 or any(map(is_sentence, blocks[: told[0][0]])):
        return None
    at, url = told[0]
    parts = urls.split(url) if urls.is_web(url) else None
    if parts is None or at >= _ABOVE or urls.is_front(url) or _PRIVATE.fullmatch(parts.netloc.lower()):
        return None
    return None if "://" in parts.path else (at, url)
