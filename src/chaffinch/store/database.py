"""One database: opened, brought up to date, written in transactions that are on disk when they end."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from chaffinch.errors import StoreAway, StoreError
from chaffinch.killpoints import passing
from chaffinch.store import migrations
from chaffinch.store.backend import Backend
from chaffinch.store.postgresql import postgresql
from chaffinch.store.sqlite import sqlite


class Database:
    """The store's connections; safe to use from many threads. Raises StoreError in plain words."""

    def __init__(self, where: Path | str, *, looking: bool = False) -> None:
        """`where` is SQLite's file, or the URL of a PostgreSQL; `looking` is for who only reads, see `sqlite`.

        It is made, and brought up to date unless by who only looks; then it must be. Raises ConfigError for a URL that
        is none.
        """
        self._backend = sqlite(where, looking=looking) if isinstance(where, Path) else postgresql(where)
        self._views = threading.local()
        with _plainly(self._backend):
            migrations.upgrade(self._backend, looking=looking)

    @property
    def name(self) -> str:
        """Which database it is, for people: a file, or a database and its server."""
        return self._backend.name

    @property
    def shared(self) -> bool:
        """Whether other machines may work on it too."""
        return self._backend.engine.dialect.name != "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: it waits for its turn, and is on disk when the block ends without an error.

        Nobody else writes meanwhile, so that what was read in it still holds when it ends.
        """
        with self._writing(self._backend.alone) as connection:
            yield connection

    @contextmanager
    def write_beside(self) -> Iterator[Connection]:
        """The same, while others may write beside: for what is guarded by its rows.

        That is: conditions stand in the UPDATE itself, new rows meet a unique key, and rows are taken in the order
        sources, articles, aliases, marks, so that no two wait for each other. What was read before may be old.
        """
        with self._writing(self._backend.beside) as connection:
            yield connection

    @property
    def outlived(self) -> bool:
        """Whether `write_soon` is to be had: what it has written can be lost only if the machine itself goes down."""
        return self._backend.soon is not None

    @contextmanager
    def write_soon(self) -> Iterator[Connection]:
        """The same as `write_beside`, but it does not wait for the disk: a process that dies has written all the same.

        The next `write` puts everything before it onto the disk, too.
        """
        with self._writing(self._backend.beside, self._backend.soon) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing may be written in it."""
        if (shared := getattr(self._views, "shared", None)) is not None:
            with _plainly(self._backend):
                yield shared
            return
        with _plainly(self._backend), self._backend.engine.connect() as connection:
            connection.exec_driver_sql(self._backend.reading)
            try:
                yield connection
            finally:
                connection.rollback()

    @contextmanager
    def ask(self) -> Iterator[Connection]:
        """For one statement that reads: it sees what stood when it began, and needs no transaction around it."""
        with _plainly(self._backend), self._backend.engine.connect() as connection:
            yield connection

    @contextmanager
    def say(self) -> Iterator[Connection]:
        """For one statement that writes, of rows that nobody reads who writes alone; it is on disk when it ends.

        Its conditions stand in itself. A second statement in the same block is another transaction.
        """
        with _plainly(self._backend), self._backend.engine.connect() as connection:
            yield connection

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Whatever this thread reads in the block, it reads in one view: of a server in half as many round trips."""
        with self.read() as connection:
            self._views.shared = connection
            try:
                yield
            finally:
                self._views.shared = None

    def close(self) -> None:
        """Give the connections back."""
        self._backend.engine.dispose()
        if self._backend.soon is not None:
            self._backend.soon.dispose()

    @contextmanager
    def _writing(self, begin: str, engine: Engine | None = None) -> Iterator[Connection]:
        with _plainly(self._backend), (engine or self._backend.engine).connect() as connection:
            connection.exec_driver_sql(begin)
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        passing("committed")


@contextmanager
def _plainly(backend: Backend) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise  # a broken promise of ours, or the loser of a race: for the caller to decide
    except (DBAPIError, sqlite3.Error) as error:
        kind = StoreAway if backend.is_away(error) else StoreError
        raise kind(f"{backend.name}: {backend.in_words(error)}") from error
    except NoConnection as error:
        raise StoreError(f"{backend.name}: all connections are in use") from error
