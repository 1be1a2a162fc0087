"""Dumps that were written to be learned from: `written/*.txt`, each line behind what it is and a tab.

The first line tells what stands in the text, as JSON: `lang`, `kind` (`small`, `main`, `whole`), `style`, `title`,
`author`, `date`. Lines are the headline (`T`, later copies `t`), the article's (`+`), furniture (`-`), either (`?`) or
empty (`.`). They are in many languages, and unlike truths of pages they leave nothing in doubt.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import dumps  # type: ignore[import-not-found] # beside this script
import numpy as np

from chaffinch.extract import plaintext
from chaffinch.model import Block
from chaffinch.text import count_words

FOLDER = Path(__file__).with_name("written")
LOST = (0.3, 0.6)
"""Shares of the furniture that are left out in texts made of one that was written."""
_PLACE = re.compile(r"line (\d+)$")
_CLEAR = 0.8
"""The share of a block's words that must be of one kind to label it."""


@dataclass(frozen=True)
class Written:
    """One text as it was written."""

    name: str
    language: str
    way: str
    """How it was saved: `small`, `main` or `whole`."""
    title: str
    author: str
    date: str
    lines: list[tuple[str, str]]
    """What each is, and what it says."""


def read(folder: Path = FOLDER) -> Iterator[Written]:
    """All texts, in the order of their names."""
    for path in sorted(folder.glob("**/*.txt")):
        first, *rest = path.read_text("utf-8").splitlines()
        said = json.loads(first.partition("\t")[2])
        lines = [(line[:1], line[2:]) for line in rest]
        yield Written(
            str(path.relative_to(folder)), said["lang"], said["kind"], said["title"] or "", said.get("author") or "",
            said.get("date") or "", lines,
        )  # fmt: skip


def dumped(lines: Sequence[tuple[str, str]]) -> dumps.Dump:
    """The text cut as in use, its blocks labelled by the lines that they are of."""
    text = "\n".join(line for _, line in lines)
    blocks = plaintext.cut(text)
    begins = [_line(block) for block in blocks]
    label = [_label(lines[begin - 1 : max(begin, end - 1)])
             for begin, end in zip(begins, [*begins[1:], len(lines) + 1], strict=True)]  # fmt: skip
    return dumps.Dump("written", text, blocks, np.array(label, dtype=int))


def varied(one: Written, chance: random.Random) -> Iterator[dumps.Dump]:
    """The text as it was written, and with some of its furniture left out."""
    yield dumped(one.lines)
    for lost in LOST:
        yield dumped([line for line in one.lines if line[0] not in "-?" or chance.random() >= lost])


def _line(block: Block) -> int:
    place = _PLACE.search(block.path)
    assert place
    return int(place[1])


def _label(lines: Sequence[tuple[str, str]]) -> int:
    words = {kind: sum(count_words(line) or 1 for is_of, line in lines if is_of == kind and line) for kind in "+-?Tt"}
    if words["+"] >= _CLEAR * sum(words.values()):
        return 1
    if words["-"] >= _CLEAR * sum(words.values()):
        return 0
    return -1
