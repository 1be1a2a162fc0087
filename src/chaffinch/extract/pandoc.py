"""What pandoc adds to Markdown is taken out: the classes of a page's elements, and boxes around them.

Pandoc's Markdown, extensions `fenced_divs`, `bracketed_spans`, `link_attributes`, `header_attributes` and `smart`. What
stands in code stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaffinch.extract import coded

_BOX = re.compile(r":{3,}+(?:\s++(?:\{.*\}|[\w-]++)\s*+:*+)?")
_BRACES = re.compile(r"\{\s*+(?:#[\w-]|\.[a-zA-Z_-]|[\w:-]++=)(?:[^{}\"\n]|\"(?:\\.|[^\"\\\n])*\")*\}")
"""Name, classes and attributes of an element."""
_TELLING = re.compile(r"(?:[\])]|:::\s)\{[#.][a-zA-Z_-]|^\s*:{3,}\s[\w-]+$")
"""What next to no other text has."""
_NAMED = ("{#", "{.")
_CODE = re.compile(coded.SPAN)
_HELD = "\0"
"""Stands for a piece of code while what is around it is read; no text of ours has one."""
_OF_HEADING = re.compile(rf"(?<=\S)\s++{_BRACES.pattern}\s*$")
_PIECE = re.compile(rf"\\.|!?\[|[\]()]|{_HELD}|[^\\\[\]()!{_HELD}]+|.")
_WORDS = re.compile(r"[\w}\\]$")
"""What stands before brackets of LaTeX, or of a program."""
_FEWEST = 5
"""Lines that bear such marks; braces stand in other texts, too."""
_FAILS = 20
"""Braces of a line that may turn out to be none; then the rest of it stays."""
_ESCAPED = re.compile(r"\\([\"'$@^~])|\\(\.(?=\.\.))|\\(-(?=-))|(?<!\\)\\$")
"""What is an ornament in pandoc's Markdown only, and the end of a line that is broken."""


def without(lines: Sequence[str]) -> Sequence[str]:
    """As many lines, without such marks; as they are where the text bears next to none."""
    if sum((":::" in line or "{" in line) and _TELLING.search(line) is not None for line in lines) < _FEWEST:
        return lines
    return [line if is_code else _bare(line) for line, is_code in zip(lines, coded.is_code(lines), strict=True)]


def _bare(line: str) -> str:
    if ":::" in line and _BOX.fullmatch(line.strip()):
        return ""
    if "{" not in line and "\\" not in line:
        return line
    pieces = iter(_CODE.findall(line))
    line = _Elements(_CODE.sub(_HELD, line)).bare()
    if line.lstrip().startswith("#"):
        line = _OF_HEADING.sub("", line)
    line = _ESCAPED.sub(r"\1\2\3", line)
    return re.sub(_HELD, lambda _: next(pieces), line)


class _Elements:
    """A line's links, pictures, spans and pieces of code, each of which braces may follow; read once from the left."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._said: list[str] = []
        self._brackets: list[int] = []
        """Where in `_said` those stand that are open; below 0 that of a picture."""
        self._parentheses: list[bool] = []
        """Of those that are open whether they hold a link's address."""
        self._at = self._fails = 0

    def bare(self) -> str:
        """The line without those braces, and without the brackets of spans."""
        while piece := _PIECE.match(self._line, self._at):
            self._at = piece.end()
            self._read(piece[0])
        return "".join(self._said)

    def _read(self, piece: str) -> None:
        self._said.append(piece)
        if piece in ("[", "!["):
            self._brackets.append(len(self._said) - 1 if piece == "[" else -1)
        elif piece == "]":
            self._end_of_brackets(self._brackets.pop() if self._brackets else -1)
        elif piece == "(":
            self._parentheses.append("".join(self._said[-2:]) == "](")
        elif (piece == ")" and self._parentheses and self._parentheses.pop()) or piece == _HELD:
            self._pass_braces()

    def _end_of_brackets(self, begin: int) -> None:
        is_glued = begin > 0 and _WORDS.search(self._said[begin - 1]) is not None
        if is_glued and not self._line.startswith(_NAMED, self._at):
            return
        if self._pass_braces() and begin >= 0:
            self._said[begin] = self._said[-1] = ""

    def _pass_braces(self) -> bool:
        if self._line[self._at : self._at + 1] != "{" or self._fails > _FAILS:
            return False
        braces = _BRACES.match(self._line, self._at)
        self._fails += braces is None
        self._at = braces.end() if braces else self._at
        return braces is not None
