"""What one machine did not need."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns, tables and indexes; each group by itself."""
    _sources_have_a_condition()
    _hosts_have_turns()
    _processes_have_leases()
    _machines_share_a_secret()
    _renditions_are_rows()
    _many_subscribers_are_found_in_order()
    _providers_are_spared()
    _addresses_may_change()
    _feeds_remember_what_they_hold()


def _feeds_remember_what_they_hold() -> None:
    op.create_table(
        "feed_heads",
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("articles", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_heads")),
    )
    op.create_index(op.f("ix_articles_withdrawn"), "articles", ["withdrawn"], unique=False)


def _sources_have_a_condition() -> None:
    op.add_column("sources", sa.Column("failing_since", sa.DateTime(), nullable=True))
    op.add_column("sources", sa.Column("condition", TEXT, nullable=False, server_default=""))
    op.create_index(op.f("ix_sources_visited_at"), "sources", ["visited_at"], unique=False)


def _hosts_have_turns() -> None:
    op.create_table(
        "hosts",
        sa.Column("host", TEXT, nullable=False),
        sa.Column("lease", TEXT, nullable=True),
        sa.Column("leased_until", sa.DateTime(), nullable=True),
        sa.Column("free_at", sa.DateTime(), nullable=True),
        sa.Column("held_until", sa.DateTime(), nullable=True),
        sa.Column("why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hosts")),
    )
    op.create_table(
        "robots",
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=True),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_robots")),
    )


def _processes_have_leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _machines_share_a_secret() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def _renditions_are_rows() -> None:
    op.create_table(
        "renditions",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("modified", sa.DateTime(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_renditions")),
    )
    op.create_index(op.f("ix_renditions_revision"), "renditions", ["revision"], unique=False)


def _many_subscribers_are_found_in_order() -> None:
    op.create_index(op.f("ix_deliveries_issue_state_due"), "deliveries", ["issue", "state", "due"], unique=False)
    op.create_index(
        op.f("ix_subscriptions_digest_status_id"), "subscriptions", ["digest", "status", "id"], unique=False
    )
    op.create_index(op.f("ix_subscriptions_status_asked"), "subscriptions", ["status", "asked"], unique=False)
    op.create_index(op.f("ix_letter_articles_article"), "letter_articles", ["article"], unique=False)
    op.drop_index(op.f("ix_subscriptions_digest_status"), table_name="subscriptions")


def _providers_are_spared() -> None:
    op.create_table(
        "providers",
        sa.Column("domain", TEXT, nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("free_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_providers")),
    )
    op.create_table(
        "departures",
        sa.Column("domain", TEXT, nullable=False),
        sa.Column("minute", sa.DateTime(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "minute", name=op.f("pk_departures")),
    )
    op.create_table(
        "bounces",
        sa.Column("address_hash", TEXT, nullable=False),
        sa.Column("day", sa.DateTime(), nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", "day", name=op.f("pk_bounces")),
    )


def _addresses_may_change() -> None:
    op.create_table(
        "moves",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("subscription", TEXT, nullable=False),
        sa.Column("old", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("asked", sa.DateTime(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("settled", sa.DateTime(), nullable=True),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscriptions.id"], name=op.f("fk_moves_subscription_subscriptions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index(op.f("ix_moves_subscription"), "moves", ["subscription"], unique=False)
    op.create_index(op.f("ix_moves_address"), "moves", ["address"], unique=False)
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("subscription", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("move", TEXT, nullable=False),
        sa.Column("wanted", sa.DateTime(), nullable=False),
        sa.Column("taken", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription"], ["subscriptions.id"], name=op.f("fk_notes_subscription_subscriptions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_subscription"), "notes", ["subscription"], unique=False)
