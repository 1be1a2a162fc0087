"""Numbers that text browsers such as lynx put before links are taken out: `on [7]Weir Lane`.

Such a dump ends in the list of what the numbers stand for, a line each: `7. https://…`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LISTED = re.compile(r"\s*(\d{1,5})\. (?:https?|ftp|file|mailto|tel|javascript|about):\S*\s*$", re.IGNORECASE)
_MARK = re.compile(r"(?<![\w\]])\[(\d{1,5})\](?=[\w\"“'‘«„¿¡#@$£€])")
"""Before a word; a reference to a book stands behind one."""
_FEWEST = 2
"""Numbers that must stand in the list."""


def without(lines: Sequence[str]) -> Sequence[str]:
    """The lines without the numbers that are listed; as they are where nothing is."""
    listed = {found[1] for line in lines if (found := _LISTED.match(line))}
    if len(listed) < _FEWEST:
        return lines
    last = max(map(int, listed))  # links within the page are numbered and may not be listed
    return [_MARK.sub(lambda mark: "" if 0 < int(mark[1]) <= last else mark[0], line) for line in lines]
