"""The title stands outside the text; where the page shows it above the text, it is not shown twice."""

from __future__ import annotations

from collections.abc import Sequence

from chaffinch.extract.by_repeats import is_sentence
from chaffinch.model import Block, Verdict
from chaffinch.text import is_said, normalised


def verdicts(blocks: Sequence[Block], title: str) -> list[tuple[Verdict, str] | None]:
    """BOILERPLATE for headings that are the title, and for lines that are, down to the first running text."""
    found: list[tuple[Verdict, str] | None] = [None] * len(blocks)
    plain = normalised(title)
    if not plain:
        return found
    above = True
    for at, block in enumerate(blocks):
        above = above and not is_sentence(block)
        if (above or block.tag == "h1") and block.words <= 60 and is_said(block.text, plain, block.words):
            found[at] = (Verdict.BOILERPLATE, "the title")
    return found
