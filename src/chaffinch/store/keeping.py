"""An article is written with all that follows from it.

Two workers may bring the same one at the same time, from two sources: rows are taken in the order articles, aliases,
sketches, marks, so that none waits for one who waits for it, and of two that are new under one name one is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from chaffinch.model import Article, Source
from chaffinch.store import sketches
from chaffinch.store.archives import mark_months, month_of
from chaffinch.store.articles import add_names, insert_row, join_story, mark_dirty, update_article
from chaffinch.store.reading import read
from chaffinch.store.schema import articles

FeedsOf = Callable[[Article], Iterable[str]]


class MintedMeanwhile(Exception):
    """Another worker has written an article under one of these names: nothing may be written of this one."""


def keep_new(
    connection: Connection,
    source: Source,
    reference: int,
    article: Article,
    sketch: Sequence[int],
    feeds_of: FeedsOf,
    tags: Sequence[str],
) -> int:
    """Write an article that was not there, found under a reference, and mark the feeds that hold it; its row's id.

    `tags` are those that all of the source's articles have now. Raises MintedMeanwhile when its names are taken; the
    transaction is to be given up then.
    """
    if article.story:
        join_story(connection, article.story)
    article = _of_source(article, source)
    row_id = insert_row(connection, article, reference)
    if not add_names(connection, row_id, article):
        raise MintedMeanwhile
    if sketch:
        sketches.remember(connection, row_id, sketch, new=True)
    # What was just written need not be read to know which feeds hold it: its tags are all that a source adds.
    others = read(connection, articles.c.story == article.story) if article.story else []
    own = replace(article, tags=tuple(dict.fromkeys((*article.tags, *tags))))
    _mark(connection, (own, *others), feeds_of)
    return row_id


def keep(connection: Connection, source: Source, article: Article, sketch: Sequence[int], feeds_of: FeedsOf) -> int:
    """Write an article over its old version, and mark the feeds that hold it, before or after; its row's id."""
    if article.story:
        join_story(connection, article.story)
    before = read(connection, articles.c.uri == article.id)
    article = _of_source(article, source)
    row_id = update_article(connection, article)
    if sketch:
        sketches.remember(connection, row_id, sketch)
    after = read(connection, articles.c.id == row_id)
    if before != after:
        others = read(connection, articles.c.story == article.story) if article.story else []
        _mark(connection, (*before, *after, *others), feeds_of)
    return row_id


def _of_source(article: Article, source: Source) -> Article:
    """The article as it is written: of this source, too, and without the tags that all of the source's have."""
    return replace(
        article,
        sources=tuple(dict.fromkeys((*article.sources, source.slug))),
        tags=tuple(tag for tag in article.tags if tag not in source.tags),
    )


def _mark(connection: Connection, versions: Iterable[Article], feeds_of: FeedsOf) -> None:
    held = {(feed, month_of(one.published)) for one in versions for feed in feeds_of(one)}
    mark_dirty(connection, {feed for feed, _ in held})
    mark_months(connection, held)
