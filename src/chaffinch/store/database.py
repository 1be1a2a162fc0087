"""One database: opened, brought up to date, written in transactions that are on disk when they end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from chaffinch.errors import StoreError
from chaffinch.store import migrations

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=30000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
)


class Database:
    """The store's connections; safe to use from many threads. Raises StoreError in plain words."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path.parent}: the data directory cannot be made: {error.strerror}") from error
        self._engine = create_engine(f"sqlite:///{path}", pool_size=16, max_overflow=32)
        event.listen(self._engine, "connect", _prepare)
        with _plainly(path):
            migrations.upgrade(self._engine, path)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: it waits for its turn, and is on disk when the block ends without an error."""
        with _plainly(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing may be written in it."""
        with _plainly(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()


def _prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by us, not by the driver
    for pragma in _PRAGMAS:
        connection.execute(pragma)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # a broken promise of ours, or the loser of a race: for the caller to decide
    except (DatabaseError, sqlite3.Error) as error:
        said = str(error.orig if isinstance(error, DatabaseError) else error)
        if "full" in said or "disk I/O" in said:
            said = "the disk is full; make room, nothing is lost"
        elif "locked" in said:
            said = "another process holds it"
        elif "not a database" in said or "malformed" in said:
            said = "it is damaged or no database; restore a backup"
        elif "readonly" in said or "unable to open" in said:
            said = "it cannot be written; check the folder's owner and rights"
        raise StoreError(f"{path}: {said}") from error
