"""Everything that one database holds is copied into another, whichever kind each is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, Table, delete, func, insert, select

from chaffinch.errors import StoreError
from chaffinch.store import words
from chaffinch.store.schema import articles, metadata
from chaffinch.store.storable import cleaned

_CHUNK = 100
"""Rows in memory at a time; a row may be a page of some megabytes."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a table holds, in short."""

    rows: int
    digest: str
    """The same for the same rows, in whatever order and in whatever kind of database."""


def tables() -> Sequence[Table]:
    """Every table, in an order in which none comes before one that it leads to."""
    return metadata.sorted_tables


def summed(connection: Connection) -> Mapping[str, Sum]:
    """What every table holds; reads everything once."""
    return {table.name: _summed(row for rows in _chunks(connection, table) for row in rows) for table in tables()}


def filled(connection: Connection) -> Sequence[str]:
    """The names of the tables that hold anything."""
    return [table.name for table in tables() if connection.execute(select(table).limit(1)).first() is not None]


def clear(connection: Connection) -> None:
    """Throw everything away."""
    for table in reversed(tables()):
        connection.execute(delete(table))


def copy(source: Connection, target: Connection) -> Mapping[str, Sum]:
    """Copy every row into a database whose tables are empty; what was copied, read back and found the same.

    Both are read and written in the caller's transactions, so that all of it comes or nothing. Rows keep their ids;
    new ones come after them. Raises StoreError when what was written is not what was read.
    """
    sums = {}
    for table in tables():
        sums[table.name] = _summed(_copied(source, target, table))
        _go_on_after(target, table)
    differing = [name for name, found in summed(target).items() if found != sums[name]]
    if differing:
        raise StoreError(f"{', '.join(differing)}: what was written is not what was read; nothing was copied")
    return sums


def _copied(source: Connection, target: Connection, table: Table) -> Iterator[Sequence[Any]]:
    for rows in _chunks(source, table):
        target.execute(insert(table), [row._asdict() for row in rows])
        if table is articles:
            for row in rows:
                words.remember(target, row.id, row)
        yield from rows


def _chunks(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    with connection.execute(select(table).execution_options(yield_per=_CHUNK)) as result:
        yield from result.partitions()


def _summed(rows: Iterator[Any]) -> Sum:
    number, total = 0, 0
    for row in rows:
        said = repr([cleaned(value) for value in row]).encode("utf-8", "surrogatepass")
        total += int.from_bytes(hashlib.blake2b(said, digest_size=16).digest(), "big")
        number += 1
    return Sum(number, f"{total % (1 << 128):032x}")


def _go_on_after(connection: Connection, table: Table) -> None:
    """Let the next row's id be a new one; SQLite sees to it by itself."""
    key = table.autoincrement_column
    if connection.dialect.name != "postgresql" or key is None or not isinstance(key.type, Integer):
        return
    last = connection.execute(select(func.max(key))).scalar()
    if last is not None:
        sequence = func.pg_get_serial_sequence(table.name, key.name)
        connection.execute(select(func.setval(sequence, last)))
