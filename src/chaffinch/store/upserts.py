"""Rows are written whether or not one of the same key is there, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Each row in the place of the one with its primary key. In the keys' order: no two who do so wait for each other.

    All rows name the same columns.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    asked = _INSERT[connection.dialect.name](table)
    changed = {name: asked.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(asked.on_conflict_do_update(index_elements=keys, set_=changed), _sorted(table, rows))


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Each row, unless there is one with its primary key: that one stays."""
    if rows:
        asked = _INSERT[connection.dialect.name](table).on_conflict_do_nothing()
        connection.execute(asked, _sorted(table, rows))


def _sorted(table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
    keys = [column.name for column in table.primary_key]
    return [dict(row) for row in sorted(rows, key=lambda row: [row[key] for key in keys])]
