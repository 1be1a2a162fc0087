"""The words of articles, as PostgreSQL's search wants them; SQLite's keeps its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlalchemy import Connection, text

_LONGEST = 255
"""Characters of a word; PostgreSQL takes 2,046 bytes."""
_LAST = 16_383
"""The last place in a text that PostgreSQL tells from others."""
_PLACES = 16
"""Places of one word that are kept: more make no difference to what is found."""
_ROOM = 900_000
"""Bytes of one article's words; PostgreSQL refuses more than 1,048,575 of them, with the whole article."""

_WORD = re.compile(r"[^\W_]+")
_MARKS = "\u0300-\u0304\u0306-\u030c\u030f\u0311\u031b\u0323-\u0328\u032d\u032e\u0330\u0331"
"""The combining marks that SQLite takes for such (`sqlite3Fts5UnicodeIsdiacritic`)."""
_LOOSE = re.compile(f"[{_MARKS}]+")
_LATIN = re.compile(f"(?<=[a-z])[{_MARKS}]+")
_FOLDED = str.maketrans("µſςϐϑϕϖϰϱϵ", "μsσβθφπκρε")
"""Small letters that are other ways to write one (Unicode's CaseFolding.txt): SQLite takes the two for the same."""
_REMEMBER = text(
    "INSERT INTO article_words (article, words) VALUES (:article, CAST(:words AS tsvector))"
    " ON CONFLICT (article) DO UPDATE SET words = excluded.words"
)


class Told(Protocol):
    """An article, or its row."""

    @property
    def title(self) -> str: ...

    @property
    def byline(self) -> str: ...

    @property
    def publisher(self) -> str: ...

    @property
    def text(self) -> str: ...


def words_of(said: str) -> Iterator[str]:
    """The words of a text as SQLite's `unicode61 remove_diacritics 2` tells them: lower case, Latin without marks.

    Where a mark stands by itself it is dropped; a letter of another script that was written as one keeps its own.
    """
    plain = said.lower()
    if not plain.isascii():
        loose = unicodedata.normalize("NFD", _LOOSE.sub("", plain.translate(_FOLDED)))
        plain = unicodedata.normalize("NFC", _LATIN.sub("", loose))
    return (word[:_LONGEST] for word in _WORD.findall(plain))


def remember(connection: Connection, row_id: int, article: Told) -> None:
    """Let an article be found by the words that it has now; on SQLite, triggers do so."""
    if connection.dialect.name == "postgresql":
        said = (article.title, article.byline, article.publisher, article.text)
        connection.execute(_REMEMBER, {"article": row_id, "words": vector(said)})


def vector(said: Sequence[str]) -> str:
    """Texts of falling weight, four at most, as a `tsvector`; the words of one that is too long are left out."""
    places: dict[str, list[str]] = {}
    place, room = 0, _ROOM
    for weight, part in zip("ABCD", said, strict=False):
        for word in words_of(part):
            place = min(place + 1, _LAST)
            held = places.get(word)
            if held is None:
                room -= len(word.encode()) + 4 + 2 * _PLACES
                if room < 0:
                    break
                held = places[word] = []
            if len(held) < _PLACES:
                held.append(f"{place}{weight}")
    return " ".join(f"'{word}':{','.join(held)}" for word, held in places.items())


def query(words: Sequence[str]) -> str:
    """All of these words, as a `tsquery`; the last may be a beginning."""
    return " & ".join(f"'{word}'" for word in words) + ":*"
