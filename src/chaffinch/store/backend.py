"""What the two databases do differently, behind one seam."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine

LARGEST_WAIT: Final = 30
"""Seconds that a transaction waits for its turn, or for a free connection; after that it raises."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A database that can be opened, with the words in which it begins a transaction."""

    name: str
    """For people: the file, or server and database. Never a password."""
    engine: Engine
    """Its connections begin no transaction by themselves."""
    soon: Engine | None
    """The same, but it does not wait for the disk; None where what it wrote might be lost while the machine stands."""
    alone: str
    """Begins a transaction in which nobody else writes."""
    beside: str
    """Begins one in which others may write that were begun with the same words."""
    reading: str
    """Begins one that sees what stood when it began, until it ends."""
    in_words: Callable[[BaseException], str]
    """What an error of the driver means, and what to do."""
    is_away: Callable[[BaseException], bool]
    """Whether it says that the database cannot be reached for now, so that it may be waited for."""
    copy: Callable[[str], None]
    """Puts a copy aside before the steps from this one on are run, where that costs one file and nothing else."""
