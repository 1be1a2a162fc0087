"""Numbers that text browsers such as lynx put before links are taken out: `on [7]Weir Lane`.

Such a dump ends in the list of what the numbers stand for, a line each: `7. https://…`. Where the list was cut off, the
numbers tell of themselves, for they count the links one by one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from chaffinch.text import count_words

_SCHEMES = "https?|ftp|file|mailto|tel|javascript|about"
_LISTED = re.compile(rf"\s*(\d{{1,5}})\. (?:{_SCHEMES}):\S*\s*$", re.IGNORECASE)
_LISTED_BADLY = re.compile(
    rf"\s*(\d{{1,5}})\. (?:(?:{_SCHEMES}):(?:\S|\s*$)|tel:\s\S|[a-z][a-z0-9+.-]*://\S)", re.IGNORECASE
)
"""In a long list, too: with blanks in the address, or of an app, as pages write them by mistake."""
_MARK = re.compile(r"(?<![\w\]])\[(\d{1,5})\](?=[\w\"“'‘«„¿¡#@$£€])")
"""Before a word; a reference to a book stands behind one."""
_ANY_MARK = re.compile(r"\[(\d{1,5})\]")
"""Pictures are links without words."""
_LINKS_MARK = re.compile(r"(?:(?<=\S)|^\s*|(?=\[\d{1,5}\](?:\[|\w|[\"“'‘«„¿¡#@$£€]|\s*$)))\[(\d{1,5})\]")
_SKIPPED = 30
"""Links without words between two numbers, at most."""
_FEWEST = 2
"""Numbers that must stand in the list."""
_LONG = 20
"""From so many numbers on a list is no article's own, and those count, too, that stand before no word."""
_HEAD = 3
"""The most words of what stands above the list: "References", "Visible links"."""
_TITLE = 1
"""Words of "References", which stands above "Visible links" where there are hidden ones, too."""
_USED = 0.5
"""The share of the list's numbers that must stand in the text."""
_USED_OF_LONG = 0.4
"""Hidden links are listed and stand nowhere."""
_COUNTED = 5
"""Numbers that must stand in a text without one, and the share of them that must follow the one before."""
_IN_ORDER = 0.8


def without(lines: Sequence[str], places: Collection[int] = ()) -> Sequence[str]:
    """The lines without the numbers that are listed; as they are where nothing is.

    `places` are those that `addresses` tells: of a long list the numbers of links without words go, too.
    """
    listed = {found[1] for line in lines if (found := _LISTED.match(line))}
    if len(listed) >= _FEWEST:
        last = max(map(int, listed))  # links within the page are numbered and may not be listed
    elif not (last := _last_counted(lines)):
        return lines
    if len(places) >= _LONG:
        lines = _without_next(lines, last)
    return [_MARK.sub(lambda mark: "" if 0 < int(mark[1]) <= last else mark[0], line) for line in lines]


def _without_next(lines: Sequence[str], last: int) -> list[str]:
    """The lines without each number that is a little higher than all before it, unless it stands as a book's do.

    These have a blank before them, and behind them a blank or the end of a sentence: "as told in [3] and [4]."
    """
    before = 0

    def counted(mark: re.Match[str]) -> str:
        nonlocal before
        number = int(mark[1])
        if not before < number <= min(last, before + _SKIPPED):
            return mark[0]
        before = number
        return ""

    return [_LINKS_MARK.sub(counted, line) if "[" in line else line for line in lines]


def addresses(lines: Sequence[str]) -> frozenset[int]:
    """The places of the lines of that list, where the text ends in it, and of what stands above it: "References"."""
    found = dict(_last_listed(lines, _LISTED_BADLY))
    if sum(map(bool, found.values())) < _LONG:
        found = dict(_last_listed(lines, _LISTED))
    listed = [number for number in found.values() if number]
    if len(listed) < _FEWEST:
        return frozenset()
    numbers = set(listed)
    marked = _of(_MARK, lines) & numbers
    is_dumps = len(marked) >= _USED * len(listed)
    if not is_dumps and len(marked) >= _FEWEST and len(listed) >= _LONG:
        is_dumps = len(_of(_ANY_MARK, lines) & numbers) >= _USED_OF_LONG * len(listed)
    return frozenset(found) if is_dumps else frozenset()


def _of(mark: re.Pattern[str], lines: Sequence[str]) -> set[str]:
    return {found[1] for line in lines if "[" in line for found in mark.finditer(line)}


def _last_listed(lines: Sequence[str], address: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """The places of the lines in which a text ends that are numbered addresses, each with its number, and heads."""
    has_begun = is_below_title = False
    for at in reversed(range(len(lines))):
        if listed := address.match(lines[at]):
            has_begun = True
            yield at, listed[1]
        elif words := count_words(lines[at]):
            if not has_begun or words > (_TITLE if is_below_title else _HEAD):
                return
            yield at, ""
            if is_below_title:
                return
            if not any(map(address.match, lines[max(0, at - _HEAD) : at])):  # else it is "Hidden links"
                if words == _TITLE:
                    return
                is_below_title = True


def _last_counted(lines: Sequence[str]) -> int:
    """The last number of a text whose links seem to be counted; 0 where they are not."""
    numbers = [int(mark[1]) for line in lines if "[" in line for mark in _MARK.finditer(line)]
    following = sum(after == before + 1 for before, after in pairwise(numbers))
    is_counted = len(numbers) >= _COUNTED and following >= _IN_ORDER * (len(numbers) - 1)
    return max(numbers) if is_counted else 0
