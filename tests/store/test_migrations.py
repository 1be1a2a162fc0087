"""The schema's steps: they lead to what the tables say, and lose nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from chaffinch.errors import StoreError
from chaffinch.store import migrations
from chaffinch.store.database import Database
from chaffinch.store.schema import metadata


def test_head_is_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_the_steps_lead_to_what_the_tables_say(tmp_path: Path) -> None:
    Database(tmp_path / "chaffinch.db").close()

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (kind == "table" and (name or "").startswith("article_words"))

    with create_engine(f"sqlite:///{tmp_path / 'chaffinch.db'}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        assert compare_metadata(context, metadata) == []


def test_one_address_has_one_subscription_a_digest_however_it_is_written(tmp_path: Path) -> None:
    Database(tmp_path / "chaffinch.db").close()
    row = "INSERT INTO subscriptions (id, address, digest, cadence, status, topics, vouched, created, evidence"
    values = " VALUES (?, ?, 'daily', 'daily 07:00', 'pending', '[]', 0, '2026-01-01', '{}'"

    with closing(sqlite3.connect(tmp_path / "chaffinch.db")) as database:
        database.execute(f"{row}){values})", ("a", "reader@example.org"))
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(f"{row}){values})", ("b", "Reader@Example.org"))


def test_opening_it_again_changes_nothing(tmp_path: Path) -> None:
    Database(tmp_path / "chaffinch.db").close()
    before = (tmp_path / "chaffinch.db").read_bytes()

    Database(tmp_path / "chaffinch.db").close()

    assert (tmp_path / "chaffinch.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "before-upgrade" in path.name] == []


def test_a_database_of_a_newer_chaffinch_is_left_alone(tmp_path: Path) -> None:
    Database(tmp_path / "chaffinch.db").close()
    with closing(sqlite3.connect(tmp_path / "chaffinch.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    with pytest.raises(StoreError, match="newer"):
        Database(tmp_path / "chaffinch.db")
