"""One file holds everything: SQLite."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from chaffinch.errors import StoreError
from chaffinch.store.backend import LARGEST_WAIT, Backend
from chaffinch.store.storable import as_text

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={LARGEST_WAIT * 1000}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)

_IN_WORDS = {
    "full": "the disk is full; make room, nothing is lost",
    "disk I/O": "the disk is full; make room, nothing is lost",
    "locked": "another process holds it",
    "not a database": "it is damaged or no database; restore a backup",
    "malformed": "it is damaged or no database; restore a backup",
    "readonly": "it cannot be written; check the folder's owner and rights",
    "unable to open": "it cannot be written; check the folder's owner and rights",
}
"""What SQLite's errors mean, by what stands in them; the first that fits."""


def sqlite(path: Path, *, looking: bool = False) -> Backend:
    """The database in a file, made with its folder when there is none. Raises StoreError when that cannot be.

    `looking` is for who only reads, one thing after the other: it can do so on a full disk.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # readers' addresses are in it
    except OSError as error:
        raise StoreError(f"{path.parent}: the data directory cannot be made: {error.strerror}") from error
    engine = (
        create_engine(f"sqlite:///{path}", creator=partial(_opened_to_look, path), json_serializer=as_text)
        if looking
        else create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=32, json_serializer=as_text)
    )
    if not looking:
        event.listen(engine, "connect", _prepare)
    soon = create_engine(f"sqlite:///{path}", pool_size=4, max_overflow=32, json_serializer=as_text)
    event.listen(soon, "connect", _prepare)
    event.listen(soon, "connect", _hasten)
    return Backend(
        name=str(path),
        engine=engine,
        soon=soon,
        alone="BEGIN IMMEDIATE",
        beside="BEGIN IMMEDIATE",  # one writes at a time, whoever it is
        reading="BEGIN",
        in_words=_in_words,
        is_away=lambda _: False,  # a file is there, or made
        copy=lambda step: _copy(path, path.with_name(f"{path.name}.before-upgrade-from-{step}")),
    )


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry | None = None) -> None:
    connection.isolation_level = None  # transactions are begun by us, not by the driver
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _opened_to_look(path: Path) -> sqlite3.Connection:
    """A connection for who only reads. Nobody at work, and a full disk: then alone, and without writing anything."""
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        _prepare(connection)
    except sqlite3.OperationalError:
        connection.close()
        # There is no room for the file that readers of a write-ahead log share. Who reads alone keeps it in memory
        # (https://www.sqlite.org/wal.html, "Use of WAL Without Shared-Memory").
        connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA query_only=ON")
    return connection


def _hasten(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")  # https://www.sqlite.org/pragma.html#pragma_synchronous


def _in_words(error: BaseException) -> str:
    said = str(error.orig if isinstance(error, DatabaseError) else error)
    return next((words for sign, words in _IN_WORDS.items() if sign in said), said)


def _copy(path: Path, aside: Path) -> None:
    aside.touch(0o600)  # the readers' addresses are in it
    with closing(sqlite3.connect(path)) as origin, closing(sqlite3.connect(aside)) as copy:
        origin.backup(copy)
