"""Articles are found by their words: each has a sketch of hashes, and alike texts share some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from chaffinch.model import Article
from chaffinch.store.reading import read
from chaffinch.store.schema import articles, sketches

A_HANDFUL = 8
"""Articles that are worth comparing word by word."""
_A_HASH = 100
"""Articles looked at for one hash, the newest: what more of them share is a site's furniture."""


def remember(connection: Connection, article: int, sketch: Sequence[int]) -> None:
    """Keep the sketch of an article, in place of an older one."""
    connection.execute(delete(sketches).where(sketches.c.article == article))
    connection.execute(insert(sketches), [{"hash": band, "article": article} for band in set(sketch)])


def sharing(connection: Connection, sketch: Sequence[int]) -> list[Article]:
    """The articles that share a hash with this sketch; those that share most, and of these the newest, first."""
    met: Counter[int] = Counter()
    for band in set(sketch):
        newest = select(sketches.c.article).where(sketches.c.hash == band).order_by(sketches.c.article.desc())
        met.update(connection.execute(newest.limit(_A_HASH)).scalars())
    ids = sorted(met, key=lambda article: (met[article], article), reverse=True)[:A_HANDFUL]
    if not ids:
        return []
    uris = connection.execute(select(articles.c.uri, articles.c.id).where(articles.c.id.in_(ids)))
    places = {row.uri: ids.index(row.id) for row in uris}
    return sorted(read(connection, articles.c.id.in_(ids)), key=lambda article: places[article.id])
