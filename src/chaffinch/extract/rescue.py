"""A text that the page carries in JSON-LD replaces what was extracted, where that is only a piece of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from chaffinch.extract.jsonld import Thing
from chaffinch.model import Block, Verdict
from chaffinch.text import count_words, one_line

_LONGER = 1.5
"""Times; below that the page's own text is the better one (`docs/extraction.md`)."""
_LEAST = 60
_SENTENCES = re.compile(r"[.!?。！？؟][\"'”’»)]*(?:\s|$)|[。！？]")
_TAG = re.compile(r"<[^<>]{1,200}>|&(?:\w{2,8}|#\d{2,5});")


def rescued(blocks: Sequence[Block], article: Thing) -> list[Block]:
    """The blocks; instead of the kept ones those of `articleBody`, where that is well formed and far longer."""
    body = article.get("articleBody")
    if not isinstance(body, str) or len(body) > 1_000_000:
        return list(blocks)
    kept = sum(block.words for block in blocks if block.verdict is Verdict.CONTENT)
    paragraphs = [text for text in map(one_line, re.split(r"\n+", body)) if text]
    words = sum(map(count_words, paragraphs))
    if words < _LEAST or words <= _LONGER * kept or not _well_formed(body, words):
        return list(blocks)
    why = f"the page's JSON-LD holds {words} words of text, its blocks only {kept}"
    dropped = [
        replace(b, verdict=Verdict.BOILERPLATE, reason=why) if b.verdict is Verdict.CONTENT else b for b in blocks
    ]
    return dropped + [
        Block(
            f"json-ld/articleBody/p[{n}]", "p", escape(text, quote=False), text, count_words(text),
            verdict=Verdict.CONTENT, reason="the text that the page carries in JSON-LD",
        )
        for n, text in enumerate(paragraphs, 1)
    ]  # fmt: skip


def _well_formed(body: str, words: int) -> bool:
    cut_off = body.rstrip().endswith(("...", "…"))
    return not cut_off and len(_SENTENCES.findall(body)) >= words / 60 and len(_TAG.findall(body)) <= 2
