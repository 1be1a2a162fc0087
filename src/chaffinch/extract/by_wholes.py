"""Code in a plain text stays or goes with what stands around it."""

from __future__ import annotations

from collections.abc import Sequence

from chaffinch.model import Block, Verdict


def settled(blocks: Sequence[Block], repeated: Sequence[bool]) -> list[Block]:
    """The judged blocks: code between lines that were kept is kept, unless the source repeats it."""
    found = list(blocks)
    amid = _are_amid(blocks)
    for at, block in enumerate(blocks):
        if _is_whole(block) and block.verdict is Verdict.BOILERPLATE and amid[at] and not repeated[at]:
            found[at] = block._replace(verdict=Verdict.CONTENT, reason="code in the midst of the text")
    return found


def _are_amid(blocks: Sequence[Block]) -> list[bool]:
    """For each block whether the nearest lines before and behind it were kept."""
    before, behind = _nearest_kept(blocks), _nearest_kept(blocks[::-1])[::-1]
    return [one and other for one, other in zip(before, behind, strict=True)]


def _nearest_kept(blocks: Sequence[Block]) -> list[bool]:
    is_kept, found = False, []
    for block in blocks:
        found.append(is_kept)
        if not _is_whole(block):
            is_kept = block.verdict is Verdict.CONTENT
    return found


def _is_whole(block: Block) -> bool:
    return block.tag == "pre"
