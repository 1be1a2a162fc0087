"""Lines of a plain text that are quoted with a `>` lose it and stand in a quote.

So mail quotes, and Markdown (CommonMark 0.31, §5.1). Menus begin with the same mark: only what has sentences is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from chaffinch.extract import line, phrases
from chaffinch.extract.line import Line
from chaffinch.extract.punctuation import CLOSERS, ENDS
from chaffinch.text import count_words

_MARKS = re.compile(r"\s*>(?!=)[ \t]?(?: {0,3}>(?!=)[ \t]?)*")
_DEEPEST = 6
"""Quotes in quotes; what is deeper stands in the last of them."""
_STOPPED = re.compile(rf"[{ENDS}][{CLOSERS}\]*_]*$")
_ALONE = 8
"""Words from which on a sentence in a line by itself is a quote; a shorter one may be a button."""
_SOME = 5
"""Words of a sentence in a longer quote."""
_FULL = 0.7
"""Share of the longest line that each but the last has, where lines were wrapped."""
_WRAPPED = 45
"""Characters of a line that may have been wrapped."""
_GOES_ON = 0.25
"""Share of lines that begin in lower case, where sentences go on in them."""


class _Quoted(NamedTuple):
    line: Line
    depth: int
    rest: str


def unmarked(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines, those of quotes without their marks, each with the path to its quote."""
    for is_marked, run in groupby(lines, lambda each: _MARKS.match(each.written) is not None):
        if not is_marked:
            yield from run
            continue
        quoted = [_read(each) for each in run]
        if _is_quote([(one.depth, one.rest.strip()) for one in quoted]):
            yield from _placed(quoted)
        else:
            yield from (one.line for one in quoted)


def _read(one: Line) -> _Quoted:
    marks = _MARKS.match(one.written)
    end = marks.end() if marks else 0
    return _Quoted(one, min(one.written.count(">", 0, end), _DEEPEST), one.written[end:])


def _placed(quoted: Iterable[_Quoted]) -> Iterator[Line]:
    begun: list[int] = []
    for one in quoted:
        begun = [*begun[: one.depth], *[one.line.number] * (one.depth - len(begun))]
        within = "".join(f"blockquote[{number}]/" for number in begun)
        yield line.read(one.line.number, one.rest, within)


def _is_quote(said: Sequence[tuple[int, str]]) -> bool:
    """Whether half of the words stand in paragraphs of sentences."""
    if len(said) == 1:
        text = said[0][1]
        return _is_stopped(text) and count_words(text) >= _ALONE and not phrases.kind_of(text)
    parts = [
        [text for _, text in part] for (_, has_text), part in groupby(said, lambda s: (s[0], bool(s[1]))) if has_text
    ]
    words = [(count_words(" ".join(part)), _has_sentences(part)) for part in parts]
    return 0 < sum(count for count, _ in words) <= 2 * sum(count for count, has in words if has)


def _has_sentences(part: Sequence[str]) -> bool:
    """Whether lines are sentences, one each or one over several; a menu's are neither."""
    if not _is_stopped(part[-1]):
        return False
    if all(_is_stopped(text) and count_words(text) >= _SOME for text in part):
        return True
    longest = max(map(len, part))
    if longest >= _WRAPPED and all(len(text) >= _FULL * longest for text in part[:-1]):
        return len(part) > 1
    cased = [text[0] for text in part[1:] if text[0].lower() != text[0].upper()]
    return sum(map(str.islower, cased)) > _GOES_ON * len(cased)


def _is_stopped(text: str) -> bool:
    return _STOPPED.search(text[-20:]) is not None
