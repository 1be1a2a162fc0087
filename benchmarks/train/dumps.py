"""A page is saved as text in many ways, each line with what it is.

Labels are 1 (the article's), 0 (furniture), -1 (nobody knows, or it may stay or go) and -2 (left out by the truth, in
the midst of the article and with no other sign of furniture: cells of tables, pros and cons; see `doubts.py`). They are
what annotators said of a line (`annotated.py`), and the truth's where none was asked.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import annotated  # type: ignore[import-not-found] # beside this script
import corpus  # type: ignore[import-not-found] # beside this script
import fixtures  # type: ignore[import-not-found] # beside this script
import mains  # type: ignore[import-not-found] # beside this script
import numpy as np
from align import labels  # type: ignore[import-not-found] # beside this script
from doubts import doubtful  # type: ignore[import-not-found] # beside this script
from tools import TOOLS  # type: ignore[import-not-found] # beside this script

from chaffinch.extract import charset, extractor, phrases, plaintext, segment, tree
from chaffinch.model import Block, Page, Reference, Repeats, Rules, Verdict

Line = tuple[str, int]
IN_DOUBT = -2
SURE = 0.85
UNSURE = 0.1
SMALL = 2
"""Small texts that are made of each page."""
LEARNED = ("resiliparse", "resiliparse, main")
"""Tools whose dumps are learned from; those of others are for measuring."""


@dataclass
class Dump:
    """One text, cut as in use."""

    way: str
    text: str
    blocks: list[Block]
    label: np.ndarray


@dataclass
class Saved:
    """A page's lines in order, and whether each looks like main content."""

    sample: Any
    markup: str
    lines: list[Line]
    main: list[bool]
    headlines: frozenset[str]
    """The lines that annotators call the headline."""
    is_known: bool
    """Whether it was told what its article is, line by line or by its text."""

    @property
    def body(self) -> str:
        return "\n".join(text for text, label in self.lines if label == 1)


def saved(sample: corpus.Sample, *, by_truth: bool = False) -> Saved:
    """The whole page, labelled by annotators; where none was asked by its truth, or by snippets and the block model.

    With `by_truth` no annotator is asked.
    """
    markup = tree.checked(charset.decode(sample.body))
    if sample.truth:
        cut = segment.cut(tree.grown(markup), sample.url)
        blocks = cut.blocks
        shares = labels([block.text for block in blocks], sample.truth)
        known = by_share(shares)
        for at in doubtful(cut, shares, sample):
            known[at] = IN_DOUBT
    else:
        page = Page(sample.url, sample.body, "text/html")
        blocks = list(extractor.understand(Reference(sample.url), page, Rules(), Repeats()).blocks)
        known = [by_snippets(block, sample) for block in blocks]
    found = _lines(blocks, known, markup)
    read = [""] * len(found) if by_truth else annotated.of(sample.name, [text for text, *_ in found])
    lines = [(text, annotated.label(kind, told, -1)) for (text, told, _), kind in zip(found, read, strict=True)]
    heads = frozenset(text for (text, _), kind in zip(lines, read, strict=True) if kind == annotated.HEADLINE)
    return Saved(sample, markup, lines, [main for *_, main in found], heads, bool(sample.truth) or any(read))


def saved_fixture(page: fixtures.Fixture) -> Saved:
    """The same of a page that another project tests with, labelled by annotators."""
    markup = tree.checked(charset.decode(page.body))
    blocks = segment.cut(tree.grown(markup), page.url).blocks
    kinds = fixtures.of(page, [block.text for block in blocks])
    found = _lines(blocks, [annotated.label(kind, 0, -1) for kind in kinds], markup)
    heads = [
        " ".join(block.text.split())
        for block, kind in zip(blocks, kinds, strict=True)
        if kind == annotated.HEADLINE and block.words
    ]
    title = heads[0] if heads else ""
    lines = [(text, label) for text, label, _ in found]
    return Saved(page.sample(title), markup, lines, [main for *_, main in found], frozenset(heads), is_known=True)


def _lines(blocks: Sequence[Block], known: Sequence[int], markup: str) -> list[tuple[str, int, bool]]:
    """Of each block with words what it says, its label, and whether it looks like main content."""
    return [
        (" ".join(block.text.split()), label, main)
        for block, label, main in zip(blocks, known, mains.of(blocks, markup), strict=True)
        if block.words
    ]


def by_share(shares: Sequence[float]) -> list[int]:
    return [-1 if share < 0 or 0.1 < share < 0.5 else int(share >= 0.5) for share in shares]


