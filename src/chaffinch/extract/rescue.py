"""A text that the page carries for machines replaces what was extracted, where that is only a piece of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from lxml import html

from chaffinch.errors import ExtractError
from chaffinch.extract import pagestate, segment, tree
from chaffinch.extract.jsonld import Thing
from chaffinch.extract.punctuation import CLOSERS, STOPS, WIDE_STOPS
from chaffinch.model import Block, Verdict
from chaffinch.text import count_words, one_line

_LONGER = 1.5
"""Times; below that the page's own text is the better one (`docs/extraction.md`)."""
_LEAST = 60
_MOST = 1_000_000
_SENTENCES = re.compile(rf"[{STOPS}][{CLOSERS}]*(?:\s|$)|[{WIDE_STOPS}]")
_TAG = re.compile(r"<[^<>]{1,200}>|&(?:\w{2,8}|#\d{2,5});")


def rescued(
    blocks: Sequence[Block], article: Thing, scripts: Sequence[html.HtmlElement], title: str, base: str
) -> list[Block]:
    """The blocks; instead of the kept ones those of a text in JSON-LD, or in the page's data for its scripts.

    Only one that is well formed and far longer than what was kept.
    """
    kept = sum(block.words for block in blocks if block.verdict is Verdict.CONTENT)
    for where, found in _told(article, scripts, title, base, kept):
        words = sum(block.words for block in found)
        text = "\n".join(block.text for block in found)
        if words >= _LEAST and words > _LONGER * kept and _well_formed(text, words):
            why = f"the page's {where} holds {words} words of text, its blocks only {kept}"
            return [
                b._replace(verdict=Verdict.BOILERPLATE, reason=why) if b.verdict is Verdict.CONTENT else b
                for b in blocks
            ] + [
                b._replace(verdict=Verdict.CONTENT, reason=f"the text that the page carries in its {where}")
                for b in found
            ]
    return list(blocks)


def _told(
    article: Thing, scripts: Sequence[html.HtmlElement], title: str, base: str, kept: int
) -> Iterable[tuple[str, Sequence[Block]]]:
    body = article.get("articleBody")
    if isinstance(body, str) and len(body) <= _MOST:
        yield "JSON-LD", _paragraphs(body, "json-ld/articleBody")
    body = pagestate.body(scripts, title, int(_LONGER * kept))
    if body and len(body) <= _MOST:
        yield "data for its scripts", _cut(body, base) if pagestate.is_markup(body) else _paragraphs(body, "script")


def _cut(markup: str, base: str) -> Sequence[Block]:
    try:
        root = tree.parse(markup)
    except ExtractError:
        return ()
    return [block._replace(path=f"script/{block.path}") for block in segment.cut(root, base).blocks]


def _paragraphs(text: str, path: str) -> Sequence[Block]:
    lines = (line for line in map(one_line, re.split(r"\n+", text)) if line)
    return [
        Block(f"{path}/p[{n}]", "p", escape(line, quote=False), line, count_words(line))
        for n, line in enumerate(lines, 1)
    ]


def _well_formed(body: str, words: int) -> bool:
    cut_off = body.rstrip().endswith(("...", "…"))
    return not cut_off and len(_SENTENCES.findall(body)) >= words / 60 and len(_TAG.findall(body)) <= 2
