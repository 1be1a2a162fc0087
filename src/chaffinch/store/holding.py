"""A data directory has one holder, and a secret of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, insert, select

from chaffinch.errors import BusyError, StoreError
from chaffinch.store.database import Database
from chaffinch.store.schema import secrets as secrets_table

_SECRET_BYTES = 32
_PRESS = "press"
_DAMAGED = "the secret is damaged; bring it back from a backup, or remove it: links in letters sent so far then end"


@contextlib.contextmanager
def held(data_dir: Path) -> Iterator[None]:
    """Hold the directory for as long as the block runs; the system frees it when the process dies.

    Raises BusyError, naming the other process, when it is held already.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a+")
    except OSError as error:
        raise StoreError(f"{data_dir}: the data directory cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            other = lock.read().strip() or "unknown"
            raise BusyError(
                f"{data_dir}: another chaffinch works here (process {other}); stop it first, or use another data_dir"
            ) from error
        with contextlib.suppress(OSError):  # on a full disk the lock holds as well without our number in it
            lock.truncate(0)
            os.write(lock.fileno(), str(os.getpid()).encode())
        yield


@contextlib.contextmanager
def turn(data_dir: Path, what: str) -> Iterator[None]:
    """Do something that one process at a time may do; the others wait for their turn."""
    try:
        lock = (data_dir / f"{what}.lock").open("a")
        fcntl.flock(lock, fcntl.LOCK_EX)
    except OSError as error:
        raise StoreError(f"{data_dir}: {what}: no lock can be had: {error.strerror}") from error
    with lock:
        yield


def shared_secret(database: Database, own: bytes) -> bytes:
    """The secret that all machines of a press share: that of the one which was there first."""
    with database.write() as connection:
        return share_secret(connection, own)


def share_secret(connection: Connection, own: bytes) -> bytes:
    """The same, in a transaction that is under way."""
    held = connection.execute(select(secrets_table.c.value).where(secrets_table.c.name == _PRESS)).scalar()
    if held is None:
        connection.execute(insert(secrets_table).values(name=_PRESS, value=own.hex()))
    return own if held is None else bytes.fromhex(held)


def secret_of(data_dir: Path) -> bytes:
    """The press's secret, 32 random bytes that only the owner can read; made at first use, once."""
    path = data_dir / "secret"
    try:
        if not path.exists():
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = path.with_name(f".secret.{secrets.token_hex(4)}")
            try:
                part.touch(0o600)
                with part.open("w", encoding="ascii") as file:
                    file.write(secrets.token_hex(_SECRET_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
                with contextlib.suppress(FileExistsError):
                    os.link(part, path)  # unlike a rename, never replaces the one that another process made
            finally:
                part.unlink(missing_ok=True)
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise StoreError(f"{path}: the secret cannot be read or made: {error.strerror}") from error
    except ValueError as error:
        raise StoreError(f"{path}: {_DAMAGED}") from error
    if len(secret) < _SECRET_BYTES:
        raise StoreError(f"{path}: {_DAMAGED}")
    return secret