def by_snippets(block: Block, sample: corpus.Sample) -> int:
    text = block.text
    if any(part in text or (len(text) > 20 and text in part) for part in sample.left_out):
        return 0
    if any(part in text or (len(text) > 20 and text in part) for part in sample.kept):
        return 1
    if block.verdict is Verdict.CONTENT:
        return 1 if block.score is None or block.score >= SURE else -1
    return 0 if block.score is None or block.score <= UNSURE else -1


def judged_as_used(page: Saved, *, main: bool) -> Dump:
    """The dump on which figures are reported: a block a line, a blank line between."""
    lines = [line for line, inside in zip(page.lines, page.main, strict=True) if inside or not main]
    return _dump("main" if main else "whole", lines, "\n\n")


def varied(page: Saved, chance: random.Random, titles: Sequence[str]) -> Iterator[Dump]:
    """Dumps to learn from: other tools, lost and glued lines, and small texts like those that people save by hand."""
    for main in (False, True):
        lines = [line for line, inside in zip(page.lines, page.main, strict=True) if inside or not main]
        yield _dump("noisy", _noisy(lines, chance), chance.choice(("\n", "\n\n", "\n\n")))
    if page.is_known:
        for tool in LEARNED:
            yield by_tool(page, chance, tool)
    for _ in range(SMALL):
        yield small(page, chance, titles, chance.choice(("\n", "\n\n", "\n\n")))


def small(page: Saved, chance: random.Random, titles: Sequence[str], between: str = "\n\n") -> Dump:
    """The body with a few lines of furniture around and in it, of its own page and of others, as people save texts."""
    return _dump("small", _small(page, chance, titles), between)


def by_tool(page: Saved, chance: random.Random, tool: str) -> Dump:
    """The page as a tool saves it, its lines labelled by the words that they share with the article's."""
    doubts = {text: label for text, label in page.lines if label < 0}
    text = TOOLS[tool](page.markup, chance)[: plaintext.MAX_CHARACTERS]
    cut = plaintext.cut(text)
    known = by_share(labels([block.text for block in cut], page.body))
    label = [told or doubts.get(block.text, 0) for block, told in zip(cut, known, strict=True)]
    return Dump(tool, text, cut, np.array(label, dtype=int))


def _noisy(lines: list[Line], chance: random.Random) -> list[Line]:
    lost, glued = chance.choice((0.0, 0.1, 0.3)), chance.choice((0.0, 0.0, 0.15))
    found: list[Line] = []
    for text, label in lines:
        if chance.random() < lost:
            continue
        if found and label == 0 == found[-1][1] and chance.random() < glued:
            found[-1] = (f"{found[-1][0]}{chance.choice((' ', ' | ', ' / ', ''))}{text}", 0)
        else:
            found.append((text, label))
    start = chance.randrange(len(found) // 2 + 1) if chance.random() < 0.3 else 0
    return found[start:]


def _small(page: Saved, chance: random.Random, titles: Sequence[str]) -> list[Line]:
    body = [line for line in page.lines if line[1] == 1]
    junk = [line for line in page.lines if line[1] == 0]
    known = [phrase for _, kind, phrase in _PHRASES if phrases.is_certain(kind)]
    title = page.sample.title

    def furniture(most: int) -> list[Line]:
        found: list[Line] = []
        for _ in range(chance.randrange(most + 1)):
            drawn = chance.random()
            if drawn < 0.4 and junk:
                at = chance.randrange(len(junk))
                found += junk[at : at + chance.randrange(1, 5)]
            elif drawn < 0.7:
                phrase = chance.choice(known).replace("*", "").strip()
                phrase += f" {chance.choice(titles)}" if phrase.endswith(":") else ""
                found.append((chance.choice((phrase, phrase.capitalize(), phrase.title(), f"› {phrase}")), 0))
            else:
                found += [(other, 0) for other in chance.sample(titles, k=chance.randrange(1, 5))]
        return found

    found = furniture(2)
    if title:
        found += [(title, -1)]
    found += furniture(1)
    spot = chance.randrange(len(body) + 1)
    found += body[:spot] + (furniture(1) if chance.random() < 0.3 else []) + body[spot:]
    return found + furniture(4)


_PHRASES = phrases.entries()


def _dump(way: str, lines: list[Line], between: str) -> Dump:
    text = between.join(line for line, _ in lines)[: plaintext.MAX_CHARACTERS]
    cut = plaintext.cut(text)
    waiting: dict[str, list[int]] = defaultdict(list)
    for line, label in reversed(lines):
        waiting[line].append(label)
    found = [waiting[block.text].pop() if waiting.get(block.text) else -1 for block in cut]
    return Dump(way, text, cut, np.array(found, dtype=int))
