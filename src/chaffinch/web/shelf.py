"""Published files stay in memory, in each coding, for as long as they are unchanged on the disk."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it has no types

from chaffinch.publish.etags import etag_of

_ROOM = 64_000_000
"""How many bytes are kept at most; what was not asked for longest goes first."""
_SMALL = 400
"""Below this a coding saves nothing."""

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Coded:
    """A document in one coding, with the strong validator of exactly these bytes."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Published:
    """A document as it stands on the disk."""

    modified: datetime
    codings: Mapping[str | None, Coded]
    """None: as it is. A coding that saves nothing is not there."""
    weight: int


class Shelf:
    """Finds published files below a folder. Safe to use from many threads."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._weight = 0
        self._held: OrderedDict[Path, tuple[Stamp, Published]] = OrderedDict()
        self._lock = threading.Lock()

    def held(self, path: Path) -> Published | None:
        """The document from memory, when it is still the one on the disk."""
        stamp = _stamp(path)
        with self._lock:
            found = self._held.get(path)
            if found is None or stamp is None or found[0] != stamp:
                return None
            self._held.move_to_end(path)
            return found[1]

    def fetch(self, path: Path) -> Published | None:
        """The document from the disk; None when there is none."""
        found = _read(path) or _read(path)  # the second time for a writer who replaced it meanwhile
        if found is None:
            return None
        stamp, body = found
        published = _published(body, datetime.fromtimestamp(stamp[0] // 1_000_000_000, UTC))
        self._keep(path, stamp, published)
        return published

    def _keep(self, path: Path, stamp: Stamp, published: Published) -> None:
        with self._lock:
            old = self._held.pop(path, None)
            self._weight += published.weight - (old[1].weight if old else 0)
            self._held[path] = (stamp, published)
            while self._weight > self._room and len(self._held) > 1:
                _, (_, gone) = self._held.popitem(last=False)
                self._weight -= gone.weight


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _read(path: Path) -> tuple[Stamp, bytes] | None:
    """The file with its stamp; None where there is none, or where it was replaced while we looked."""
    before = _stamp(path)
    try:
        body = path.read_bytes()
    except OSError:
        return None
    return (before, body) if before is not None and before == _stamp(path) else None


def _published(body: bytes, modified: datetime) -> Published:
    etag = etag_of(body)
    codings: dict[str | None, Coded] = {None: Coded(body, etag)}
    if len(body) >= _SMALL:
        for name, coded in (("gzip", gzip.compress(body, 6, mtime=0)), ("br", brotli.compress(body, quality=5))):
            if len(coded) < len(body):
                codings[name] = Coded(coded, f'{etag[:-1]}-{name}"')
    return Published(modified, codings, sum(len(coded.body) for coded in codings.values()))
