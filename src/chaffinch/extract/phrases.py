"""What sites say around their articles, language by language.

The table is `phrases.tsv`: language, kind, phrase, sorted. A phrase is written as `text.normalised` leaves it
(lower case, no punctuation); a star stands for up to twelve words, for more behind a long phrase that asks something
of the reader. The whole line must be the phrase: "subscribe" in a sentence is not furniture. A colon at the end says
that the phrase is furniture only as a label, before a colon and what it points to.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from chaffinch.text import count_words, normalised

KINDS = (
    "advert", "comment", "cookie", "legal", "login", "navigation", "popular", "related", "rights", "share", "subscribe",
)  # fmt: skip
"""Why a phrase is no part of an article, in a word."""

_CERTAIN = frozenset(("comment", "popular", "related", "share", "subscribe", "login", "advert", "cookie", "rights"))
"""Kinds that end an article wherever they stand alone; `legal` and `navigation` also hold common words."""

_ASKING = frozenset(("comment", "cookie", "rights", "subscribe"))
"""Kinds that speak to readers in whole sentences: "Sign up for our newsletter and get the news every morning."."""
_MANY = 3

_LONGEST = 160
"""Characters; a longer line is no furniture that a table could know."""
_STAR_WORDS = 12
_NOTHING = ("", 0)
_LABEL = re.compile(r"[^\w]{0,8}(\w[^:：|»→▶►]{0,50}?)\s?[:：|»→▶►]\s?(?=\S)")
_COUNTED = 4
"""Words of a line that says how many there are of something."""
_COUNTING = frozenset(("comment", "share"))
_POINTING = frozenset(("related", "popular"))
"""Kinds of labels that point to something else: "Read also: Ferries in winter"."""
_SEAM = re.compile(r"[^\W\d_]:?(?=[A-ZÀ-ÞĀ-ſΑ-ΩЀ-Я])")
_SEVERAL = re.compile(r"[^\W\d_][\w'’]*[\s-]\S")
"""More than one word: a name such as `LinkedIn` is nobody's glue."""
_MARKS = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670\u093c]+")
"""Accents, vowel signs of Arabic, dots below letters of Hindi: capitals, telegrams and phones leave them out."""
_LETTERS = str.maketrans("ıأإآٱيىكةۀ", "iااااییکهه")
"""One letter that keyboards write as several."""


def kind_of(line: str) -> str:
    """What kind of furniture the line is, when the whole of it is a known phrase; else empty."""
    return _found(line)[0]


def is_telling(line: str) -> bool:
    """Whether it is a phrase of so many words that even a long sentence which begins so is furniture."""
    kind, words = _found(line)
    return words >= _MANY and kind in _ASKING


def is_certain(kind: str) -> bool:
    """Whether a phrase of that kind is furniture wherever it stands alone."""
    return kind in _CERTAIN


def is_pointer(line: str) -> bool:
    """Whether the line is a label and what it points to, however long that is: "Read also: Ferries in winter"."""
    label = _LABEL.match(line)
    return label is not None and _folded(label[1]) in _table().labels


def glued(line: str) -> str:
    """A phrase such as "More Articles" that a dump has glued to the headline after it; else empty.

    Glued means that no blank stands between: `More ArticlesCalm returns to the harbour`.
    """
    for seam in _SEAM.finditer(line[:_LONGEST]):
        phrase, after = line[: seam.start() + 1], seam.end()
        headed = " " in phrase and phrase[0].isupper() and line[after].isupper() and _SEVERAL.match(line, after)
        if headed and _table().exact.get(_folded(phrase)) in ("popular", "related"):
            return phrase
    return ""


def entries() -> list[tuple[str, str, str]]:
    """The table as it is written: language, kind, phrase."""
    written = (files("chaffinch.extract") / "phrases.tsv").read_text("utf-8")
    return [(language, kind, phrase) for language, kind, phrase in (line.split("\t") for line in written.splitlines())]


class _Table:
    """The phrases, so that a line is looked up word by word and not pattern by pattern."""

    def __init__(self) -> None:
        self.exact: dict[str, str] = {}
        self.labels: set[str] = set()
        self.starred: dict[tuple[str, ...], list[tuple[list[str], list[str], tuple[str, int]]]] = {}
        """By the first two words before the star, or the only one; else by the last one behind it."""
        for _, kind, phrase in entries():
            before, star, after = phrase.partition("*")
            if kind in _POINTING and not after:
                self.labels.add(_folded(before))
            if phrase.endswith(":"):
                continue
            if star:
                begins, ends = _folded(before).split(), _folded(after).split()
                found = kind, count_words(before) + count_words(after)
                key = tuple(begins[:2]) or ("", ends[-1])
                self.starred.setdefault(key, []).append((begins, ends, found))
            else:
                self.exact.setdefault(_folded(phrase), kind)

    def look_up(self, plain: str) -> tuple[str, int]:
        """The kind, and how many words of the line are the phrase's own; the longest phrase wins."""
        if kind := self.exact.get(plain):
            return kind, count_words(plain)
        words = plain.split()
        if len(words) <= _COUNTED and (kind := self._of_a_number(words)):
            return kind, 1
        count = len(words)
        best = _NOTHING
        for key in (("", words[-1]), tuple(words[:1]), tuple(words[:2])):
            for begins, ends, found in self.starred.get(key, ()):
                filled = count - len(begins) - len(ends)
                fits = words[: len(begins)] == begins and words[count - len(ends) :] == ends
                if fits and 0 <= filled <= _most(found) and found[1] > best[1]:
                    best = found
        return best

    def _of_a_number(self, words: list[str]) -> str:
        """The kind of `4 Comments` and `Comments (4)`."""
        others = [word for word in words if not word.isdecimal()]
        kind = self.exact.get(" ".join(others), "") if 0 < len(others) < len(words) else ""
        return kind if kind in _COUNTING else ""


def _most(found: tuple[str, int]) -> int:
    """The most words that a phrase's star may stand for."""
    return 2 * _STAR_WORDS if found[1] >= _MANY and found[0] in _ASKING else _STAR_WORDS


@cache
def _table() -> _Table:
    return _Table()


def _folded(text: str) -> str:
    """Normalised, and without what writers of one language leave out or write in two ways."""
    if text.isascii():
        return normalised(text)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return normalised(plain).translate(_LETTERS)


@lru_cache(maxsize=4096)
def _found(line: str) -> tuple[str, int]:
    if len(line) > _LONGEST:
        return _NOTHING
    if line.startswith(("©", "(c) ", "(C) ")):
        return "rights", 1
    plain = _folded(line)
    return _table().look_up(plain) if plain else _NOTHING
