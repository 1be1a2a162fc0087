"""Articles are found by the words that readers type."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text

from chaffinch.model import Article
from chaffinch.store.database import Database
from chaffinch.store.reading import read
from chaffinch.store.schema import articles
from chaffinch.store.words import query, words_of

_MOST_WORDS = 12
_FOUND = {
    "sqlite": text(
        "SELECT rowid FROM article_words WHERE article_words MATCH :words"
        " ORDER BY bm25(article_words, 8, 4, 2, 1), rowid DESC LIMIT :most"
    ),
    "postgresql": text(
        "SELECT article FROM article_words WHERE words @@ CAST(:words AS tsquery)"
        " ORDER BY ts_rank('{0.125, 0.25, 0.5, 1}', words, CAST(:words AS tsquery), 1) DESC, article DESC LIMIT :most"
    ),
}
"""A word in the title counts most: eight times one in the text."""


class Search:
    """Looks in titles, bylines, publishers and texts; a word in the title counts most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, words: str, most: int) -> Sequence[Article]:
        """Articles that hold all of these words, the best first, hidden ones left out; the last may be a beginning."""
        wanted = list(words_of(words))[:_MOST_WORDS]
        if not wanted:
            return []
        with self._database.read() as connection:
            kind = connection.dialect.name
            said = " ".join(f'"{word}"' for word in wanted) + "*" if kind == "sqlite" else query(wanted)
            ids = connection.execute(_FOUND[kind], {"words": said, "most": most}).scalars().all()
            rows = connection.execute(select(articles.c.uri, articles.c.id).where(articles.c.id.in_(ids)))
            places = {row.uri: ids.index(row.id) for row in rows}
            found = read(connection, articles.c.id.in_(ids) & articles.c.hidden.is_(False))
        return sorted(found, key=lambda article: places[article.id])
