"""Articles are found by their words: each has a sketch of hashes, and alike texts share some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, select

from chaffinch.model import Article
from chaffinch.store.reading import of_rows
from chaffinch.store.schema import sketches
from chaffinch.store.upserts import add

A_HANDFUL = 8
"""Articles that are worth comparing word by word."""
_A_HASH = 100
"""Articles looked at for one hash, the newest: what more of them share is a site's furniture."""
_A_LOOK = 1_000
"""Articles that all hashes are asked for at once; where there are more, each hash is asked for its newest."""
_SHARED = (
    select(sketches.c.hash, sketches.c.article)
    .where(sketches.c.hash.in_(bindparam("hashes", expanding=True)))
    .limit(_A_LOOK + 1)
)


def remember(connection: Connection, article: int, sketch: Sequence[int], *, new: bool = False) -> None:
    """Keep the sketch of an article, in place of an older one; `new` says that there is none."""
    if not new:
        connection.execute(delete(sketches).where(sketches.c.article == article))
    add(connection, sketches, [{"hash": band, "article": article} for band in sketch])


def rows_sharing(connection: Connection, sketch: Sequence[int]) -> list[int]:
    """The rows of the articles that share a hash with this sketch; those that share most, then the newest, first."""
    bands = sorted(set(sketch))
    if not bands:
        return []
    found = connection.execute(_SHARED, {"hashes": bands}).all()
    met: Counter[int] = Counter()
    if len(found) <= _A_LOOK:
        by_hash: dict[int, list[int]] = {}
        for band, article in found:
            by_hash.setdefault(band, []).append(article)
        for those in by_hash.values():
            met.update(sorted(those, reverse=True)[:_A_HASH])
    else:
        for band in bands:
            newest = select(sketches.c.article).where(sketches.c.hash == band).order_by(sketches.c.article.desc())
            met.update(connection.execute(newest.limit(_A_HASH)).scalars())
    return sorted(met, key=lambda article: (met[article], article), reverse=True)[:A_HANDFUL]


def sharing(connection: Connection, sketch: Sequence[int]) -> list[Article]:
    """The articles that share a hash with this sketch; those that share most, and of these the newest, first."""
    return of_rows(connection, rows_sharing(connection, sketch))
