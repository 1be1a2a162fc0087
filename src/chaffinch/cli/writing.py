"""Sources are written into config.toml with everything else in it kept as it is."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from chaffinch.config import parse
from chaffinch.errors import ConfigError, InputError

_MARK = "\ufeff"
"""What some editors put before UTF-8."""


@dataclass(frozen=True, slots=True)
class NewSource:
    """A `[[source]]` to be."""

    location: str
    kind: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()


def add_sources(path: Path, new: Sequence[NewSource]) -> None:
    """Put sources behind those that the config file has. It is checked first, then replaced as a whole.

    Every other line stays as it is. Raises ConfigError when the file would not be valid afterwards, InputError when
    it cannot be written.
    """
    if not new:
        return
    target = path.resolve()  # a link stays one
    try:
        written = target.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    plain = written.removeprefix(_MARK)
    parse(plain, path)
    changed = _with(plain, new)
    parse(changed, path)
    _replace(path, target, (_MARK if plain != written else "") + changed)


def _with(written: str, new: Sequence[NewSource]) -> str:
    """The text with the sources in it; every other byte as it was, and the new lines ended as the others are."""
    ends = "\r\n" if "\r\n" in written else "\n"
    lines = re.findall(r"[^\n]*\n|[^\n]+", written)  # TOML's own ends only: a title may hold Unicode's
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += ends
    at = _behind_the_sources(lines)
    tables = [line + ends for source in new for line in ("", *_table(source).split("\n"))]
    return "".join([*lines[:at], *tables, *lines[at:]])


def _replace(path: Path, target: Path, changed: str) -> None:
    """The file as a whole, with its mode and its owner: whoever is killed in between leaves the old one."""
    part = target.with_name(f".{target.name}.part")
    try:
        before = target.stat()
        part.unlink(missing_ok=True)
        part.touch(0o600)  # it may hold secrets that others must not read, not even for a moment
        with part.open("wb") as file:
            file.write(changed.encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(PermissionError):  # only root may give files away
            os.chown(part, before.st_uid, before.st_gid)
        part.chmod(stat.S_IMODE(before.st_mode))
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _behind_the_sources(lines: Sequence[str]) -> int:
    """The line behind the last `[[source]]` table's last key; comments that follow belong to what comes next."""
    headers = [number for number, line in enumerate(lines) if re.match(r"\s*\[\[\s*source\s*\]\]", line)]
    if not headers:
        return len(lines)
    end = headers[-1] + 1
    for number in range(end, len(lines)):
        if re.match(r"\s*\[\[?\s*[\w.-]+\s*\]\]?\s*(#.*)?$", lines[number]):
            break
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            end = number + 1
    return end


def _table(source: NewSource) -> str:
    table = tomlkit.table()
    table.add("location", source.location)
    for key, value in (("kind", source.kind), ("title", source.title), ("tags", list(source.tags))):
        if value:
            table.add(key, value)
    document = tomlkit.document()
    tables = tomlkit.aot()
    tables.append(table)
    document.add("source", tables)
    return tomlkit.dumps(document).strip()
