"""Whatever is told can be stored: what no database takes is replaced."""

from __future__ import annotations

import json
import re
from typing import Any

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT = "\ufffd"


def storable(text: str) -> str:
    """The text with U+FFFD in place of NUL, which PostgreSQL refuses, and of half surrogates, which UTF-8 does."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSTORABLE.sub(_REPLACEMENT, text)


def as_text(value: Any) -> str:
    """A JSON column's text, in UTF-8 and with its order kept; its strings are storable."""
    said = storable(json.dumps(value, ensure_ascii=False))
    return json.dumps(cleaned(value), ensure_ascii=False) if r"\u0000" in said else said


def cleaned(value: Any) -> Any:
    """A value of a column, with all texts in it storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {cleaned(key): cleaned(kept) for key, kept in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(kept) for kept in value]
    return value
