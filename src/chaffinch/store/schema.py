"""The tables."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    UniqueConstraint,
    func,
)
from sqlalchemy import Text as AnyText
from sqlalchemy.types import TypeEngine

from chaffinch.store.storable import storable


class Moment(TypeDecorator[datetime]):
    """A datetime, aware and in UTC on our side; refuses one without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Text(TypeDecorator[str]):
    """A text of any length, storable in every database, and in the same order in each: by code points."""

    impl = AnyText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(AnyText(collation="C" if dialect.name == "postgresql" else None))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


RowId = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("slug", Text, primary_key=True),
    Column("title", Text, nullable=False, default=""),
    Column("publish", Text, nullable=False, default="full"),
    Column("images", Text, nullable=False, default="link"),
    Column("tags", JSON, nullable=False, default=list),
    Column("active", Boolean, nullable=False, default=True),  # still in the config
    Column("state", JSON, nullable=False, default=dict),
    Column("next_at", Moment),  # null: never visited, due at once
    Column("visited_at", Moment),
    Column("succeeded_at", Moment),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("failing_since", Moment),  # when the first of them was
    Column("condition", Text, nullable=False, default=""),  # a Condition
    Column("problem", Text, nullable=False, default=""),
    Column("rules", Text, nullable=False, default=""),  # a hash: other rules mean other extractions
    Column("lease", Text),
    Column("leased_until", Moment),
    Index(None, "next_at"),
    Index(None, "visited_at"),
)

