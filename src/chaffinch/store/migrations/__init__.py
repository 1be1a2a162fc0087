"""The schema grows by steps, each run once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from chaffinch.errors import StoreError

HEAD = "0002"
"""The newest step; a test holds it to the files in `versions/`."""


def upgrade(engine: Engine, path: Path) -> None:
    """Bring the database to HEAD; before steps are run on one that holds data, a copy is put beside it.

    Raises StoreError when a newer program has made it.
    """
    with engine.connect() as connection:
        held = (
            connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            if inspect(connection).has_table("alembic_version")
            else None
        )
    if held == HEAD:
        return
    if held is not None and held > HEAD:
        raise StoreError(f"{path}: a newer Chaffinch has made it (step {held}); run that one, or restore a backup")
    if held is not None:
        with closing(sqlite3.connect(path)) as origin, closing(_beside(path, held)) as copy:
            origin.backup(copy)
    from alembic import command  # only now: most starts have nothing to upgrade
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()


def _beside(path: Path, version: str) -> sqlite3.Connection:
    return sqlite3.connect(path.with_name(f"{path.name}.before-upgrade-from-{version}"))
