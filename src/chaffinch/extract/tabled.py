"""Tables in a plain text are found, as Markdown draws them: rows of cells with bars between, and a line of dashes.

They are those of GitHub Flavored Markdown 0.29, §4.10; each row has a bar, and there are two columns at least.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chaffinch.extract import markdown
from chaffinch.extract.line import Line
from chaffinch.model import Block
from chaffinch.text import count_words

_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r":?-+:?")
_DRAWN = frozenset("|-: ")
_WIDTH = 76
"""Columns at which rows may be wrapped."""
_MOST_COLUMNS = 100
_MOST_CELLS = 20_000
"""Of a text; what goes beyond is no article's."""


class Table(NamedTuple):
    """A table, and the lines that it takes."""

    first: int
    end: int
    rows: list[tuple[int, list[str]]]
    """Each with the number of its line; the first one is the head, where it says anything."""


def found(lines: Sequence[Line]) -> Iterator[Table]:
    """The tables among the lines, in order."""
    past, left = 0, _MOST_CELLS
    for at, one in enumerate(lines):
        if at <= past or not _DRAWN.issuperset(one.text):
            continue
        ends = one.text.startswith("|"), one.text.endswith("|")
        columns, head = _cells(one.text, ends), lines[at - 1]
        if len(columns) < 2 or not all(map(_DASHES.fullmatch, columns)):
            continue
        if "|" not in head.text or head.within != one.within or len(_cells(head.text, ends)) != len(columns):
            continue
        past, rows = at + 1, [(head.number, _cells(head.text, ends))]
        while past < len(lines) and lines[past].within == one.within and lines[past].text:
            cells, (_, before) = _cells(lines[past].text, ends), rows[-1]
            if (
                not any(ends)
                and _is_wrapped(lines[past - 1], lines[past])
                and len(before) + len(cells) <= len(columns) + 1
            ):
                before[-1:] = [f"{before[-1]} {cells[0]}".strip(), *cells[1:]]
            elif "|" in lines[past].text:
                rows.append((lines[past].number, cells))
            else:
                break
            past += 1
        widest = max(len(row) for _, row in rows)
        if len(rows) > 1 and widest <= _MOST_COLUMNS and (left := left - widest * len(rows)) >= 0:
            yield Table(at - 1, past, [(number, row + [""] * (widest - len(row))) for number, row in rows])


def blocks(table: Table, number: int, marks: frozenset[str]) -> Iterator[tuple[int, Block]]:
    """A block for each cell, with the number of its line; an empty one holds its column's place."""
    for tag, (line, row) in zip(("th", *["td"] * len(table.rows)), table.rows, strict=False):
        if tag == "td" or any(row):
            for column, cell in enumerate(row, 1):
                text, html, linked, _ = markdown.read(cell, alone=False)
                path = f"table[{number}]/tr[{line}]/{tag}[{column}]/line {line}"
                yield line, Block(path, tag, html, text, count_words(text), linked, marks)


def _is_wrapped(before: Line, one: Line) -> bool:
    """Whether the line before had no room for the next word; tools that draw no bars at the sides wrap rows, too."""
    return "|" in before.text and len(before.text) + 1 + len(one.text.split(" ", 1)[0]) > _WIDTH


def _cells(row: str, ends: tuple[bool, bool]) -> list[str]:
    """What stands between the bars; `ends` tells whether the table draws some at its sides."""
    cells = [cell.strip().replace(r"\|", "|") for cell in _BAR.split(row)]
    if ends[0] and len(cells) > 1 and not cells[0]:
        del cells[0]
    if ends[1] and len(cells) > 1 and not cells[-1]:
        del cells[-1]
    return cells
