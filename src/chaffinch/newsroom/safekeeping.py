"""A press is backed up, and brought back."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chaffinch.config import Config
from chaffinch.errors import BusyError, InputError, StoreError
from chaffinch.newsroom.remembering import DATABASE, opened, opened_if_there, place_of
from chaffinch.store.backups import Backup, as_damage, back_up, unpacked
from chaffinch.store.caution import be_cautious
from chaffinch.store.copying import clear, copy, filled
from chaffinch.store.database import Database
from chaffinch.store.holding import held, secret_of, shared_secret
from chaffinch.store.workers import Workers

_BEFORE = "before-restore.backup"
_CONFIG = "config.toml"
_PRIVATE = "private"
_SECRET = "secret"  # noqa: S105 - the name of its file


@dataclass(frozen=True, slots=True)
class Restored:
    """How a press was brought back."""

    made: datetime
    rows: int
    doubtful: int
    """Letters of which nobody knows whether they went out after the backup was made."""
    config: Path | None
    """Where the backup's config was put, when it is another than the present one."""


def save(config: Config, path: Path, now: datetime) -> int:
    """Write everything that cannot be made again into one file, while the press works; how many rows.

    That is the database, the secret, the private feeds' documents and the config. Raises InputError when there is
    nothing yet, or when the press lives in the file that is named, StoreError.
    """
    if path.exists() and any(own.exists() and path.samefile(own) for own in _lived_in(config)):
        raise InputError(f"{path}: the press itself lives in this file; name another one")
    database = opened_if_there(config.press)
    if database is None:
        raise InputError(f"{place_of(config.press)}: there is nothing to back up yet; `chaffinch run` makes it")
    with closing(database):
        return back_up(database, _files(config, database), path, now)


def bring_back(config: Config, path: Path, now: datetime, *, force: bool) -> Restored:
    """Put a backup in the place of this press, which is empty unless `force`; all of it or, killed, nothing.

    What stood here is backed up beside it first. Nothing is sent by itself that may have been sent since the backup was
    made. Raises BusyError while a daemon runs, here or on another machine, InputError, StoreError.
    """
    press = config.press
    with (
        held(press.data_dir),
        unpacked(path, press.data_dir) as (backup, rows),
        closing(_opened(config, force)) as here,
    ):
        if here.shared and (others := Workers(here, lambda: now).alive()):
            raise BusyError(
                f"{here.name}: {', '.join(others)} at work on it; stop first, one that died counts for 20 s"
            )
        with here.read() as connection:
            taken = filled(connection)
        if taken and not force:
            raise InputError(f"{here.name}: it holds a press already ({', '.join(taken[:3])}); --force replaces it")
        if taken:
            back_up(here, _files(config, here), press.data_dir / _BEFORE, now)
        with rows.write() as connection:
            doubtful = be_cautious(connection, backup.made, now)
        with rows.read() as origin, here.write() as into:
            clear(into)
            with as_damage(path):  # rows that do not go together, or a secret that is none
                copied = copy(origin, into)
                bytes.fromhex(backup.files.get(_SECRET, b"").decode("ascii"))
            aside = _put_files(config, backup)  # now that nothing but the end of the transaction can fail
    return Restored(backup.made, sum(table.rows for table in copied.values()), doubtful, aside)


def _files(config: Config, database: Database) -> Iterator[tuple[str, bytes]]:
    press = config.press
    own = secret_of(press.data_dir)
    yield _SECRET, (shared_secret(database, own) if database.shared else own).hex().encode()
    yield _CONFIG, config.path.read_bytes()
    for file in sorted((press.data_dir / _PRIVATE).rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            yield file.relative_to(press.data_dir).as_posix(), file.read_bytes()


def _lived_in(config: Config) -> Iterator[Path]:
    """The files that a backup must never replace."""
    yield config.path
    yield config.press.data_dir / _SECRET
    for suffix in ("", "-wal", "-shm"):
        yield config.press.data_dir / f"{DATABASE}{suffix}"


def _opened(config: Config, force: bool) -> Database:
    """The database here; a damaged file is moved out of the way when it is to be replaced anyhow."""
    place = place_of(config.press)
    try:
        return opened(config.press)
    except StoreError:
        if not force or not isinstance(place, Path) or not place.exists():
            raise
    for suffix in ("", "-wal", "-shm"):
        file = place.with_name(place.name + suffix)
        if file.exists():
            file.replace(file.with_name(f"{file.name}.damaged"))
    return opened(config.press)


def _put_files(config: Config, backup: Backup) -> Path | None:
    data_dir, aside = config.press.data_dir, None
    for name, body in _within(backup.files):
        if name == _CONFIG:
            if body != config.path.read_bytes():
                aside = data_dir / "config-of-the-backup.toml"
                _put(aside, body)
        else:
            _put(data_dir / name, body)
    return aside


def _within(files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The files that we would have written; a name that leads out of the data directory is none of them."""
    for name, body in files.items():
        if name in (_SECRET, _CONFIG) or (name.startswith(f"{_PRIVATE}/") and ".." not in name.split("/")):
            yield name, body


def _put(path: Path, body: bytes) -> None:
    """Replace a file, readable by its owner only, once the new one is on disk."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch(0o600)
        with part.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
