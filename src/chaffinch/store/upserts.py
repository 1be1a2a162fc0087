"""Rows are written whether or not one of the same key is there, in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]

_INSERT: Mapping[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Each row in the place of the one with its primary key. In the keys' order: no two who do so wait for each other.

    All rows name the same columns. Of two with one key the last counts.
    """
    if rows:
        connection.execute(_putting(connection.dialect.name, table, tuple(rows[0])), _in_order(table, rows))


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Each row, unless there is one with its primary key: that one stays. How many were added."""
    if not rows:
        return 0
    return connection.execute(_adding(connection.dialect.name, table), _in_order(table, rows)).rowcount


@cache
def _putting(dialect: str, table: Table, columns: Sequence[str]) -> Insert:
    keys = [column.name for column in table.primary_key]
    asked = _INSERT[dialect](table)
    made: Insert = asked.on_conflict_do_update(
        index_elements=keys, set_={name: asked.excluded[name] for name in columns if name not in keys}
    )
    return made


@cache
def _adding(dialect: str, table: Table) -> Insert:
    made: Insert = _INSERT[dialect](table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return made


def _in_order(table: Table, rows: Sequence[Row]) -> list[dict[str, Any]]:
    keys = [column.name for column in table.primary_key]
    by_key = {tuple(row[key] for key in keys): dict(row) for row in rows}
    return [row for _, row in sorted(by_key.items(), key=lambda item: item[0])]
