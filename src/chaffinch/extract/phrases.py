"""What sites say around their articles, language by language.

The table is `phrases.tsv`: language, kind, phrase, sorted. A phrase is written as `text.normalised` leaves it
(lower case, no punctuation); a star stands for up to twelve words. The whole line must be the phrase: "subscribe" in
a sentence is not furniture.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from chaffinch.text import normalised

KINDS = (
    "advert", "comment", "cookie", "legal", "login", "navigation", "popular", "related", "rights", "share", "subscribe",
)  # fmt: skip
"""Why a phrase is no part of an article, in a word."""

_CERTAIN = frozenset(("comment", "popular", "related", "share", "subscribe", "login", "advert", "cookie", "rights"))
"""Kinds that end an article wherever they stand alone; `legal` and `navigation` also hold common words."""

_LONGEST = 120
"""Characters; a longer line is no furniture that a table could know."""
_STAR_WORDS = 12
_LONGEST_BEGINNING = 12


def kind_of(line: str) -> str:
    """What kind of furniture the line is, when the whole of it is a known phrase; else empty."""
    if len(line) > _LONGEST:
        return ""
    if line.startswith(("©", "(c) ", "(C) ")):
        return "rights"
    return _kind(normalised(line))


def is_certain(kind: str) -> bool:
    """Whether a phrase of that kind is furniture wherever it stands alone."""
    return kind in _CERTAIN


def glued(line: str) -> str:
    """A phrase such as "More Articles" that a dump has glued to the headline after it; else empty.

    Glued means that no blank stands between: `More ArticlesCalm returns to the harbour`.
    """
    found = _glued().match(line)
    return found[1] if found and line[found.end()].isupper() else ""


def entries() -> list[tuple[str, str, str]]:
    """The table as it is written: language, kind, phrase."""
    written = (files("chaffinch.extract") / "phrases.tsv").read_text("utf-8")
    return [(language, kind, phrase) for language, kind, phrase in (line.split("\t") for line in written.splitlines())]


class _Table:
    """The phrases, so that a line is looked up word by word and not pattern by pattern."""

    def __init__(self) -> None:
        self.exact: dict[str, str] = {}
        self.starred: dict[str, list[tuple[str, str]]] = {}
        for _, kind, phrase in entries():
            before, star, after = phrase.partition("*")
            if star:
                self.starred.setdefault(normalised(before), []).append((normalised(after), kind))
            else:
                self.exact.setdefault(normalised(phrase), kind)

    def look_up(self, plain: str) -> str:
        if kind := self.exact.get(plain):
            return kind
        words = plain.split()
        for length in range(min(len(words), _LONGEST_BEGINNING) + 1):
            for end, kind in self.starred.get(" ".join(words[:length]), ()):
                rest = words[length:]
                if end:
                    tail = end.split()
                    if len(rest) < len(tail) or rest[len(rest) - len(tail) :] != tail:
                        continue
                    rest = rest[: len(rest) - len(tail)]
                if len(rest) <= _STAR_WORDS:
                    return kind
        return ""


@cache
def _table() -> _Table:
    return _Table()


@cache
def _glued() -> re.Pattern[str]:
    several = [p for p, kind in _table().exact.items() if kind in ("popular", "related") and " " in p]
    cased = sorted({form for p in several for form in (p.title(), p.capitalize())}, key=lambda p: (-len(p), p))
    return re.compile(rf"({'|'.join(map(re.escape, cased))}):?(?=[^\W\d_][\w'’]*[\s-]\S)")


def _kind(plain: str) -> str:
    return _table().look_up(plain) if plain else ""
