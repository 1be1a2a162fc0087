"""A plain text is cut into blocks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from html import escape

from chaffinch.errors import ExtractError
from chaffinch.extract import (
    coded,
    line,
    listed,
    markdown,
    numbered,
    pandoc,
    quoted,
    tabled,
    underlined,
    unseen,
    wrapped,
)
from chaffinch.extract.line import BULLET, Line, Piece
from chaffinch.model import Block
from chaffinch.text import count_words, xml_safe

_MARKUP = re.compile(
    r"<(?:!doctype|html|head|body|meta|div|article|section|p|br|h[1-6]|table|ul|a\s[^>]*href)\b[^<>]*>", re.IGNORECASE
)
_MARKDOWN_NAMES = (".markdown", ".md")
_BEGINNING = 200_000
"""Characters by which a text is told from a page."""
MAX_CHARACTERS = 5_000_000
_MAX_LINES = 120_000


def is_plain(text: str, media_type: str, url: str) -> bool:
    """Whether it is to be read as plain text: by its type, or where that is not told by its name and looks."""
    if "html" in media_type or media_type.endswith("xml"):
        return False
    begins = text[:2000].lstrip().lower()
    if begins.startswith(("<!doctype html", "<html")):
        return False
    if media_type.startswith("text/plain") or url.lower().endswith(".txt"):
        return True
    beginning = text[:_BEGINNING]
    if media_type.startswith("text/markdown") or url.lower().endswith(_MARKDOWN_NAMES):
        return not _MARKUP.search(beginning) or markdown.outweighs(beginning)
    return not _MARKUP.search(beginning)


def cut(text: str) -> list[Block]:
    """The text's blocks in order, each with the number of its first line. Raises ExtractError for a giant."""
    return [block for block in laid_out(text) if block.text]


def laid_out(text: str) -> list[Block]:
    """The same with the empty cells of tables, which hold their column's place."""
    if len(text) > MAX_CHARACTERS:
        raise ExtractError(f"the text is too long: {len(text):,} characters, at most {MAX_CHARACTERS:,} are read")
    split = _split(text)
    if len(split) > _MAX_LINES:
        raise ExtractError(f"the text has too many lines: about {len(split):,} lines, at most {_MAX_LINES:,} are read")
    addresses = numbered.addresses(split)
    bare = underlined.read(unseen.without(pandoc.without(numbered.without(split, addresses))))
    lines = [line.read(number, written) for number, written in enumerate(bare, 1)]
    blocks = listed.placed(_pieces(list(quoted.unmarked(lines))))
    places = {f"line {at + 1}" for at in addresses}
    return [_marked(block, places) for block in blocks] if places else blocks


def _marked(block: Block, addresses: Collection[str]) -> Block:
    is_one = block.path.rpartition("/")[2] in addresses
    return block._replace(marks=block.marks | {"address"}) if is_one else block


def _split(text: str) -> list[str]:
    return re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", xml_safe(text.replace("\x0c", "\n")))


def _pieces(lines: list[Line]) -> list[Piece]:
    """Code as it was written, the cells of tables, and the paragraphs between, in order."""
    found: list[Piece] = []
    for first, end, text in coded.found(lines):
        one = lines[first]
        marks = _marks(one) | {"code"}
        block = Block(f"line {one.number}", "pre", escape(text, quote=False), text, count_words(text), 0, marks)
        found.append(Piece(block, one.number, one.indent, one.within))
        lines[first:end] = [each._replace(text="") for each in lines[first:end]]
    for table in list(tabled.found(lines)):
        one = lines[table.first]
        for number, block in tabled.blocks(table, one.number, _marks(one) | {"table"}):
            found.append(Piece(block, number, one.indent, one.within))
        lines[table.first : table.end] = [each._replace(text="") for each in lines[table.first : table.end]]
    return sorted([*found, *_paragraphs(lines)], key=lambda piece: piece.number)


def _paragraphs(lines: Sequence[Line]) -> Iterator[Piece]:
    for run in wrapped.paragraphs(lines):
        for at, one in enumerate(run):
            alone = len(run) == 1 or (at == 0 and markdown.begins_section(one.text, run[1].text))
            if (block := _block(one, alone=alone)).text:
                yield Piece(block, one.number, one.indent, one.within)


def _block(one: Line, *, alone: bool) -> Block:
    marks = _marks(one) | {"list"} if BULLET.match(one.text) else _marks(one)
    text, html, linked, level = markdown.read(one.text, alone=alone)
    tag = f"h{level}" if level else "p"
    return Block(f"line {one.number}", tag, html, text, count_words(text), linked, marks)


def _marks(one: Line) -> frozenset[str]:
    return frozenset(["quote"] if one.within else [])
