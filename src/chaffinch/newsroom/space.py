"""Nothing new is fetched while a disk is nearly full, so that there is room to serve, to publish, to unsubscribe."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chaffinch.errors import StoreError
from chaffinch.store.problems import Problems

log = logging.getLogger(__name__)

SPARE = 200_000_000
"""Bytes that are to stay free."""
SPARE_SHARE = 0.02
"""Of a disk so small that this is less."""


@dataclass(frozen=True, slots=True)
class Space:
    """A disk's room, in bytes."""

    free: int
    size: int

    @property
    def is_low(self) -> bool:
        """Whether it is below the watermark."""
        return self.free < min(SPARE, self.size * SPARE_SHARE)


Measure = Callable[[Path], Space | None]
"""How much room there is where a folder is, or will be; None when nobody can tell."""


def space_at(folder: Path) -> Space | None:
    """What the file system says of its users' room, not of root's."""
    try:
        said = os.statvfs(standing(folder))
    except OSError:
        return None
    return Space(said.f_bavail * said.f_frsize, said.f_blocks * said.f_frsize)


def standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there already, as far as we may look."""
    return next(place for place in (folder, *folder.absolute().parents) if os.access(place, os.F_OK))


def shortages(folders: Iterable[Path], measure: Measure) -> Sequence[str]:
    """A line for each folder whose disk is nearly full; empty when there is room."""
    found = []
    for folder in dict.fromkeys(folders):
        space = measure(folder)
        if space is not None and space.is_low:
            found.append(f"{folder}: only {space.free / 1e6:,.0f} MB are free; nothing is fetched until there is room")
    return found


class Watermark:
    """Says whether there is room to fetch; tells the log and `status` when that changes, and only then."""

    def __init__(self) -> None:
        self._said: tuple[str, ...] | None = None
        self._lock = threading.Lock()

    def leaves_room(self, folders: Iterable[Path], measure: Measure, problems: Problems, now: datetime) -> bool:
        """Whether anything may be fetched."""
        short = tuple(shortages(folders, measure))
        with self._lock:
            before, self._said = self._said, tuple(line.partition(":")[0] for line in short)
        if self._said != before:
            with suppress(StoreError):  # a disk that is fuller still; the log has it
                if short:
                    problems.note("disk", "; ".join(short), now)
                else:
                    problems.over("disk")
            for line in short:
                log.warning("disk: %s", line)
            if before and not short:
                log.info("disk: there is room again, fetching goes on")
        return not short
