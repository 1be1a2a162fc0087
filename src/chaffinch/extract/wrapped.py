"""The lines of a plain text are paragraphs again, however they were wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chaffinch.extract import fragments, phrases
from chaffinch.extract.line import BULLET, Line
from chaffinch.extract.punctuation import CLOSERS, ENDS

_WIDE_END = re.compile(r"[\u3040-\u30ff\u3400-\u9fff。、，]$")
"""Where a line of a script without blanks was broken, none stood."""
_WIDE = re.compile(r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]")
"""Characters that take two columns (Unicode Standard Annex 11)."""
_NARROW = re.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0941-\u0948\u094d"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200b-\u200f]"
)
"""Signs above and below letters, and joiners, which take none."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uf900-\ufaff\uff01-\uff60]")
"""Scripts without blanks: a line may end behind any of their characters."""
_WRAP = range(45, 121)
"""Columns at which mail and editors wrap; shorter lines are verse or lists, longer ones are paragraphs."""
_SURE_WRAP = range(60, 121)
"""The same where longer lines stand around, or no empty lines: hardly a verse is that long."""
_NARROW_WRAP = range(30, 45)
"""The same where next to every line ends because the next word did not fit, as no verse and no list does."""
_NARROW_LINES = 8
"""The fewest lines that must tell it."""
_MOSTLY = 0.8
"""Share of what stands in several lines that must be wrapped so."""
_STRAY = 0.05
"""Share of a wrapped text's lines, and two at least, that may be longer: addresses, a footer that nobody wrapped."""
_STRAYED = 1.1
"""A line of several words that is so much longer than the width was not wrapped with the others."""
_ADDRESS = ("://", "](")
"""Signs of a link's address, which cannot be broken, so that its line is as long as it is."""
_UNWRAPPED = re.compile(rf"{BULLET.pattern}|#{{1,6}}\s")
_SAYS = re.compile(r"\w")
_TOGETHER = 2
"""Characters of a script without blanks; the second may be a stop, which begins no line."""
_LONGEST_WORD = 200
"""Characters of a word that are counted."""
_FULL = 0.75
"""Share of the width that every line of a wrapped paragraph has but the last."""
_STOPPED = re.compile(rf"[{ENDS}][{CLOSERS}]*$")
_BROKEN_OFF = 0.8
"""Share of the full lines that could not take the next word, where empty lines do not tell paragraphs."""
_MANY_FULL = 8
"""Full lines before one that begins with a letter that has a case: so many tell the column of a short article between
long menus."""
_NEXT_TO_ALL = 0.9
"""Share of the full lines there that could not take the next word."""


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The runs between empty lines, each as one paragraph where its lines were wrapped, else a line each.

    Quotes are runs of their own, and may be wrapped at a column of their own. Where a tool broke lines at links, those
    that it broke are one again.
    """
    runs: list[list[Line]] = [[]]
    for line in lines:
        if line.text and (not runs[-1] or runs[-1][-1].within == line.within):
            runs[-1].append(line)
        elif line.text:
            runs.append([line])
        elif runs[-1]:
            runs.append([])
    body, quotes = ([run for run in runs if run and bool(run[0].within) is is_quoted] for is_quoted in (False, True))
    width = _wrap_width(body)
    broken = not width and fragments.are_in(line.text for run in runs for line in run)
    if not width and not broken:
        width = _width_of_full_lines(body) or _narrow_width(body)
    narrower = (quotes and _wrap_width(quotes)) or width
    for run in runs:
        yield from _mended(run) if broken else _unwrapped(run, narrower if run and run[0].within else width)


def _wrap_width(runs: list[list[Line]]) -> int:
    """The column at which the whole text seems to be wrapped; 0 when it is not.

    Wrapped paragraphs have full lines but for the last, and go on in lower case; a list of headlines does not.
    """
    several = _columns_of([[line for line in run if not BULLET.match(line.text)] for run in runs if len(run) > 1])
    for width, stray in _widths(runs):
        wrapped = [run for run in runs if len(run) > 1 and all(_is_full(*pair, width) for pair in pairwise(run))]
        columns = _columns_of(wrapped)
        following = [line.text[0] for run in wrapped for line in run[1:]]
        if len(following) < 2 or 2 * columns < several or columns < stray:
            continue
        if _go_on(following):
            return width
    return 0


def _width_of_full_lines(runs: list[list[Line]]) -> int:
    """The same of a text without empty lines, or with much around its paragraphs: where full lines end tells it."""
    for width, stray in _widths(runs):
        if width not in _SURE_WRAP:
            continue
        pairs = [
            (one.text, two.text)
            for run in runs
            for one, two in pairwise(run)
            if display_width(one.text) >= _FULL * width and not BULLET.match(two.text)
        ]
        columns = sum(display_width(one) for one, _ in pairs)
        following = [two[0] for _, two in pairs]
        is_much = len(_cased(following)) > 2 and 3 * columns >= _columns_of(runs) - stray and columns > stray
        broken_off = sum(_is_broken_off(one, two, width) for one, two in pairs)
        is_clear = len(_cased(following)) >= _MANY_FULL and broken_off >= _NEXT_TO_ALL * len(pairs)
        if (is_clear or (is_much and broken_off >= _BROKEN_OFF * len(pairs))) and _go_on(following):
            return width
    return 0


def _narrow_width(runs: list[list[Line]]) -> int:
    """The same of a text that was wrapped at few columns, as for a small screen."""
    several = [run for run in runs if len(run) > 1]
    width = max((display_width(line.text) for run in several for line in run), default=0)
    if width not in _NARROW_WRAP:
        return 0
    wrapped = [run for run in several if all(_is_broken_off(one.text, two.text, width) for one, two in pairwise(run))]
    following = [line.text[0] for run in wrapped for line in run[1:]]
    is_much = len(following) >= _NARROW_LINES and _columns_of(wrapped) >= _MOSTLY * _columns_of(several)
    return width if is_much and _go_on(following) else 0


def _widths(runs: list[list[Line]]) -> Iterator[tuple[int, int]]:
    """Columns at which the text may be wrapped, each with how many columns of text stand in lines that are longer."""
    texts = [line.text for run in runs for line in run]
    lengths = sorted((display_width(text) for text in texts if not _is_left_long(text)), reverse=True)
    for skipped in (0, max(2, int(_STRAY * len(lengths)))):
        if skipped < len(lengths) and lengths[skipped] in (_SURE_WRAP if skipped else _WRAP):
            yield lengths[skipped], sum(lengths[:skipped])


def _is_left_long(text: str) -> bool:
    """Whether tools leave the line as long as it is where they wrap a text: addresses, items, rows, headings."""
    return _has_address(text) or " | " in text or _UNWRAPPED.match(text) is not None


def _has_address(text: str) -> bool:
    return any(sign in text for sign in _ADDRESS)


def _is_full(line: Line, following: Line, width: int) -> bool:
    """Whether a line has most of the width, or could not take an address that follows."""
    first = following.text.split(" ", 1)[0]
    return display_width(line.text) >= _FULL * width or (
        _has_address(first) and len(line.text) + 1 + len(first) > width
    )


def _is_broken_off(line: str, following: str, width: int) -> bool:
    return line[-1:] == "-" or display_width(line) + 1 + _first_word(following) > width * 0.97


def display_width(text: str) -> int:
    """How wide the text is where a letter takes one column, one of Chinese two, and a sign above it none."""
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE.findall(text)) - len(_NARROW.findall(text))


def _first_word(text: str) -> int:
    """The columns of a text's first word; without blanks, of the characters that must stand together."""
    if _UNSPACED.match(text):
        return display_width(text[:_TOGETHER])
    return display_width(text[:_LONGEST_WORD].split(" ", 1)[0])


