"""Where a story stands: its articles in all sources, each in a few words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from chaffinch.model import Copy
from chaffinch.store.schema import article_sources, articles, sources


def of(connection: Connection, stories: Collection[str]) -> Mapping[str, Sequence[Copy]]:
    """The articles that tell each of these stories, first seen first; hidden ones are left out."""
    told: dict[str, dict[str, list[Any]]] = {}
    if not stories:
        return {}
    for row in connection.execute(
        select(
            articles.c.story,
            articles.c.key,
            articles.c.url,
            articles.c.title,
            articles.c.publisher,
            sources.c.slug,
            sources.c.title.label("source_title"),
            sources.c.state["title"].as_string().label("own_title"),
        )
        .join(article_sources, article_sources.c.article == articles.c.id)
        .join(sources, sources.c.slug == article_sources.c.source)
        .where(articles.c.story.in_(stories), articles.c.hidden.is_(False))
        .order_by(articles.c.first_seen, articles.c.uri, article_sources.c.since, sources.c.slug)
    ):
        told.setdefault(row.story, {}).setdefault(row.key, []).append(row)
    return {
        story: tuple(
            Copy(
                key=key,
                url=rows[0].url,
                title=rows[0].title,
                publisher=rows[0].publisher or rows[0].source_title or rows[0].own_title or "",
                sources=tuple(row.slug for row in rows),
            )
            for key, rows in by_key.items()
        )
        for story, by_key in told.items()
    }
