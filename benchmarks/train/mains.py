"""What another tool takes for a page's main content, as a kind of dump that people have."""

from __future__ import annotations

from collections.abc import Sequence

from resiliparse.extract.html2text import extract_plain_text

from chaffinch.model import Block

_ENOUGH = 200
"""Characters of a block that tell it from all others."""


def of(blocks: Sequence[Block], markup: str) -> list[bool]:
    """For each block whether Resiliparse keeps it. The markup must have been checked (`tree.checked`)."""
    kept = " ".join(extract_plain_text(markup, main_content=True, alt_texts=False, links=False).split())
    texts = [" ".join(block.text[: 2 * _ENOUGH].split())[:_ENOUGH] for block in blocks]
    return [bool(text) and text in kept for text in texts]
