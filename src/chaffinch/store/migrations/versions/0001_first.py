"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""In the order of code points, as SQLite has it: published documents are the same from both."""

# What search looks in. SQLite keeps it in step by itself, whoever writes an article; for PostgreSQL `words` does.
_SEARCHED = {
    "sqlite": (
        """CREATE VIRTUAL TABLE article_words USING fts5(title, byline, publisher, text,
       content='articles', content_rowid='id', tokenize='unicode61 remove_diacritics 2')""",
        """CREATE TRIGGER articles_said AFTER INSERT ON articles BEGIN
       INSERT INTO article_words(rowid, title, byline, publisher, text)
       VALUES (new.id, new.title, new.byline, new.publisher, new.text); END""",
        """CREATE TRIGGER articles_unsaid AFTER DELETE ON articles BEGIN
       INSERT INTO article_words(article_words, rowid, title, byline, publisher, text)
       VALUES ('delete', old.id, old.title, old.byline, old.publisher, old.text); END""",
        """CREATE TRIGGER articles_said_anew AFTER UPDATE OF title, byline, publisher, text ON articles BEGIN
       INSERT INTO article_words(article_words, rowid, title, byline, publisher, text)
       VALUES ('delete', old.id, old.title, old.byline, old.publisher, old.text);
       INSERT INTO article_words(rowid, title, byline, publisher, text)
       VALUES (new.id, new.title, new.byline, new.publisher, new.text); END""",
    ),
    "postgresql": (
        """CREATE TABLE article_words (
       article BIGINT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE, words TSVECTOR NOT NULL)""",
        "CREATE INDEX ix_article_words_words ON article_words USING GIN (words)",
    ),
}


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "archived_feeds",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_archived_feeds")),
    )
    op.create_table(
        "archives",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("feed", "month", name=op.f("pk_archives")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uri", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("byline", TEXT, nullable=False),
        sa.Column("publisher", TEXT, nullable=False),
        sa.Column("published", sa.DateTime(), nullable=False),
        sa.Column("certainty", TEXT, nullable=False),
        sa.Column("updated", sa.DateTime(), nullable=False),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.Column("lead", TEXT, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=True),
        sa.Column("image", TEXT, nullable=True),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("enclosures", sa.JSON(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.DateTime(), nullable=True),
        sa.Column("story", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
        sa.UniqueConstraint("key", name=op.f("uq_articles_key")),
        sa.UniqueConstraint("uri", name=op.f("uq_articles_uri")),
    )
    op.create_index(op.f("ix_articles_first_seen"), "articles", ["first_seen"], unique=False)
    op.create_index(op.f("ix_articles_published_id"), "articles", ["published", "id"], unique=False)
    op.create_index(op.f("ix_articles_story"), "articles", ["story"], unique=False)
    op.create_table(
        "closings",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("cadence", TEXT, nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "cadence", name=op.f("pk_closings")),
    )
    op.create_table(
        "dirty_archives",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("mark", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("feed", "month", name=op.f("pk_dirty_archives")),
    )
    op.create_table(
        "dirty_feeds",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("mark", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_dirty_feeds")),
    )
    op.create_table(
        "feed_tokens",
        sa.Column("hash", TEXT, nullable=False),
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("given", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_feed_tokens")),
        sa.UniqueConstraint("feed", "reader", name=op.f("uq_feed_tokens_feed_reader")),
    )
    op.create_table(
        "issues",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("cadence", TEXT, nullable=False),
        sa.Column("slot", sa.DateTime(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("release_at", sa.DateTime(), nullable=True),
        sa.Column("shown_at", sa.DateTime(), nullable=True),
        sa.Column("enqueued", sa.Boolean(), nullable=False),
        sa.Column("note", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issues")),
        sa.UniqueConstraint("digest", "cadence", "slot", name=op.f("uq_issues_digest_cadence_slot")),
        sa.UniqueConstraint("digest", "number", name=op.f("uq_issues_digest_number")),
    )
    op.create_table(
        "pings",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_pings")),
    )
    op.create_index(op.f("ix_pings_due"), "pings", ["due"], unique=False)
    op.create_table(
        "problems",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("last", sa.DateTime(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_problems")),
    )
    op.create_table(
        "sources",
        sa.Column("slug", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("publish", TEXT, nullable=False),
        sa.Column("images", TEXT, nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("visited_at", sa.DateTime(), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("rules", TEXT, nullable=False),
        sa.Column("lease", TEXT, nullable=True),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_sources")),
    )
    op.create_index(op.f("ix_sources_next_at"), "sources", ["next_at"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("cadence", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("timezone", TEXT, nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("vouched", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("confirmed", sa.DateTime(), nullable=True),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("paused_until", sa.DateTime(), nullable=True),
        sa.Column("asked", sa.DateTime(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_digest_status"), "subscriptions", ["digest", "status"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("address_hash", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "aliases",
        sa.Column("alias", TEXT, nullable=False),
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_aliases_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("alias", name=op.f("pk_aliases")),
    )
    op.create_index(op.f("ix_aliases_article"), "aliases", ["article"], unique=False)
    op.create_table(
        "article_references",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("guid", TEXT, nullable=True),
        sa.Column("revision", TEXT, nullable=False),
        sa.Column("listed", sa.JSON(), nullable=False),
        sa.Column("published", sa.DateTime(), nullable=True),
        sa.Column("first_listed", sa.DateTime(), nullable=False),
        sa.Column("listing", TEXT, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("backfilled", sa.Boolean(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("held", sa.JSON(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_article_references_article"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["sources.slug"], name=op.f("fk_article_references_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_references")),
        sa.UniqueConstraint("source", "url", name=op.f("uq_article_references_source_url")),
    )
    op.create_index(op.f("ix_article_references_article"), "article_references", ["article"], unique=False)
    op.create_index(op.f("ix_article_references_source_guid"), "article_references", ["source", "guid"], unique=False)
    op.create_index(
        op.f("ix_article_references_source_state_next_at"),
        "article_references",
        ["source", "state", "next_at"],
        unique=False,
    )
    op.create_table(
        "article_sources",
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"], ["articles.id"], name=op.f("fk_article_sources_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article", "source", name=op.f("pk_article_sources")),
    )
    op.create_index(op.f("ix_article_sources_source_article"), "article_sources", ["source", "article"], unique=False)
    op.create_table(
        "issue_articles",
        sa.Column("issue", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_issue_articles_article")),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_issue_articles_issue"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("issue", "position", name=op.f("pk_issue_articles")),
    )
    op.create_index(op.f("ix_issue_articles_article"), "issue_articles", ["article"], unique=False)
    op.create_table(
        "letters",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contents", TEXT, nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_letters_issue"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("issue", "contents", name=op.f("uq_letters_issue_contents")),
    )
    op.create_table(
        "outlines",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("fingerprints", sa.LargeBinary(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name=op.f("fk_outlines_source"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("source", "url", name=op.f("pk_outlines")),
    )
    op.create_table(
        "sketches",
        sa.Column("hash", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_sketches_article"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", "article", name=op.f("pk_sketches")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sketches_article"), "sketches", ["article"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issue", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subscription", TEXT, nullable=False),
        sa.Column("letter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("problem", TEXT, nullable=False),
        sa.Column("lease", TEXT, nullable=True),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["issue"], ["issues.id"], name=op.f("fk_deliveries_issue"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_deliveries_letter")),
        sa.ForeignKeyConstraint(["subscription"], ["subscriptions.id"], name=op.f("fk_deliveries_subscription")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("issue", "subscription", name=op.f("uq_deliveries_issue_subscription")),
    )
    op.create_index(op.f("ix_deliveries_state_due"), "deliveries", ["state", "due"], unique=False)
    op.create_index(op.f("ix_deliveries_subscription"), "deliveries", ["subscription"], unique=False)
    op.create_table(
        "letter_articles",
        sa.Column("letter", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article"], ["articles.id"], name=op.f("fk_letter_articles_article")),
        sa.ForeignKeyConstraint(["letter"], ["letters.id"], name=op.f("fk_letter_articles_letter"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("letter", "article", name=op.f("pk_letter_articles")),
    )
    op.create_table(
        "pages",
        sa.Column("reference", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("charset", TEXT, nullable=True),
        sa.Column("told", sa.JSON(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("fetched", sa.DateTime(), nullable=False),
        sa.Column("extracted", sa.Boolean(), nullable=False),
        sa.Column("reruled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reference"], ["article_references.id"], name=op.f("fk_pages_reference"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_pages")),
    )
    op.create_index("uq_subscriptions_address", "subscriptions", [sa.text("lower(address)"), "digest"], unique=True)
    for statement in _SEARCHED[op.get_bind().dialect.name]:
        op.execute(statement)
