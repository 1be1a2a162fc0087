"""A page as it would look in another script, for models whose pages are nearly all in Latin letters.

Every word becomes one of signs that mean nothing, the same word always the same; blanks, capitals and punctuation are
those of the script, known phrases are such as its languages have. What is left to learn from is the page's form.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from chaffinch.extract import phrases
from chaffinch.extract.segment import Cut
from chaffinch.model import Block, Metadata
from chaffinch.text import count_words

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_BETWEEN = re.compile(r"(?<=[^\W\d_])[^\S\n](?=[^\W\d_])")
_BEHIND = re.compile(r"(?<=[，。！？：；（）])[^\S\n]|[^\S\n](?=（)")


@dataclass(frozen=True)
class Script:
    """How a script writes: its signs, the letters of a word that make one of them, its marks, and whose phrases."""

    signs: Sequence[str]
    letters: float
    marks: dict[int, str]
    languages: frozenset[str]
    has_blanks: bool = True
    has_capitals: bool = False


def _range(first: int, last: int) -> list[str]:
    return [chr(code) for code in range(first, last + 1)]


_WIDE = str.maketrans({",": "，", ".": "。", "!": "！", "?": "？", ":": "：", ";": "；", "(": "（", ")": "）"})
_ARABIC = str.maketrans({",": "،", "?": "؟", ";": "؛"})
_UNKNOWN = 4
"""One phrase in so many is none that the language's table knows: it is never whole."""
_SCRIPTS = {
    "han": Script(_range(0x4E00, 0x6000), 3.2, _WIDE, frozenset(("zh",)), has_blanks=False),
    "kana": Script(
        [*_range(0x3041, 0x3093), *_range(0x4E00, 0x4F00)], 2.4, _WIDE, frozenset(("ja",)), has_blanks=False
    ),
    "hangul": Script(_range(0xAC00, 0xB400), 2.4, {}, frozenset(("ko",))),
    "arabic": Script(_range(0x0627, 0x063A), 1.1, _ARABIC, frozenset(("ar", "fa", "ur"))),
    "cyrillic": Script(_range(0x0430, 0x044F), 0.95, {}, frozenset(("ru", "uk", "bg", "sr")), has_capitals=True),
    "thai": Script(_range(0x0E01, 0x0E2E), 1.0, {ord("."): "", ord(","): ""}, frozenset(("th",)), has_blanks=False),
}  # fmt: skip
_NONE = ("",) * 13
_SHARES = _NONE + ("han",) * 5 + ("kana",) * 2 + ("hangul", "arabic", "arabic", "cyrillic", "cyrillic", "thai")


def chosen(name: str) -> str:
    """The script for the twin of a page of that name; empty for every second page, which has none."""
    return _SHARES[zlib.crc32(name.encode()) % len(_SHARES)]


def translated(cut: Cut, said: Metadata, script: str) -> tuple[Cut, Metadata]:
    """The page's blocks, title and description in that script."""
    way = _SCRIPTS[script]
    known = {text: _rewritten(text, way) for text in {block.text for block in cut.blocks}}
    told = replace(said, title=_rewritten(said.title, way), description=_rewritten(said.description, way))
    return replace(cut, blocks=[_replaced(block, known[block.text]) for block in cut.blocks]), told


def _replaced(block: Block, text: str) -> Block:
    words = count_words(text)
    linked = round(words * block.linked_words / (block.words or 1))
    return block._replace(text=text, words=words, linked_words=linked)


def _rewritten(text: str, way: Script) -> str:
    if kind := phrases.kind_of(text):
        theirs = _phrases(way.languages).get(kind, [])
        if theirs and _of(text) % _UNKNOWN:
            return theirs[_of(text) % len(theirs)]
    if not way.has_blanks:
        text = _BETWEEN.sub("", _parted(text, way))
        return _BEHIND.sub("", text.translate(way.marks))
    return _parted(text, way).translate(way.marks)


def _parted(text: str, way: Script) -> str:
    return _WORD.sub(lambda found: _word(found[0], way), text)


def _word(word: str, way: Script) -> str:
    seed = _of(word.lower())
    signs = "".join(
        way.signs[(seed * (at + 3) + seed // (at + 7)) % len(way.signs)]
        for at in range(max(1, round(len(word) / way.letters)))
    )
    if not way.has_capitals or word.islower():
        return signs
    return signs.upper() if word.isupper() else signs.capitalize()


def _of(text: str) -> int:
    return zlib.crc32(text.encode())


@cache
def _phrases(languages: frozenset[str]) -> dict[str, list[str]]:
    """By kind what the table knows of these languages, without those that have a gap."""
    found: dict[str, list[str]] = {}
    for language, kind, phrase in phrases.entries():
        if language in languages and "*" not in phrase and not phrase.endswith(":"):
            found.setdefault(kind, []).append(phrase)
    return found
