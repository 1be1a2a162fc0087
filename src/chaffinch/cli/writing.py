"""Sources are written into config.toml with everything else in it kept as it is."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.items import AoT

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
    """Append sources to the config file. It is checked first, then replaced as a whole; comments stay.

    Raises ConfigError when the file would not be valid afterwards, InputError when it cannot be written.
    """
    if not new:
        return
    try:
        written = path.read_text("utf-8")
        document = tomlkit.parse(written)
    except (OSError, UnicodeDecodeError, tomlkit.exceptions.ParseError) as error:
        raise ConfigError(f"{path}: {error}") from error
    sources = document.setdefault("source", tomlkit.aot())
    if not isinstance(sources, AoT):
        raise ConfigError(f"{path.name}: source: [[source]] tables are wanted")
    for source in new:
        table = tomlkit.table()
        table.add("location", source.location)
        for key, value in (("kind", source.kind), ("title", source.title), ("tags", list(source.tags))):
            if value:
                table.add(key, value)
        table.add(tomlkit.nl())
        sources.append(table)
    changed = tomlkit.dumps(document)
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
