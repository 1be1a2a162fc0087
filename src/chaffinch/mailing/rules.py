"""A rule of the lint: its name, what it finds wrong, how much that weighs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chaffinch.mailing.opened import Opened


class Weight(StrEnum):
    """What follows when a rule is broken."""

    FAIL = "FAIL"
    """The letter must not leave."""
    WARN = "WARN"
    """Some provider, or some reader, would like it otherwise."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Under which circumstances a letter is judged."""

    now: datetime
    local: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is asked of a letter."""

    name: str
    wrong: Callable[[Opened, Profile], str]
    """What is wrong; empty when nothing is."""
    weight: Weight = Weight.FAIL
    words: bool = False
    """Whether an article's words or links could break it."""
    away: bool = False
    """Whether it is asked only of letters that leave this machine."""


def unless(held: object, otherwise: str) -> str:
    """Nothing when it holds, else what is wrong."""
    return "" if held else otherwise


def some(found: list[str]) -> str:
    """The first few of what was found; empty when there is nothing."""
    return ", ".join(found[:3])[:120]
