"""A block that says nothing but a known phrase is furniture."""

from __future__ import annotations

from collections.abc import Sequence

from chaffinch.extract import phrases
from chaffinch.model import Block, Verdict


def verdicts(blocks: Sequence[Block]) -> list[tuple[Verdict, str] | None]:
    """BOILERPLATE for whole blocks from the table, of the kinds that are furniture wherever they stand alone."""
    return [_verdict(block) for block in blocks]


def _verdict(block: Block) -> tuple[Verdict, str] | None:
    if not block.words or block.words > 18 or "code" in block.marks or "table" in block.marks:
        return None
    kind = phrases.kind_of(block.text)
    return (Verdict.BOILERPLATE, f"phrase: {kind}") if kind and phrases.is_certain(kind) else None
