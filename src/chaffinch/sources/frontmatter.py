"""A document may begin with what is known of it: `key: value` lines between two lines of `---`."""

from __future__ import annotations

import codecs
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from chaffinch.errors import ReadError
from chaffinch.model import Certainty, Metadata
from chaffinch.text import one_line
from chaffinch.urls import is_web

_FENCE = re.compile(rb"---[ \t]*\r?\n")
_BLOCK = re.compile(rb"---[ \t]*\r?\n(?P<lines>(?:[^\r\n]*\r?\n){0,64}?)---[ \t]*(?:\r?\n|\Z)")
_LINE = re.compile(r"([A-Za-z][\w-]*)[ \t]*:(?:[ \t]+(.*))?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)\s*(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def cut(body: bytes) -> tuple[Mapping[str, str], bytes]:
    """The front matter's keys, lower case, and the body without it.

    Where there is none, or it is not closed, or a line in it is no `key: value`, nothing is cut: it is text.
    A body in UTF-16 is handed back in UTF-16 with its mark; any other keeps its bytes.
    """
    if body.startswith(_UTF_16):
        text = body.decode("utf-16", "surrogatepass")
        keys, rest = cut(text.encode("utf-8", "surrogatepass"))
        return keys, rest.decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass") if keys else body
    start = len(codecs.BOM_UTF8) if body.startswith(codecs.BOM_UTF8) else 0
    if not _FENCE.match(body, start) or (block := _BLOCK.match(body, start)) is None:
        return {}, body
    keys = {}
    for line in _decoded(block["lines"]).splitlines():
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None:
            return {}, body
        keys[match[1].lower()] = _unquoted(match[2] or "")
    return (keys, body[block.end() :]) if keys else ({}, body)


def told(keys: Mapping[str, object], name: str) -> Metadata:
    """What the keys say. Values are texts, or what TOML makes of them.

    Raises ReadError, one line with `name`, for a key that is not known or a value that cannot be.
    """
    metadata = Metadata()
    for key, value in keys.items():
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            meant = f'did you mean "{close[0]}"?' if close else f"known are {', '.join(_KEYS)}"
            raise ReadError(f'{name}: unknown key "{key}"; {meant}')
        if value not in ("", None):
            metadata = _KEYS[key](metadata, value, f"{name}: {key}")
    return metadata


def moment(written: str) -> datetime | None:
    """A date (midnight, UTC) or a date with its time (ISO 8601; UTC where no zone is given); None for all else."""
    match = _DATE.fullmatch(written.strip())
    if match is None:
        return None
    day, time, zone = match[1], match[2] or "00:00", (match[3] or "Z").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{day}T{time}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(field: str) -> Callable[[Metadata, object, str], Metadata]:
    def read(metadata: Metadata, value: object, where: str) -> Metadata:
        if not isinstance(value, str):
            raise ReadError(f"{where}: a text is wanted")
        found: dict[str, Any] = {field: one_line(value)}
        return replace(metadata, **found)

    return read


def _url(field: str) -> Callable[[Metadata, object, str], Metadata]:
    def read(metadata: Metadata, value: object, where: str) -> Metadata:
        if not isinstance(value, str) or not is_web(value.strip()):
            raise ReadError(f"{where}: an http(s) URL is wanted")
        found: dict[str, Any] = {field: value.strip()}
        return replace(metadata, **found)

    return read


def _published(metadata: Metadata, value: object, where: str) -> Metadata:
    at = moment(value.isoformat() if isinstance(value, date) else str(value))
    if at is None:
        raise ReadError(f'{where}: a date such as 2026-11-22 or 2026-11-22T14:30:00+01:00 is wanted, not "{value}"')
    return replace(metadata, published=at, certainty=Certainty.SURE)


def _tags(metadata: Metadata, value: object, where: str) -> Metadata:
    if isinstance(value, str):
        value = value.strip().removeprefix("[").removesuffix("]").split(",")
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ReadError(f"{where}: tags are wanted, with commas between them")
    tags = (one_line(_unquoted(tag)) for tag in value)
    return replace(metadata, tags=tuple(dict.fromkeys(tag for tag in tags if tag)))


_KEYS: Mapping[str, Callable[[Metadata, object, str], Metadata]] = {
    "byline": _text("byline"),
    "description": _text("description"),
    "image": _url("image"),
    "language": _text("language"),
    "published": _published,
    "publisher": _text("publisher"),
    "tags": _tags,
    "title": _text("title"),
    "url": _url("canonical"),
}


def _decoded(lines: bytes) -> str:
    try:
        return lines.decode("utf-8")
    except UnicodeDecodeError:
        return lines.decode("cp1252", "replace")


def _unquoted(value: str) -> str:
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return value
