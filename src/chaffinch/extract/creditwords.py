"""The words that sites put around the names of those who made an article.

The table is `creditwords.tsv`: kind and regular expression, sorted; a blank stands for any white space. `by` is
before a name ("by", "written by"), `label` before a colon, `wide` before a slash or a blank in Chinese and Japanese;
`other` credits somebody with something else. `role` is what nobody is called, `rubric role` what is also a rubric,
`office` the first word of one. `nobody` is in no author's name, `no name` in none that stands without a label.
`particle` and `and` stand within names; `day`, `weekday`, `reading`, `minutes` and `counted` around days.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

GLUE = (
    r"^(?:\W|\b(?:on|at|am|um|le|à|el|il|op|om|dnia|den|der|w|в|kl|em|a|o|às|de|г|года|год|року|ore|in|im|i|the|hs|hrs"
    r"|r|uur|uhr|est|edt|et|pt|ist|gmt|utc|bst|cet|pkt|wib|msk|мск|and|und)\b)+$"
)
"""What is left of a line that says a day, or behind a name, and says nothing."""


@cache
def words(*kinds: str) -> frozenset[str]:
    """The rows of some kinds."""
    rows = (
        line.split("\t") for line in (files("chaffinch.extract") / "creditwords.tsv").read_text("utf-8").splitlines()
    )
    return frozenset(written for kind, written in rows if kind in kinds)


def pattern(*kinds: str) -> str:
    """One pattern for them all, the longest first."""
    return f"(?:{'|'.join(sorted(words(*kinds), key=lambda row: (-len(row), row)))})".replace(" ", r"\s+")
