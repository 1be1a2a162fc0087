"""A database is looked over for damage."""

from __future__ import annotations

from collections.abc import Sequence

from chaffinch.store.database import Database

_SHOWN = 5


def ailments(database: Database) -> Sequence[str]:
    """What is damaged, a line each; nothing when it is sound. Reads all of an SQLite file. Raises StoreError."""
    with database.read() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT 1")  # the server looks after its own pages
            return ()
        found = connection.exec_driver_sql(f"PRAGMA quick_check({_SHOWN})").scalars().all()
        damaged = [str(line) for line in found if line != "ok"]
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    return [*damaged, *(f"a row of {row[0]} leads to one of {row[2]} that is not there" for row in astray)]
