"""Sources are written into config.toml with everything else in it kept as it is."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from chaffinch.config import parse
from chaffinch.errors import ConfigError, InputError


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
    try:
        written = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    parse(written, path)
    lines = written.splitlines()
    at = _behind_the_sources(lines)
    tables = [line for source in new for line in ("", *_table(source).splitlines())]
    changed = "\n".join([*lines[:at], *tables, *lines[at:]]) + "\n"
    parse(changed, path)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(changed, "utf-8")
        part.chmod(path.stat().st_mode)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
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