references = Table(
    "article_references",  # REFERENCES is a word of SQL
    metadata,
    Column("id", RowId, primary_key=True),
    Column("source", ForeignKey("sources.slug", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("guid", Text),
    Column("revision", Text, nullable=False, default=""),
    Column("listed", JSON, nullable=False, default=dict),  # the Reference as the source gave it
    Column("published", Moment),
    Column("first_listed", Moment, nullable=False),
    Column("listing", Text, nullable=False, default=""),  # the same for all that stood side by side in one listing
    Column("place", Integer, nullable=False, default=0),  # in its listing, newest first
    Column("backfilled", Boolean, nullable=False, default=False),
    Column("whole", Boolean, nullable=False, default=False),  # its listing holds the article: nothing is to be fetched
    Column("state", Text, nullable=False, default="wanted"),  # wanted | shelved | kept | passed | failed
    Column("held", JSON(none_as_null=True)),  # the Held of a new article that waits until its text was stable
    Column("tries", Integer, nullable=False, default=0),
    Column("next_at", Moment),  # null: at once
    Column("problem", Text, nullable=False, default=""),
    Column("kind", Text),
    Column("article", ForeignKey("articles.id", ondelete="SET NULL")),
    Column("settled_at", Moment),
    UniqueConstraint("source", "url"),
    Index(None, "source", "guid"),
    Index(None, "source", "state", "next_at"),
    Index(None, "article"),
)

pages = Table(
    "pages",
    metadata,
    Column("reference", ForeignKey("article_references.id", ondelete="CASCADE"), primary_key=True),
    Column("url", Text, nullable=False),
    Column("media_type", Text, nullable=False, default=""),
    Column("charset", Text),
    Column("told", JSON),
    Column("body", LargeBinary, nullable=False),  # zstd
    Column("fetched", Moment, nullable=False),
    Column("extracted", Boolean, nullable=False, default=False),
    Column("reruled", Boolean, nullable=False, default=False),  # up again because the owner changed the rules
)

outlines = Table(
    "outlines",
    metadata,
    Column("source", ForeignKey("sources.slug", ondelete="CASCADE"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("fingerprints", LargeBinary, nullable=False),  # 8 bytes each, big-endian
    Column("seen", Moment, nullable=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("uri", Text, nullable=False, unique=True),
    Column("key", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False, default=""),
    Column("title", Text, nullable=False),
    Column("byline", Text, nullable=False, default=""),
    Column("publisher", Text, nullable=False, default=""),
    Column("published", Moment, nullable=False),
    Column("certainty", Text, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("lead", Text, nullable=False, default=""),
    Column("html", Text, nullable=False, default=""),
    Column("text", Text, nullable=False, default=""),
    Column("language", Text),
    Column("image", Text),
    Column("tags", JSON, nullable=False, default=list),
    Column("enclosures", JSON, nullable=False, default=list),
    Column("backfilled", Boolean, nullable=False, default=False),
    Column("hidden", Boolean, nullable=False, default=False),
    Column("withdrawn", Moment),
    Column("story", Text, nullable=False, default=""),  # the key of the story's first article
    Index(None, "story"),
    Index(None, "published", "id"),
    Index(None, "first_seen"),
    Index(None, "withdrawn"),
)

article_sources = Table(
    "article_sources",
    metadata,
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    Index(None, "source", "article"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Index(None, "article"),
)

sketches = Table(
    "sketches",
    metadata,
    Column("hash", BigInteger, primary_key=True),
    Column("article", ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "article"),
    sqlite_with_rowid=False,
)

dirty_feeds = Table(
    "dirty_feeds",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("mark", Text, nullable=False),  # another one with each change: a build clears only what it saw
)

feed_heads = Table(
    "feed_heads",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("articles", JSON, nullable=False, default=list),  # keys of what its documents hold, newest first
)

feed_tokens = Table(
    "feed_tokens",
    metadata,
    Column("hash", Text, primary_key=True),  # the token itself is known to its reader only
    Column("feed", Text, nullable=False),
    Column("reader", Text, nullable=False),
    Column("given", Moment, nullable=False),
    UniqueConstraint("feed", "reader"),
)

pings = Table(
    "pings",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("changed", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Index(None, "due"),
)

archives = Table(
    "archives",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("month", Text, primary_key=True),  # 2026-03
    Column("parts", Integer, nullable=False),
)

dirty_archives = Table(
    "dirty_archives",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("mark", Text, nullable=False),  # as in dirty_feeds
)

archived_feeds = Table(
    "archived_feeds",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("rules", Text, nullable=False),  # a hash: other rules mean other archives
)

issues = Table(
    "issues",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("slot", Moment, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("released_at", Moment),
    Column("release_at", Moment),  # held until then at most; null: until the owner says so
    Column("shown_at", Moment),  # when its preview was mailed to the owner
    Column("enqueued", Boolean, nullable=False, default=False),  # everyone who shall get it has a delivery
    Column("note", Text, nullable=False, default=""),
    UniqueConstraint("digest", "cadence", "slot"),
    UniqueConstraint("digest", "number"),
)

closings = Table(
    "closings",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("cadence", Text, primary_key=True),
    Column("slot", Moment, nullable=False),  # the latest that was closed, with an issue or for want of articles without
)

issue_articles = Table(
    "issue_articles",
    metadata,
    Column("issue", ForeignKey("issues.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("article", ForeignKey("articles.id"), nullable=False),
    Column("frozen", JSON, nullable=False),  # the Article as it stood at closing
    Column("dropped", Boolean, nullable=False, default=False),  # by the owner, from this issue
    Index(None, "article"),
)

letters = Table(
    "letters",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue", ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("contents", Text, nullable=False),  # a hash of topics and articles: what one render serves
    Column("topics", JSON, nullable=False, default=list),
    UniqueConstraint("issue", "contents"),
)

letter_articles = Table(
    "letter_articles",
    metadata,
    Column("letter", ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True),
    Column("article", ForeignKey("articles.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Index(None, "article"),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("hour", Integer),
    Column("timezone", Text),
    Column("topics", JSON, nullable=False, default=list),
    Column("vouched", Boolean, nullable=False, default=False),
    Column("created", Moment, nullable=False),
    Column("confirmed", Moment),
    Column("ended", Moment),
    Column("paused_until", Moment),
    Column("asked", Moment),  # when the last confirm letter went out
    Column("evidence", JSON, nullable=False, default=dict),
    Index(None, "digest", "status", "id"),
    Index(None, "status", "asked"),
)
# One address, however it is written, has one subscription to a digest.
Index("uq_subscriptions_address", func.lower(subscriptions.c.address), subscriptions.c.digest, unique=True)

moves = Table(
    "moves",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False),
    Column("old", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled", Moment),
    Column("evidence", JSON, nullable=False, default=dict),
    Index(None, "subscription"),
    Index(None, "address"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("move", Text, nullable=False, default=""),
    Column("wanted", Moment, nullable=False),
    Column("taken", Moment),  # when somebody took it in hand to send it
    Index(None, "subscription"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_hash", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("since", Moment, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("issue", ForeignKey("issues.id", ondelete="CASCADE"), nullable=False),
    Column("subscription", ForeignKey("subscriptions.id"), nullable=False),
    Column("letter", ForeignKey("letters.id")),
    Column("state", Text, nullable=False),
    Column("due", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("message_id", Text, nullable=False, default=""),
    Column("problem", Text, nullable=False, default=""),
    Column("lease", Text),
    Column("leased_until", Moment),
    Column("changed", Moment, nullable=False),
    UniqueConstraint("issue", "subscription"),
    Index(None, "state", "due"),
    Index(None, "issue", "state", "due"),
    Index(None, "subscription"),
)

problems = Table(
    "problems",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("times", Integer, nullable=False, default=1),
)

hosts = Table(
    "hosts",  # whose turn it is to ask a host, where many processes ask
    metadata,
    Column("host", Text, primary_key=True),
    Column("lease", Text),
    Column("leased_until", Moment),
    Column("free_at", Moment),  # when the pause after the last request is over
    Column("held_until", Moment),  # when its own Retry-After is over
    Column("why", Text, nullable=False, default=""),
)

robots = Table(
    "robots",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("body", Text),  # null: there is none, everything is allowed
    Column("until", Moment, nullable=False),
)

leases = Table(
    "leases",  # what one of many processes does
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

secrets = Table(
    "secrets",  # of a press on many machines
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),  # hexadecimal
)

renditions = Table(
    "renditions",  # what is published, for machines that share no folder
    metadata,
    Column("name", Text, primary_key=True),  # the path below its folder
    Column("private", Boolean, nullable=False, default=False),  # which folder that is
    Column("body", LargeBinary),  # zstd; null: it was taken away
    Column("modified", Moment, nullable=False),  # whole seconds
    Column("revision", BigInteger, nullable=False),  # counts all changes, in the order of their transactions
    Index(None, "revision"),
)

providers = Table(
    "providers",  # mail providers that are to be spared; the empty name stands for our own mail server
    metadata,
    Column("domain", Text, primary_key=True),
    Column("refused", Integer, nullable=False, default=0),  # in a row
    Column("rests", Integer, nullable=False, default=0),
    Column("until", Moment),  # it is left alone until then
    Column("free_at", Moment),  # when the letters that were given leave to go have gone
)

departures = Table(
    "departures",  # how many letters were given leave to go to a domain in a minute; the empty name: all together
    metadata,
    Column("domain", Text, primary_key=True),
    Column("minute", Moment, primary_key=True),
    Column("letters", Integer, nullable=False),
)

bounces = Table(
    "bounces",  # the days on which an address could not be reached for now
    metadata,
    Column("address_hash", Text, primary_key=True),
    Column("day", Moment, primary_key=True),
    Column("why", Text, nullable=False, default=""),
)
