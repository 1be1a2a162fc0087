"""Who may read a private feed: tokens, of which only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from chaffinch.store.database import Database
from chaffinch.store.schema import feed_tokens


class FeedTokens:
    """Gives out tokens and takes them back; each is for one feed and one reader."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def give(self, feed: str, reader: str, now: datetime) -> str:
        """A new token; the one that this reader had before is worth nothing from now on."""
        token = secrets.token_hex(16)
        mine = (feed_tokens.c.feed == feed, feed_tokens.c.reader == reader)
        with self._database.write() as connection:
            connection.execute(delete(feed_tokens).where(*mine))
            connection.execute(insert(feed_tokens).values(hash=_hash(token), feed=feed, reader=reader, given=now))
        return token

    def take_back(self, feed: str, reader: str) -> bool:
        """The reader's token is worth nothing from now on; False when there is none."""
        mine = (feed_tokens.c.feed == feed, feed_tokens.c.reader == reader)
        with self._database.write() as connection:
            return connection.execute(delete(feed_tokens).where(*mine)).rowcount > 0

    def feed_of(self, token: str) -> str | None:
        """The feed that a token opens; None when it is not, or no longer, one of ours."""
        with self._database.read() as connection:
            found = connection.execute(select(feed_tokens.c.feed).where(feed_tokens.c.hash == _hash(token)))
            return found.scalar()

    def readers(self, feed: str) -> Sequence[tuple[str, datetime]]:
        """Who has a token of a feed, and since when."""
        with self._database.read() as connection:
            mine = select(feed_tokens.c.reader, feed_tokens.c.given).where(feed_tokens.c.feed == feed)
            return [(row.reader, row.given) for row in connection.execute(mine.order_by(feed_tokens.c.reader))]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
