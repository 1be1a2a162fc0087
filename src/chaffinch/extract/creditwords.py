"""The words that sites put around the names of those who made an article.

The table is `creditwords.tsv`: kind and regular expression, sorted; a blank stands for any white space. `by` is
before a name ("by", "written by"), `label` before a colon, `wide` before a slash or a blank in Chinese and Japanese;
`other` credits somebody with something else. `role` is what nobody is called, `rubric role` what is also a rubric,
`office` the first word of one. `nobody` is in no author's name (`wide nobody` in Chinese, Japanese and Korean),
`no name` in none that stands without a label. `particle` and `and` stand within names; `day`, `weekday`, `reading`,
`minutes` and `counted` around days.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_FILLER = re.compile(
    r"^(?:\W|\b(?:on|at|am|um|le|à|el|il|op|om|dnia|den|der|w|в|kl|em|a|o|às|de|г|года|год|року|ore|in|im|i|the|hs|hrs"
    r"|r|uur|uhr|est|edt|et|pt|ist|gmt|utc|bst|cet|pkt|wib|msk|мск|and|und)\b)+$",
    re.IGNORECASE,
)


@cache
def entries() -> list[tuple[str, str]]:
    """The table: kind, regular expression."""
    rows = (files("chaffinch.extract") / "creditwords.tsv").read_text("utf-8").splitlines()
    return [(kind, written) for kind, _, written in (row.partition("\t") for row in rows)]


def words(*kinds: str) -> frozenset[str]:
    """The rows of some kinds."""
    return frozenset(written for kind, written in entries() if kind in kinds)


def pattern(*kinds: str) -> str:
    """One pattern for them all, the longest first."""
    return f"(?:{'|'.join(sorted(words(*kinds), key=lambda row: (-len(row), row)))})".replace(" ", r"\s+")


def is_filler(text: str) -> bool:
    """Whether what is left of a line beside a day or a name says nothing: "at", "on the"."""
    return _FILLER.match(text) is not None
