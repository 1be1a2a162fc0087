"""A mistake is told with the line where its key stands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from chaffinch.config import tables

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_TABLES: Mapping[str, type[tables.Table]] = {
    "digest": tables.DigestTable,
    "feed": tables.FeedTable,
    "fetch": tables.Fetch,
    "mail": tables.Mail,
    "press": tables.Press,
    "source": tables.SourceTable,
    "web": tables.Web,
}

Where = tuple[str | int, ...]


class Lines:
    """Which line of a TOML text each key stands on; `("source", 0, "every")` is a key of the first `[[source]]`."""

    def __init__(self, name: str, written: str) -> None:
        self._name = name
        self._at: dict[Where, int] = {}
        table: Where = ()
        counted: dict[str, int] = {}
        for number, line in enumerate(written.splitlines(), 1):
            if header := _HEADER.match(line):
                table = (header[2],)
                if header[1] == "[[":
                    table = (header[2], counted.setdefault(header[2], 0))
                    counted[header[2]] += 1
                self._at.setdefault(table, number)
            elif key := _KEY.match(line):
                self._at.setdefault((*table, key[1]), number)

    def tell(self, where: Where, problem: str) -> str:
        """`config.toml:LINE: KEY: PROBLEM`; without the line where the key does not stand in the file."""
        line = next((self._at[where[:n]] for n in range(len(where), 0, -1) if where[:n] in self._at), None)
        key = ".".join(str(part) for part in where)
        return f"{self._name}:{line}: {key}: {problem}" if line else f"{self._name}: {key}: {problem}"


def problem_of(error: Mapping[str, object], where: Where) -> str:
    """What pydantic found, in our words, with "did you mean" for a key that is not known."""
    kind, context = str(error["type"]), error.get("ctx")
    if kind == "extra_forbidden":
        return "unknown key" + _meant(str(where[-1]), _keys_at(where[:-1]))
    if kind == "missing":
        return "is missing"
    if kind == "string_pattern_mismatch":
        return "only lower-case letters, digits and single hyphens between them"
    if kind == "value_error" and isinstance(context, Mapping):
        return str(context["error"])
    message = str(error["msg"])
    if kind in ("enum", "literal_error") and isinstance(context, Mapping):
        return f"one of {context['expected']} is wanted"
    return message[:1].lower() + message[1:]


def _keys_at(table: Where) -> Sequence[str]:
    model = _TABLES[str(table[0])] if table else tables.File
    return [field.alias or name for name, field in model.model_fields.items()]


def _meant(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
