"""The schema's steps: they lead to what the tables say, and lose nothing."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, insert, text
from sqlalchemy.exc import IntegrityError

from chaffinch.errors import StoreError
from chaffinch.store import migrations
from chaffinch.store.database import Database
from chaffinch.store.postgresql import postgresql
from chaffinch.store.schema import metadata, subscriptions
from chaffinch.store.sqlite import sqlite
from tests.databases import Where

SOMEBODY = {
    "digest": "daily",
    "cadence": "daily 07:00",
    "status": "pending",
    "created": datetime(2026, 1, 1, tzinfo=UTC),
}


def test_head_is_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_steps_lead_to_what_the_tables_say(where: Where) -> None:
    database = Database(where)

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (name or "").startswith(("article_words", "ix_article_words", "procrastinate"))

    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": False})
        differences = compare_metadata(context, metadata)
    database.close()

    assert differences == []


def test_one_address_has_one_subscription_a_digest_however_it_is_written(where: Where) -> None:
    database = Database(where)
    with database.write() as connection:
        connection.execute(insert(subscriptions).values(id="a", address="reader@example.org", **SOMEBODY))

    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(insert(subscriptions).values(id="b", address="Reader@Example.org", **SOMEBODY))

    database.close()


def test_opening_it_again_changes_nothing(tmp_path: Path) -> None:
    Database(tmp_path / "chaffinch.db").close()
    before = (tmp_path / "chaffinch.db").read_bytes()

    Database(tmp_path / "chaffinch.db").close()

    assert (tmp_path / "chaffinch.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "before-upgrade" in path.name] == []


def test_a_database_of_the_first_step_is_brought_up_to_date_with_what_it_holds(empty: Where) -> None:
    backend = sqlite(empty) if isinstance(empty, Path) else postgresql(empty)
    steps = Config()
    steps.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with backend.engine.connect() as connection:
        connection.exec_driver_sql(backend.alone)
        steps.attributes["connection"] = connection
        command.upgrade(steps, "0001")
        connection.execute(text("INSERT INTO closings (digest, cadence, slot) VALUES ('daily', 'x', '2026-01-01')"))
        connection.commit()
    backend.engine.dispose()

    with closing(Database(empty)) as database, database.read() as connection:
        held = connection.execute(text("SELECT digest FROM closings")).scalars().all()

    assert held == ["daily"]
    if isinstance(empty, Path):
        with closing(sqlite3.connect(empty.with_name("chaffinch.db.before-upgrade-from-0001"))) as copy:
            assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


def test_who_comes_second_keeps_the_copy_of_what_stood_before(tmp_path: Path) -> None:
    place = tmp_path / "chaffinch.db"
    steps = Config()
    steps.set_main_option("script_location", str(Path(migrations.__file__).parent))
    backend = sqlite(place)
    with backend.engine.connect() as connection:
        steps.attributes["connection"] = connection
        command.upgrade(steps, "0001")
        connection.commit()

    @event.listens_for(backend.engine, "before_cursor_execute")
    def be_late(_c: object, _u: object, statement: str, *_rest: object) -> None:
        if statement == backend.alone:
            Database(place).close()

    migrations.upgrade(backend)
    backend.engine.dispose()

    aside = tmp_path / "chaffinch.db.before-upgrade-from-0001"
    with closing(sqlite3.connect(aside)) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    assert aside.stat().st_mode & 0o077 == 0


def test_a_database_of_a_newer_chaffinch_is_left_alone(where: Where) -> None:
    database = Database(where)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()

    with pytest.raises(StoreError, match="newer"):
        Database(where)


def test_of_processes_that_start_at_once_one_makes_the_tables(empty: Where) -> None:
    program = f"from pathlib import *; from chaffinch.store.database import Database; Database({empty!r}).close()"

    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    told = [process.communicate()[1] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], told
    with closing(Database(empty)) as database, database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [migrations.HEAD]
