"""The articles we hold."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, func, insert, or_, select, update

from chaffinch.model import Article
from chaffinch.store import schema, words
from chaffinch.store.archives import mark_months, month_of
from chaffinch.store.database import Database
from chaffinch.store.reading import read
from chaffinch.store.schema import aliases, article_sources, articles, references
from chaffinch.store.storable import storable
from chaffinch.store.upserts import add, put
from chaffinch.store.values import as_json

_CHUNK = 100
_MADE = insert(articles).returning(articles.c.id)
_FOUND = _MADE.values(
    backfilled=select(references.c.backfilled).where(references.c.id == bindparam("under")).scalar_subquery()
)
_OWNERS = frozenset({"backfilled", "hidden", "withdrawn"})
"""Not an extraction's to change: the owner may have hidden the article while it ran."""


class Articles:
    """Finds articles, hides them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Article | None:
        """The article of this key, hidden or not, with its aliases."""
        with self._database.read() as connection:
            found = read(connection, articles.c.key == key)
        return found[0] if found else None

    def newest(self, from_sources: Sequence[str] = (), *, hidden: bool = False) -> Iterator[Article]:
        """Articles by date of publication, newest first; those of some sources only, when sources are named.

        They come in chunks, each one consistent; what is published meanwhile may be missed, nothing comes twice.
        """
        wanted: list[ColumnElement[bool]] = [] if hidden else [articles.c.hidden.is_(False)]
        if from_sources:
            held = select(article_sources.c.article).where(article_sources.c.source.in_(from_sources))
            wanted.append(articles.c.id.in_(held))
        after: Any = None
        while True:
            clauses = list(wanted)
            if after is not None:
                older = articles.c.published < after[0]
                clauses.append(or_(older, and_(articles.c.published == after[0], articles.c.id < after[1])))
            with self._database.read() as connection:
                rows = connection.execute(
                    select(articles.c.id, articles.c.published)
                    .where(*clauses)
                    .order_by(articles.c.published.desc(), articles.c.id.desc())
                    .limit(_CHUNK)
                ).all()
                chunk = read(connection, articles.c.id.in_([row.id for row in rows]))
            yield from chunk
            if len(rows) < _CHUNK:
                return
            after = (rows[-1].published, rows[-1].id)

    def since(self, moment: datetime, *, backfilled: bool) -> Sequence[Article]:
        """Articles first seen after a moment, newest first; hidden ones never, backfilled ones when wanted."""
        wanted = [articles.c.hidden.is_(False), articles.c.first_seen > moment]
        if not backfilled:
            wanted.append(articles.c.backfilled.is_(False))
        with self._database.read() as connection:
            # Asked for in their order, SQLite would read every article there is to spare itself the sorting.
            rows = connection.execute(select(articles.c.published, articles.c.id).where(*wanted)).all()
            ids = [row.id for row in sorted(rows, reverse=True)]
            chunks = (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
            return [found for chunk in chunks for found in read(connection, articles.c.id.in_(chunk))]

    def telling(self, story: str) -> Sequence[Article]:
        """The articles that tell a story, hidden ones too, first seen first."""
        with self._database.read() as connection:
            found = read(connection, articles.c.story == story)
        return sorted(found, key=lambda article: (article.first_seen, article.id))

    def count(self) -> int:
        """How many articles there are, hidden ones too."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(articles)).scalar_one()

    def dirty(self) -> Mapping[str, str]:
        """The feeds that want to be built anew, each with the mark to give back to `built`."""
        with self._database.ask() as connection:
            return {row.feed: row.mark for row in connection.execute(select(schema.dirty_feeds))}

    def soil(self, feeds: Iterable[str]) -> None:
        """Mark feeds to be built anew."""
        with self._database.write() as connection:
            mark_dirty(connection, feeds)

    def built(self, feed: str, mark: str) -> None:
        """A feed was built from what stood when `mark` was read; a change since then keeps it dirty."""
        dirty = schema.dirty_feeds
        with self._database.write() as connection:
            connection.execute(delete(dirty).where(dirty.c.feed == feed, dirty.c.mark == mark))

    def heads(self, feed: str, limit: int) -> Sequence[Article]:
        """The newest articles that a feed's documents held when they were built, without those hidden since."""
        heads = schema.feed_heads
        with self._database.read() as connection:
            keys = connection.execute(select(heads.c.articles).where(heads.c.feed == feed)).scalar() or []
            found = {one.key: one for one in read(connection, articles.c.key.in_(keys[: 2 * limit]))}
        return [found[key] for key in keys if key in found and not found[key].hidden][:limit]

    def remember_heads(self, feed: str, keys: Sequence[str]) -> None:
        """What the feed's documents hold now, newest first."""
        heads = schema.feed_heads
        with self._database.write() as connection:
            before = connection.execute(select(heads.c.articles).where(heads.c.feed == feed)).scalar()
            if before != list(keys):
                put(connection, heads, [{"feed": feed, "articles": list(keys)}])

    def find(self, url_or_key: str, names: Sequence[str]) -> Article | None:
        """The article of this key or original address, or known by one of these aliases."""
        by_alias = select(aliases.c.article).where(aliases.c.alias.in_(names))
        with self._database.read() as connection:
            found = read(
                connection,
                or_(articles.c.key == url_or_key, articles.c.url == url_or_key, articles.c.id.in_(by_alias)),
            )
        return found[0] if found else None

    def hide(self, key: str, hidden: bool, feeds: Sequence[str], now: datetime) -> bool:
        """Withdraw an article, or bring it back, and mark the feeds to be built anew; False when there is none."""
        mine = articles.c.key == key
        with self._database.write() as connection:
            values = {"hidden": hidden, "withdrawn": now if hidden else None}
            done = connection.execute(update(articles).where(mine).values(**values)).rowcount
            mark_dirty(connection, feeds)
            for published in connection.execute(select(articles.c.published).where(mine)).scalars():
                mark_months(connection, ((feed, month_of(published)) for feed in feeds))
        return done > 0

    def notices_over(self, before: datetime) -> Sequence[Article]:
        """The hidden articles of which feeds still say so, though they were withdrawn before a moment."""
        with self._database.read() as connection:
            return read(connection, and_(articles.c.withdrawn <= before, articles.c.hidden))

    def end_notice(self, key: str, feeds: Iterable[str]) -> None:
        """Feeds say no more that an article was withdrawn; these are to be built anew."""
        with self._database.write() as connection:
            connection.execute(update(articles).where(articles.c.key == key).values(withdrawn=None))
            mark_dirty(connection, feeds)

    def keys_of_month(self, month: str, from_sources: Sequence[str] = ()) -> Sequence[tuple[str, str]]:
        """Key and story of each article published in a month such as `2026-03`, first seen first; no hidden ones."""
        wanted = _of_month(month, from_sources)
        by_sight = (articles.c.first_seen, articles.c.key)
        with self._database.read() as connection:
            rows = connection.execute(select(articles.c.key, articles.c.story).where(*wanted).order_by(*by_sight))
            return [(row.key, row.story) for row in rows]

    def of_month(self, month: str, from_sources: Sequence[str] = ()) -> Iterator[Article]:
        """The articles published in a month such as `2026-03`, hidden ones left out, a chunk in memory at a time."""
        wanted = _of_month(month, from_sources)
        with self._database.read() as connection:
            keys = connection.execute(select(articles.c.key).where(*wanted)).scalars().all()
        yield from self.of_keys_each(keys)

    def of_keys_each(self, keys: Iterable[str]) -> Iterator[Article]:
        """The articles of these keys, a chunk in memory at a time."""
        left = list(keys)
        for start in range(0, len(left), _CHUNK):
            yield from self.of_keys(left[start : start + _CHUNK])

    def of_keys(self, keys: Sequence[str]) -> Sequence[Article]:
        """The articles of these keys, newest first."""
        with self._database.read() as connection:
            return read(connection, articles.c.key.in_(keys))


