"""A backup is one file: an SQLite database with all that is remembered, and the files that belong to it.

It is the same for every kind of database, is written whole or not at all, and tells what each of its tables must hold.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from chaffinch.errors import InputError, StoreError
from chaffinch.store.copying import copy, summed
from chaffinch.store.database import Database

_OUR_TABLES = """
CREATE TABLE backup_facts (made TEXT NOT NULL);
CREATE TABLE backup_files (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE backup_sums (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, digest TEXT NOT NULL);
"""
_OURS = ("backup_facts", "backup_files", "backup_sums")
_SUMMED = """
SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'backup_sums'
AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'article_words%' ORDER BY name
"""
"""What search has made of the articles is not summed: it can be made again."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup is of."""

    made: datetime
    rows: int
    files: Mapping[str, bytes]


def back_up(database: Database, files: Iterable[tuple[str, bytes]], path: Path, now: datetime) -> int:
    """Write a backup of what stands now, while others go on writing; how many rows it has.

    `files` are what else belongs to it, by name. A file that is there is replaced once the new one is on disk. Only its
    owner can read it, for the press's secret is in it. Raises InputError for what is no plain file, StoreError.
    """
    path = Path(os.path.realpath(path))  # a link is followed, not replaced
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: no plain file; name one that the backup may replace")
    part = path.with_name(f".{path.name}.part")
    try:
        _forget(part)
        part.touch(0o600)
        _copy_rows(database, part)
        with closing(sqlite3.connect(part, isolation_level=None)) as held:
            held.execute("PRAGMA journal_mode=DELETE")  # one file, not three
            held.execute("BEGIN")
            for statement in _OUR_TABLES.strip().splitlines():
                held.execute(statement)
            held.execute("INSERT INTO backup_facts VALUES (?)", (now.isoformat(),))
            held.executemany("INSERT INTO backup_files VALUES (?, ?)", files)
            sums = dict(_sums(held))
            held.executemany("INSERT INTO backup_sums VALUES (?, ?, ?)", [(name, *told) for name, told in sums.items()])
            held.execute("COMMIT")
        _sync(part)
        part.replace(path)
        _sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: the backup cannot be written: {error}") from error
    finally:
        with suppress(OSError):
            _forget(part)
    return sum(rows for rows, _ in sums.values())


@contextmanager
def unpacked(path: Path, folder: Path) -> Iterator[tuple[Backup, Database]]:
    """A backup, verified row by row, as a database of its own in `folder`, brought up to date; gone at the end.

    The file itself is only read. Raises InputError when it is no backup or a damaged one, StoreError for a newer
    program's. What the block raises is the block's: every row was read once before, as what it is to be.
    """
    aside = folder / ".restoring.db"
    try:
        with as_damage(path):
            backup = _unpack(path, aside)
            database = Database(aside)
        with closing(database):
            with as_damage(path), database.read() as connection:
                summed(connection)
            yield backup, database
    finally:
        with suppress(OSError):
            for left in folder.glob(f"{aside.name}*"):  # with what an upgrade has put beside it
                left.unlink(missing_ok=True)


@contextmanager
def as_damage(path: Path) -> Iterator[None]:
    """What the file's rows cannot do here, because no press has written them, is told as damage of the file."""
    try:
        yield
    except (IntegrityError, TypeError, ValueError) as error:
        raise InputError(f"{path}: the backup is damaged: it holds what no press has written") from error


def _unpack(path: Path, aside: Path) -> Backup:
    try:
        _forget(aside)
        aside.touch(0o600)
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as held:
            backup = _verified(held, path)
            with closing(sqlite3.connect(aside)) as own:
                held.backup(own)
                for name in _OURS:
                    own.execute(f"DROP TABLE {name}")
                own.commit()
    except sqlite3.Error as error:
        raise InputError(f"{path}: no backup of a press, or a damaged one: {error}") from error
    except OSError as error:
        raise StoreError(f"{aside}: the backup cannot be unpacked: {error.strerror}") from error
    return backup


def _copy_rows(database: Database, part: Path) -> None:
    if database.shared:
        with closing(Database(part)) as made, database.read() as rows, made.write() as into:
            copy(rows, into)
        return
    with database.read() as connection, closing(sqlite3.connect(part)) as target:
        origin = connection.connection.driver_connection
        assert isinstance(origin, sqlite3.Connection)
        origin.backup(target)  # what is written meanwhile does not come in


def _verified(held: sqlite3.Connection, path: Path) -> Backup:
    if held.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise InputError(f"{path}: the backup is damaged: its pages do not hold together")
    wanted = {name: (rows, digest) for name, rows, digest in held.execute("SELECT name, rows, digest FROM backup_sums")}
    found = dict(_sums(held))
    if damaged := sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)):
        raise InputError(f"{path}: the backup is damaged: {', '.join(damaged)}: not what was written")
    (made,) = held.execute("SELECT made FROM backup_facts").fetchone()
    files = dict(held.execute("SELECT name, body FROM backup_files"))
    if not all(isinstance(name, str) and "\0" not in name and isinstance(body, bytes) for name, body in files.items()):
        raise ValueError("no files")
    return Backup(datetime.fromisoformat(made).astimezone(UTC), sum(rows for rows, _ in found.values()), files)


def _sums(held: sqlite3.Connection) -> Iterator[tuple[str, tuple[int, str]]]:
    """Of each table, how many rows it has, with a hash of them all."""
    for (name,) in held.execute(_SUMMED).fetchall():
        number, digest = 0, hashlib.blake2b(digest_size=16)
        for row in held.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - SQLite's own word for it
            digest.update(repr(row).encode("utf-8", "surrogatepass"))
            number += 1
        yield name, (number, digest.hexdigest())


def _forget(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
