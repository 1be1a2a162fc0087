"""What stands on other pages of the same site is no part of this article."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from chaffinch.extract.punctuation import CLOSERS, ENDS
from chaffinch.model import Block, Repeats, Verdict
from chaffinch.text import fingerprint

WITNESSES = 2
"""Other pages that must hold a block before it is dropped for it."""
_MOST = 0.5
_SOME = 0.25
_FEW = 0.3
"""The most of a page's running text that repetition alone may take."""
_BESIDE_OWN = 1 / 6
"""Of the odds of the page's own sentences: from there on one is kept that repetition alone may not take."""
_NEARLY_ALL, _SITE = 0.8, 5
"""The share of a site's pages, and how many at least, that hold what every page of it has."""
_SURE = 0.98
"""The chance from which on such a sentence is kept."""
_ENDS = frozenset(ENDS)
_CLOSERS = f"{CLOSERS}]"
_LONG = 12
_SHORTEST = 4
_BELOW = 8
"""Words that make a line below a heading running text."""
_HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))


class Repetition:
    """What of a page's blocks its site's other pages hold, too; looked up once for both times that it is asked."""

    def __init__(self, blocks: Sequence[Block], repeats: Repeats) -> None:
        self._blocks, self._pages = blocks, repeats.pages
        is_known = repeats.pages > WITNESSES and bool(repeats.counts)
        self._counts = [
            repeats.counts.get(fingerprint(block.text), 0) if is_known and block.words else 0 for block in blocks
        ]
        self._taken = self._held() if is_known else [False] * len(blocks)
        self._prose = [is_sentence(block) for block in blocks] if any(self._taken) else []
        taken = self._words(self._taken)
        self._is_too_much = taken > _FEW * self._words([True] * len(blocks))

    def verdicts(self) -> list[tuple[Verdict, str] | None]:
        """BOILERPLATE for blocks that at least two other pages hold.

        The site's counts may have this page too, so a block needs one witness more. A long sentence that ends in a full
        stop is an agency's background paragraph unless most pages of the site have it; a short one in the midst of the
        text is one that journalists like, unless a fourth have it. Headings and cells of tables that give form to this
        page's own matter are left to other stages.
        """
        return [
            self._said(at) if taken and not (self._is_too_much and self._prose[at]) else None
            for at, taken in enumerate(self._taken)
        ]

    def doubted(self, scores: Sequence[float | None]) -> list[tuple[Verdict, str] | None]:
        """BOILERPLATE for sentences that `verdicts` had to leave, for they are too much, and the classifier doubts.

        It doubts what is far less likely the article's than the sentences are that stand on this page alone; of what
        nearly all pages hold it must be sure. A short text beside its site's plea, pitch and disclosure is repeated
        mostly.
        """
        found: list[tuple[Verdict, str] | None] = [None] * len(self._blocks)
        if not self._is_too_much:
            return found
        scored = [(at, score) for at, score in enumerate(scores) if score is not None and self._prose[at]]
        own = [score for at, score in scored if not self._taken[at]]
        if not own:
            return found
        least = _BESIDE_OWN * _odds(median(own))
        everywhere = max(_SITE, _NEARLY_ALL * self._pages)
        for at, score in scored:
            is_doubted = score < _SURE if self._counts[at] >= everywhere else _odds(score) < least
            if self._taken[at] and is_doubted:
                found[at] = self._said(at, f", and does not surely read like the article ({score:.2f})")
        return found

    def _held(self) -> list[bool]:
        """Whether enough other pages hold each block, however much of this one that is."""
        page = _Page(self._blocks, [count > WITNESSES for count in self._counts])
        return [
            count > WITNESSES and count > page.needed(at) * self._pages and not page.is_form(at)
            for at, count in enumerate(self._counts)
        ]

    def _words(self, asked: Sequence[bool]) -> int:
        """Of the running text among the blocks that are asked about."""
        return sum(self._blocks[at].words for at, is_prose in enumerate(self._prose) if is_prose and asked[at])

    def _said(self, at: int, more: str = "") -> tuple[Verdict, str]:
        return Verdict.BOILERPLATE, f"stands on {self._counts[at]} of {self._pages} pages of this source{more}"


