"""An article is written with all that follows from it.

Two workers may bring the same one at the same time, from two sources: rows are taken in the order articles, aliases,
sketches, marks, so that none waits for one who waits for it, and of two that are new under one name one is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from chaffinch.model import Article, Change, Source
from chaffinch.store import sketches
from chaffinch.store.archives import mark_months, month_of
from chaffinch.store.articles import insert_article, join_story, mark_dirty, update_article
from chaffinch.store.reading import read
from chaffinch.store.schema import aliases, articles

FeedsOf = Callable[[Article], Iterable[str]]


class MintedMeanwhile(Exception):
    """Another worker has written an article under one of these names: nothing may be written of this one."""


def keep(
    connection: Connection, source: Source, article: Article, change: Change, sketch: Sequence[int], feeds_of: FeedsOf
) -> int:
    """Write an article, and mark the feeds that hold it, before or after; its row's id.

    Raises MintedMeanwhile for a new one whose names are taken; the transaction is to be given up then.
    """
    new = change is Change.NEW
    if article.story:
        join_story(connection, article.story)
    before = [] if new else read(connection, articles.c.uri == article.id)
    article = replace(
        article,
        sources=tuple(dict.fromkeys((*article.sources, source.slug))),
        tags=tuple(tag for tag in article.tags if tag not in source.tags),
    )
    row_id = insert_article(connection, article) if new else update_article(connection, article)
    if new and _taken(connection, article, row_id):
        raise MintedMeanwhile
    if sketch:
        sketches.remember(connection, row_id, sketch)
    after = read(connection, articles.c.id == row_id)
    if before != after:
        others = read(connection, articles.c.story == article.story) if article.story else []
        versions = (*before, *after, *others)
        held = {(feed, month_of(one.published)) for one in versions for feed in feeds_of(one)}
        mark_dirty(connection, {feed for feed, _ in held})
        mark_months(connection, held)
    return row_id


def _taken(connection: Connection, article: Article, row_id: int) -> bool:
    others = select(aliases.c.alias).where(aliases.c.alias.in_(article.aliases), aliases.c.article != row_id)
    return connection.execute(others).first() is not None
