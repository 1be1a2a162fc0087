"""Code in a plain text is found: between fences, or set in from lines that are not.

CommonMark 0.31, §4.4 and §4.5, with care: rows of tildes are ornaments elsewhere, and what stands further in may be
verse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from chaffinch.extract import line
from chaffinch.extract.line import BULLET, Line
from chaffinch.extract.punctuation import CLOSERS, ENDS
from chaffinch.text import count_words

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*([^`~]{0,60})$")
_NO_CODE = frozenset(("", "markdown", "md", "plain", "plaintext", "text", "txt"))
"""What is told behind a fence and names no language of programs."""
_LONGEST = 8
"""Characters of a fence that are counted."""
_INDENT = 4
_ADDRESS = re.compile(r"https?://\S+|\]\((?:/|data:)[^\s()]*\)", re.IGNORECASE)
"""Also of a link on the same site, or of a picture in letters, as Markdown writes them."""
_QUOTED = re.compile(r"^(?: {0,3}> ?)+")
_MARK = re.compile(r"\S+\s+")
SPAN = r"``[^`\n]+(?:`[^`\n]+)*``|`[^`\n]+`"
"""Code within a line (CommonMark 0.31, §6.1), as a pattern."""
_LINK = re.compile(r"\[([^\[\]]{0,200})\]\(https?://[^\s()]{0,4000}\)", re.IGNORECASE)
"""Tools that write Markdown put the links of a page's code into code that they set in."""
_LOOKS = re.compile(
    r"[{}=]|\w\((?!s\))|->|::|&&|\|\||[)\]}\"'];$|^\s*(?:\$|>>>|//|/\*|#!)\s?\S|^\s*#\s*(?:include|define|if|endif)\b"
    r"|^\s*</?\w[^<>]*>|^\s*(?:curl|def|docker|elif|git|import|INSERT|npm|pip3?|return|SELECT|sudo)\s"
    r"|^\s*(?:class|else|except|finally|for|if|try|while|with)\b.*:$"
)
"""What next to no line of prose or verse has."""
_BEGINNING = 500
"""Characters of a line that are looked at."""
_MOSTLY = 0.5
"""Share of the lines of a piece of code that look like it."""
_HARDLY = 0.2
_LONG = 12
_PROSE = 8
"""Words of a line of prose, on average."""
_STOPPED = re.compile(rf"[{ENDS}][{CLOSERS}]*\s*$")
_FLUSH = 0.7
"""Share of a text's other lines that begin at the left, where what stands further in may be code."""


class Code(NamedTuple):
    """A piece of code, and the lines that it and its fences take."""

    first: int
    end: int
    text: str


class _Fence(NamedTuple):
    at: int
    mark: str
    info: str
    """The language that is told behind it."""


def found(lines: Sequence[Line]) -> list[Code]:
    """The pieces of code among the lines, in order; what is found in a quote does not reach out of it."""
    fenced = [code for first, end in _free(lines, set()) for code in _fenced(lines, first, end)]
    taken = {at for code in fenced for at in range(code.first, code.end)}
    inset = [code for first, end in _free(lines, taken) for code in _inset(lines, first, end)]
    held = taken.union(at for code in inset for at in range(code.first, code.end))
    if inset and not _is_flush(each for at, each in enumerate(lines) if at not in held):
        inset = []
    return sorted([*fenced, *inset])


def is_code(written: Sequence[str]) -> list[bool]:
    """For each line whether its marks are code's, whatever it looks like: between fences, or set in.

    In a list that is further in than what its items say (CommonMark 0.31, §5.2).
    """
    lines = [line.read(number, _QUOTED.sub("", each)) for number, each in enumerate(written, 1)]
    found = [False] * len(lines)
    for code in _fenced(lines, 0, len(lines)):
        found[code.first : code.end] = [True] * (code.end - code.first)
    column = 0
    for at, each in enumerate(lines):
        if each.text and not found[at]:
            begins = not at or not lines[at - 1].text or found[at - 1]
            found[at] = begins and each.indent >= column + _INDENT
            if not found[at]:
                column = _column(each) if BULLET.match(each.text) else min(column, each.indent)
    return found


def _column(item: Line) -> int:
    """Where what an item says begins."""
    mark = _MARK.match(item.written.lstrip())
    return item.indent + (mark.end() if mark else 0)