def verdicts(blocks: Sequence[Block], repeats: Repeats) -> list[tuple[Verdict, str] | None]:
    """What repetition alone says of a page's blocks (`Repetition.verdicts`)."""
    return Repetition(blocks, repeats).verdicts()


def _odds(chance: float) -> float:
    return chance / max(1 - chance, 1e-6)


def echoed(blocks: Sequence[Block], repeats: Repeats) -> set[int]:
    """The places of blocks that one other page holds, which is no proof; running text and what gives form are none."""
    held = [bool(block.words) and repeats.counts.get(fingerprint(block.text), 0) > 1 for block in blocks]
    if not any(held):
        return set()
    page = _Page(blocks, held)
    return {at for at, block in enumerate(blocks) if held[at] and not is_sentence(block) and not page.is_form(at)}


def is_sentence(block: Block) -> bool:
    """Whether it is running text: more than twelve words, few of them links, a full stop at the end."""
    if block.words <= _LONG or block.linked_words >= block.words / 2:
        return False
    return _is_stopped(block)


def _is_stopped(block: Block) -> bool:
    return block.text.rstrip(_CLOSERS)[-1:] in _ENDS


class _Page:
    """A page's blocks with words, and which of them others hold too."""

    def __init__(self, blocks: Sequence[Block], repeated: Sequence[bool]) -> None:
        self._blocks, self._repeated = blocks, repeated
        self._worded = [at for at, block in enumerate(blocks) if block.words]
        self._place = {at: place for place, at in enumerate(self._worded)}
        self._own: dict[str, tuple[int, int]] = {}
        for at in self._worded:
            if box := _box(blocks[at].path):
                own, every = self._own.get(box, (0, 0))
                self._own[box] = own + (not repeated[at] and not _is_linked(blocks[at])), every + 1

    def needed(self, at: int) -> float:
        """The share of the site's pages that must hold the block, if it is a sentence."""
        block = self._blocks[at]
        if is_sentence(block):
            return _MOST
        is_short = block.words >= _SHORTEST and not block.linked_words and _is_stopped(block)
        around = [self._near(at, -1), self._near(at, 1)]
        is_amid = all(n is not None and not self._repeated[n] and is_sentence(self._blocks[n]) for n in around)
        return _SOME if is_short and is_amid else 0.0

    def is_form(self, at: int) -> bool:
        """Whether the block gives form to what is this page's own: a heading above it, a cell of its table."""
        block = self._blocks[at]
        if _is_cell(block) and self._is_own_box(block.path):
            return True
        if _is_linked(block) or is_sentence(block):
            return False
        if block.tag in _HEADINGS or (block.words <= _SHORTEST and block.text.endswith(":")):
            below = self._near(at, 1)
            return below is not None and self._is_own_text(below)
        return False

    def _is_own_text(self, at: int) -> bool:
        block = self._blocks[at]
        if self._is_own_box(block.path):
            return True
        return not self._repeated[at] and block.words >= _BELOW and not _is_linked(block)

    def _is_own_box(self, path: str) -> bool:
        own, every = self._own.get(_box(path), (0, 0))
        return own > 1 and own * 3 >= every

    def _near(self, at: int, step: int) -> int | None:
        place = self._place[at] + step
        return self._worded[place] if 0 <= place < len(self._worded) else None


_BOX = re.compile(r"(?:.*/)?(?:table|[uo]l|dl)(?:\[\d+\])?(?=/)")


def _box(path: str) -> str:
    """The path of the list or table around a block; empty where there is none."""
    found = _BOX.match(path)
    return found[0] if found else ""


def _is_cell(block: Block) -> bool:
    return _box(block.path).rpartition("/")[2].startswith("table")


def _is_linked(block: Block) -> bool:
    return block.linked_words * 2 > block.words