def _of_month(month: str, from_sources: Sequence[str]) -> list[ColumnElement[bool]]:
    began = datetime.strptime(f"{month}-01 +0000", "%Y-%m-%d %z")
    ended = began.replace(year=began.year + began.month // 12, month=began.month % 12 + 1)
    wanted = [articles.c.published >= began, articles.c.published < ended, articles.c.hidden.is_(False)]
    if from_sources:
        held = select(article_sources.c.article).where(article_sources.c.source.in_(from_sources))
        wanted.append(articles.c.id.in_(held))
    return wanted


def insert_article(connection: Connection, article: Article) -> int:
    """Write a new article with its aliases and sources; returns its row's id."""
    row_id = insert_row(connection, article)
    add_names(connection, row_id, article)
    return row_id


def insert_row(connection: Connection, article: Article, reference: int | None = None) -> int:
    """Write a new article that has no names yet; returns its row's id.

    It was backfilled where the reference was under which it was found.
    """
    values = {**_row(article), "uri": article.id, "key": article.key}
    if reference is None:
        row_id = int(connection.execute(_MADE, values).scalar_one())
    else:
        del values["backfilled"]
        row_id = int(connection.execute(_FOUND, {**values, "under": reference}).scalar_one())
    words.remember(connection, row_id, article)
    return row_id


def update_article(connection: Connection, article: Article) -> int:
    """Write a new version over the old one; returns the row's id."""
    row_id = connection.execute(select(articles.c.id).where(articles.c.uri == article.id)).scalar_one()
    said = {name: value for name, value in _row(article).items() if name not in _OWNERS}
    connection.execute(update(articles).where(articles.c.id == row_id).values(**said))
    words.remember(connection, row_id, article)
    add_names(connection, row_id, article)
    return int(row_id)


def add_names(connection: Connection, row_id: int, article: Article) -> bool:
    """Add the aliases and sources that are not there yet; an alias that another article has stays with it.

    Whether none of the aliases was there.
    """
    names = dict.fromkeys(map(storable, article.aliases))
    added = add(connection, aliases, [{"alias": name, "article": row_id} for name in names])
    places = [{"article": row_id, "source": source, "since": article.first_seen} for source in article.sources]
    add(connection, article_sources, places)
    return added == len(names)


def join_story(connection: Connection, story: str) -> None:
    """Let the first article of a story know that it is no longer the only one."""
    connection.execute(update(articles).where(articles.c.key == story, articles.c.story == "").values(story=story))


def mark_dirty(connection: Connection, feeds: Iterable[str]) -> None:
    """Note that these feeds want to be built anew."""
    put(connection, schema.dirty_feeds, [{"feed": feed, "mark": secrets.token_hex(8)} for feed in set(feeds)])


def _row(article: Article) -> dict[str, Any]:
    return {
        "url": article.url,
        "title": article.title,
        "byline": article.byline,
        "publisher": article.publisher,
        "published": article.published,
        "certainty": article.certainty.value,
        "updated": article.updated,
        "first_seen": article.first_seen,
        "lead": article.lead,
        "html": article.html,
        "text": article.text,
        "language": article.language,
        "image": article.image,
        "tags": list(article.tags),
        "enclosures": [as_json(enclosure) for enclosure in article.enclosures],
        "backfilled": article.backfilled,
        "hidden": article.hidden,
        "story": article.story,
    }
