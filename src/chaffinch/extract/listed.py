"""Lines of a plain text that begin with bullets, or are numbered, are the items of lists.

What stands further in than an item belongs to it: another list, a paragraph (CommonMark 0.31, §5.2, §5.3). The text of
an item keeps its bullet, which readers of a text want and the line model knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaffinch.extract.line import Piece
from chaffinch.extract.punctuation import CLOSERS, ENDS
from chaffinch.model import Block, Verdict

_MARK = re.compile(
    r"(?:[-*+·○□■–—]|\(?(\d{1,6})[.)])\s+(?=\S)"
    r"|(?:[•‣◦▪●・]|（?(\d{1,3})[、．）](?!\d)|([①-⑳]))\s*(?=\S)"
)
"""Behind a round bullet, or one of Chinese or Japanese, often no blank stands."""
_NUMBERED = re.compile(r"ol\[(\d+)\]/li\[(\d+)\]/")
"""In a path: a numbered list, and an item of it."""
_DASHES = "–—"
_SPEECH = re.compile(r"[,;.!?…]\s[-–—]\s")
"""What somebody says, and who does: `– I did, – said the pilot.`"""
_STOPPED = re.compile(rf"[{ENDS}][{CLOSERS}]*$")
_ASKS = frozenset("?？؟")
_SAYS = re.compile(r"\w")
_FURTHER = 2
"""Columns from which on something stands further in."""
_FAR = 10
"""Columns from which on it stands somewhere else: a heading in the middle of the line."""
_DEEPEST = 6
"""Lists in lists; what is deeper stands in the last of them."""


@dataclass(slots=True)
class _List:
    """A list, or what may be one."""

    tag: str
    style: str
    """Its bullet, or what stands behind its numbers."""
    indent: int
    number: int
    """Of its first line."""
    quote: str
    """The path to the quote that it stands in."""
    around: tuple[_List, int] | None
    """The list around it, and the number of the line that began the item."""
    item: int
    """The same of its own last item."""
    next: int
    """The number that its next item must have; 0 where there are none."""
    items: int = 1
    holds: bool = False
    """Whether a list stands in it."""
    is_none: bool = False
    """It begins in the midst, or somebody speaks."""
    asks: bool = False
    answers: bool = False
    path: str | None = None

    def is_list(self) -> bool:
        """Whether it is one: two lines are, and a single one where it holds a list or stands in one."""
        if self.is_none or (self.asks and self.answers):
            return False
        return (
            self.items > 1
            or (self.tag == "ul" and self.holds)
            or (self.around is not None and self.around[0].is_list())
        )

    def steps(self) -> str:
        """The path to its items."""
        if self.path is None:
            around = self.around[0].item_steps(self.around[1]) if self.around else self.quote
            self.path = f"{around}{self.tag}[{self.number}]/" if self.is_list() else around
        return self.path

    def item_steps(self, item: int) -> str:
        return f"{self.steps()}li[{item}]/" if self.is_list() else self.steps()


@dataclass(frozen=True, slots=True)
class _Mark:
    written: str
    tag: str
    style: str
    count: int
    rest: str


def placed(pieces: Sequence[Piece]) -> list[Block]:
    """The blocks with the path to their quote and their item; those of lists without the bullet in their markup."""
    found: list[tuple[_List, int, int] | None] = []
    opened: list[_List] = []
    within = ""
    for piece in pieces:
        if piece.within != within:
            opened, within = [], piece.within
        mark = _mark(piece.block)
        if mark is None:
            while opened and not _FURTHER <= piece.indent - opened[-1].indent < _FAR:
                opened.pop()
            found.append((opened[-1], opened[-1].item, 0) if opened else None)
            continue
        _begin(opened, piece, mark)
        found.append((opened[-1], opened[-1].item, len(mark.written)))
    return [_standing(piece, place) for piece, place in zip(pieces, found, strict=True)]


def counted(blocks: Sequence[Block]) -> list[Block]:
    """The judged blocks; those of a list in which an item is kept behind one that is dropped bear their own numbers.

    A browser counts what it is shown, and would give them others.
    """
    kept: dict[str, dict[str, bool]] = {}
    for block in blocks:
        for begun, item in _NUMBERED.findall(block.path):
            items = kept.setdefault(begun, {})
            items[item] = items.get(item, False) or block.verdict is Verdict.CONTENT
    torn = {
        begun
        for begun, items in kept.items()
        if any(is_kept and not was_kept for was_kept, is_kept in pairwise(items.values()))
    }
    return [_numbered(block, torn) for block in blocks] if torn else list(blocks)


def _numbered(block: Block, torn: set[str]) -> Block:
    path = _NUMBERED.sub(lambda step: "" if step[1] in torn else step[0], block.path)
    first = re.search(r"ol\[(\d+)\]/li\[(\d+)\]/line \2$", block.path)
    mark = _MARK.match(block.text) if first and first[1] in torn else None
    return block._replace(path=path, html=f"{mark[0].rstrip()} {block.html}" if mark else block.html)


def _mark(block: Block) -> _Mark | None:
    """What the block begins with, where that makes it an item; a line such as `* * *` says nothing."""
    mark = _MARK.match(block.text) if block.tag == "p" else None
    if not mark or not block.html.startswith(mark[0].rstrip()) or not _SAYS.search(block.text, mark.end()):
        return None
    rest = block.text[mark.end() :]
    written, number = mark[0].rstrip(), mark[1] or mark[2]
    if number:
        return _Mark(written, "ol", written.replace(number, ""), int(number), rest)
    if mark[3]:
        return _Mark(written, "ol", "", ord(mark[3]) - ord("①") + 1, rest)
    return _Mark(written, "ul", written[0], 0, rest)


def _begin(opened: list[_List], piece: Piece, mark: _Mark) -> None:
    """The item is the next one of a list that is open, or begins one; that list is the last that is open then."""
    # Numbers stand flush right, so 10 begins before 9.
    right = piece.indent + max(0, len(mark.written) - 2) if mark.tag == "ol" else piece.indent
    while opened and opened[-1].indent > right:
        opened.pop()
    if opened and (piece.indent < opened[-1].indent + _FURTHER or len(opened) == _DEEPEST):
        last = opened[-1]
        if (last.tag, last.style, last.next) == (mark.tag, mark.style, mark.count):
            last.items += 1
            last.item = piece.number
            last.next += last.tag == "ol"
            _hear(last, mark)
            return
        opened.pop()
    around = (opened[-1], opened[-1].item) if opened else None
    if around:
        around[0].holds = True
    begun = _List(
        mark.tag, mark.style, piece.indent, piece.number, piece.within, around, piece.number, mark.count
    )  # fmt: skip
    begun.next += begun.tag == "ol"
    begun.is_none = mark.tag == "ol" and mark.count != 1
    _hear(begun, mark)
    opened.append(begun)


def _hear(one: _List, mark: _Mark) -> None:
    """Take note of what its next item tells of whether somebody speaks: in a dialogue questions are answered."""
    one.is_none |= _is_spoken(mark)
    if mark.written == "-" and _STOPPED.search(mark.rest):
        is_question = mark.rest.rstrip(CLOSERS)[-1:] in _ASKS
        one.asks |= is_question
        one.answers |= not is_question


def _is_spoken(mark: _Mark) -> bool:
    """Whether it is a line of a dialogue, which begins with a dash in many languages."""
    if mark.written in _DASHES:
        return _STOPPED.search(mark.rest) is not None or _SPEECH.search(mark.rest) is not None
    return mark.written == "-" and _SPEECH.search(mark.rest) is not None


def _standing(piece: Piece, place: tuple[_List, int, int] | None) -> Block:
    block = piece.block
    if not place:
        return block._replace(path=piece.within + block.path) if piece.within else block
    inside, item, bullet = place
    html = block.html[bullet:].lstrip() if inside.is_list() else block.html
    return block._replace(path=inside.item_steps(item) + block.path, html=html)