def _free(lines: Sequence[Line], taken: set[int]) -> Iterator[tuple[int, int]]:
    """Where each run of lines that are no code yet begins and ends, in one quote or in none."""
    at = 0
    for _, run in groupby(enumerate(lines), lambda each: (each[0] in taken, each[1].within)):
        count = sum(1 for _ in run)
        if at not in taken:
            yield at, at + count
        at += count


def _fenced(lines: Sequence[Line], first: int, end: int) -> Iterator[Code]:
    """What stands between a fence and the next one that ends it; a fence without an end is none."""
    fences = [_Fence(at, *mark.groups()) for at in range(first, end) if (mark := _FENCE.match(lines[at].written))]
    past = first
    for fence, closing in zip(fences, _closing(fences), strict=True):
        if fence.at < past or closing is None or closing.info:  # a second beginning: the first has lost its end
            continue
        inside = lines[fence.at + 1 : closing.at]
        if _is_fenced(inside, fence):
            yield Code(fence.at, closing.at + 1, _text(inside, lines[fence.at].indent))
            past = closing.at + 1


def _closing(fences: Sequence[_Fence]) -> list[_Fence | None]:
    """For each fence the next one of its kind that is at least as long."""
    nearest: dict[tuple[str, int], _Fence] = {}
    closing: list[_Fence | None] = []
    for fence in reversed(fences):
        kind, length = fence.mark[0], min(len(fence.mark), _LONGEST)
        closing.append(nearest.get((kind, length)))
        nearest.update(((kind, shorter), fence) for shorter in range(length + 1))
    return closing[::-1]


def _is_fenced(inside: Sequence[Line], fence: _Fence) -> bool:
    """Whether fences stand around code: some stand around a whole text, or lost the other one of their pair."""
    said = [each for each in inside if each.text]
    if not said or (fence.info.lower() not in _NO_CODE and " " not in fence.info):
        return bool(said)
    looks = sum(map(_looks, said))
    if fence.mark[0] == "~":
        return looks >= _MOSTLY * len(said)
    words = sum(count_words(each.text) for each in said)
    is_prose = words >= _PROSE * len(said) and any(_STOPPED.search(each.text) for each in said)
    return not is_prose or looks > _HARDLY * len(said)


def _inset(lines: Sequence[Line], first: int, end: int) -> Iterator[Code]:
    """Runs of lines that stand further in, with empty lines around them, and look like code."""
    at = first
    while at < end:
        if not lines[at].text or lines[at].indent < _INDENT or (at > first and lines[at - 1].text):
            at += 1
            continue
        begin = at
        while at < end and (not lines[at].text or lines[at].indent >= _INDENT):
            at += 1
        last = at
        while not lines[last - 1].text:
            last -= 1
        if at == end or last < at:
            yield from _pieces(lines, begin, last)


def _pieces(lines: Sequence[Line], begin: int, end: int) -> Iterator[Code]:
    """A run as one piece of code; where not all of it is, each of the parts between its empty lines that are."""
    whole = lines[begin:end]
    if _looks_like_code(whole):
        yield Code(begin, end, _inset_text(whole))
        return
    at = begin
    for is_empty, run in groupby(whole, lambda each: not each.text):
        part = list(run)
        if not is_empty and len(part) < len(whole) and _looks_like_code(part):
            yield Code(at, at + len(part), _inset_text(part))
        at += len(part)


def _looks_like_code(part: Sequence[Line]) -> bool:
    said = [each for each in part if each.text]
    if any(count_words(each.text) > _LONG and _STOPPED.search(each.text) for each in said):
        return False
    if 2 * sum(BULLET.match(each.text) is not None for each in said) > len(said):
        return False
    return sum(map(_looks, said)) >= _MOSTLY * len(said)


def _looks(one: Line) -> bool:
    return _LOOKS.search(_ADDRESS.sub("", one.written[:_BEGINNING])) is not None


def _is_flush(others: Iterable[Line]) -> bool:
    """Whether the rest of the text begins at the left; lists may not."""
    indents = [each.indent for each in others if each.text and not BULLET.match(each.text)]
    return bool(indents) and sum(indent < 2 for indent in indents) >= _FLUSH * len(indents)


def _inset_text(part: Sequence[Line]) -> str:
    return _LINK.sub(r"\1", _text(part, min(each.indent for each in part if each.text)))


def _text(inside: Sequence[Line], indent: int) -> str:
    """The lines as they were written, moved to the left by so many columns."""
    written = (f"{' ' * (each.indent - indent)}{each.written.strip()}" if each.text else "" for each in inside)
    return "\n".join(written).strip("\n")
