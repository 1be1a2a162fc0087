"""Nouns as JSON, for columns that hold a whole one."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

Noun = TypeVar("Noun")


def as_json(noun: object) -> Any:
    """The value as what a JSON column takes; `revived` gives an equal one back."""
    return _adapter(cast(Hashable, type(noun))).dump_python(noun, mode="json")


def revived(kind: type[Noun], value: Any) -> Noun:
    """The noun that `as_json` was given. Fields that it lacked then have their defaults."""
    noun: Noun = _adapter(cast(Hashable, kind)).validate_python(value)
    return noun


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(type[Any], kind))
