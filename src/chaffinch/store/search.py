"""Articles are found by the words that readers type."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from chaffinch.model import Article
from chaffinch.store.articles import read
from chaffinch.store.database import Database
from chaffinch.store.schema import articles
from chaffinch.text import normalised

_MOST_WORDS = 12
_FOUND = text(
    "SELECT rowid FROM article_words WHERE article_words MATCH :words"
    " ORDER BY bm25(article_words, 8, 4, 2, 1) LIMIT :most"
)


class Search:
    """Looks in titles, bylines, publishers and texts; a word in the title counts most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, words: str, most: int) -> Sequence[Article]:
        """Articles that hold all of these words, the best first, hidden ones left out; the last may be a beginning."""
        wanted = normalised(words).split()[:_MOST_WORDS]
        if not wanted:
            return []
        said = " ".join(f'"{word}"' for word in wanted) + "*"
        with self._database.read() as connection:
            ids = connection.execute(_FOUND, {"words": said, "most": most}).scalars().all()
            kept = (articles.c.id == row_id for row_id in ids)
            return [one for here in kept for one in read(connection, here) if not one.hidden]