def _cased(letters: list[str]) -> list[str]:
    return [letter for letter in letters if letter.lower() != letter.upper()]


def _go_on(first_letters: list[str]) -> bool:
    """Whether lines that begin so go on in others: a fourth of them are small where a script has such."""
    cased = _cased(first_letters)
    return sum(map(str.islower, cased)) >= 0.25 * len(cased)


def _mended(run: list[Line]) -> Iterator[list[Line]]:
    """A list of lines in which those are one that were broken at links and the like."""
    mended: list[Line] = []
    for line in run:
        if mended and fragments.goes_on(mended[-1].text, line.text):
            mended[-1] = mended[-1]._replace(text=fragments.joined(mended[-1].text, line.text))
        else:
            mended.append(line)
    if mended:
        yield [part for line in mended for part in _unglued(line)]


def _columns_of(runs: list[list[Line]]) -> int:
    return sum(display_width(line.text) for run in runs for line in run)


def _unwrapped(run: list[Line], width: int) -> Iterator[list[Line]]:
    """A list of lines in which those that go on are one."""
    found: list[list[Line]] = []
    for line in run:
        if found and ((width and _goes_on(found[-1], line, width)) or _is_quoted_on(found[-1][-1], line)):
            found[-1].append(line)
        else:
            found.extend([part] for part in _unglued(line))
    if found:
        yield [lines[0]._replace(text=_joined(lines)) for lines in found]


def _goes_on(paragraph: list[Line], line: Line, width: int) -> bool:
    last = paragraph[-1].text
    was_full = display_width(last) + 1 + _first_word(line.text) > width * 0.97 or display_width(last) >= width * 0.8
    if any(
        display_width(text) > _STRAYED * width and " " in text for text in map(_without_addresses, (last, line.text))
    ):
        return False
    if not (_SAYS.search(last) and _SAYS.search(line.text)):
        return False  # a rule, such as a row of dashes
    furniture = (len(paragraph) == 1 and phrases.kind_of(last)) or phrases.kind_of(line.text)
    return was_full and not BULLET.match(line.text) and not furniture


def _without_addresses(text: str) -> str:
    return " ".join(word for word in text.split(" ") if not _has_address(word)) if _has_address(text) else text


def _is_quoted_on(last: Line, line: Line) -> bool:
    """Whether a line of a quote goes on in the midst of a sentence, where too little is quoted to tell its column."""
    is_cut = len(last.text) >= _WRAP.start and not _STOPPED.search(last.text)
    return bool(line.within) and is_cut and line.text[:1].islower() and not BULLET.match(line.text)


def _joined(lines: list[Line]) -> str:
    parts = [lines[0].text]
    for line in lines[1:]:
        before = parts[-1]
        if before.endswith("-") and before[-2:-1].isalpha() and line.text[:1].islower():
            parts[-1] = before[:-1]
        elif not _WIDE_END.search(before):
            parts.append(" ")
        parts.append(line.text)
    return "".join(parts)


def _unglued(line: Line) -> list[Line]:
    """A line in two, where a phrase such as "More Articles" lost the break after it."""
    phrase = phrases.glued(line.text)
    if not phrase:
        return [line]
    return [line._replace(text=phrase), line._replace(text=line.text[len(phrase) :].lstrip(": "))]
