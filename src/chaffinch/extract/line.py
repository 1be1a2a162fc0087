"""A line of a plain text is told by its number and what it says."""

from __future__ import annotations

import re
from typing import NamedTuple

BULLET = re.compile(r"(?:[-*•‣◦–—·▪]|\(?\d{1,3}[.)]|[a-z][.)])\s+\S")
"""What a line of a list begins with."""


class Line(NamedTuple):
    """One line, or several that were one."""

    number: int
    """Of the first line that it was."""
    text: str
