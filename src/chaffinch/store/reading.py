"""Articles are read from their rows, complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, select

from chaffinch.model import Article, Certainty, Copy, Enclosure, Images, Publish
from chaffinch.store import copies
from chaffinch.store.schema import aliases, article_sources, articles, sources
from chaffinch.store.values import revived

_NAMED = select(aliases.c.alias, aliases.c.article).where(aliases.c.alias.in_(bindparam("names", expanding=True)))
_STRICTEST = (Publish.LINK, Publish.EXCERPT, Publish.FULL)


def read(connection: Connection, where: Any) -> list[Article]:
    """The articles that a condition holds for, newest first, complete."""
    return list(_read(connection, where).values())


def of_rows(connection: Connection, ids: Sequence[int]) -> list[Article]:
    """The articles of these rows that are there, complete, in this order."""
    found = _read(connection, articles.c.id.in_(ids)) if ids else {}
    return [found[row_id] for row_id in ids if row_id in found]


def rows_named(connection: Connection, names: Sequence[str]) -> list[int]:
    """The rows of the articles that have one of these aliases, in the order of the names."""
    found = connection.execute(_NAMED, {"names": list(names)}).all()
    return list(dict.fromkeys(row.article for row in sorted(found, key=lambda row: names.index(row.alias))))


def named(connection: Connection, names: Sequence[str]) -> list[Article]:
    """The articles that have one of these aliases, in the order of the names."""
    return of_rows(connection, rows_named(connection, names))


def _read(connection: Connection, where: Any) -> dict[int, Article]:
    rows = (
        connection.execute(select(articles).where(where).order_by(articles.c.published.desc(), articles.c.id.desc()))
        .mappings()
        .all()
    )
    if not rows:
        return {}
    ids = [row["id"] for row in rows]
    names: dict[int, list[str]] = defaultdict(list)
    for article, alias in connection.execute(
        select(aliases.c.article, aliases.c.alias).where(aliases.c.article.in_(ids)).order_by(aliases.c.alias)
    ):
        names[article].append(alias)
    places: dict[int, list[Any]] = defaultdict(list)
    for place in connection.execute(
        select(
            article_sources.c.article,
            sources.c.slug,
            sources.c.title,
            sources.c.state["title"].as_string().label("own_title"),
            sources.c.publish,
            sources.c.images,
            sources.c.tags,
        )
        .join(sources, sources.c.slug == article_sources.c.source)
        .where(article_sources.c.article.in_(ids))
        .order_by(article_sources.c.since, sources.c.slug)
    ):
        places[place.article].append(place)
    told = copies.of(connection, {row["story"] for row in rows if row["story"]})
    return {row["id"]: _article(row, names[row["id"]], places[row["id"]], told.get(row["story"], ())) for row in rows}


def _article(row: RowMapping, names: Sequence[str], places: Sequence[Any], told: Sequence[Copy]) -> Article:
    """An article of several sources is republished as the strictest of them allows."""
    publish = min((Publish(place.publish) for place in places), key=_STRICTEST.index, default=Publish.FULL)
    images = Images.NONE if any(place.images == Images.NONE for place in places) else Images.LINK
    tags = dict.fromkeys((*row["tags"], *(tag for place in places for tag in place.tags)))
    return Article(
        id=row["uri"],
        key=row["key"],
        url=row["url"],
        sources=tuple(place.slug for place in places),
        title=row["title"],
        published=row["published"],
        updated=row["updated"],
        first_seen=row["first_seen"],
        aliases=tuple(names),
        byline=row["byline"],
        publisher=row["publisher"],
        certainty=Certainty(row["certainty"]),
        lead=row["lead"],
        html=row["html"],
        text=row["text"],
        language=row["language"],
        image=row["image"],
        tags=tuple(tags),
        enclosures=tuple(revived(Enclosure, enclosure) for enclosure in row["enclosures"]),
        backfilled=row["backfilled"],
        hidden=row["hidden"],
        withdrawn=row["withdrawn"],
        source_title=(places[0].title or places[0].own_title or "") if places else "",
        story=row["story"],
        also=tuple(copy for copy in told if copy.key != row["key"]),
        publish=publish,
        images=images,
    )
