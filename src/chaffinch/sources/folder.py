"""A folder of text dumps and saved pages lists its files."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from chaffinch.errors import ReadError
from chaffinch.model import Listing, Reference, Source, SourceState
from chaffinch.ports import Fetcher
from chaffinch.text import one_line

SUFFIXES = (".html.gz", ".html", ".htm", ".txt")
SIDECAR = ".toml"
_UNFINISHED = (".part", ".tmp", "~")
_MOST_PROBLEMS = 20
_MOST_RHYTHM = 50
_SECOND = 1_000_000_000
_LATEST = 253_000_000_000 * _SECOND
"""A time in the year 9987: whatever a damaged file system says, it stays a date."""
_NUMBER = re.compile(r"([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    mtime: int
    """In nanoseconds."""
    size: int


def read(source: Source, state: SourceState, fetcher: Fetcher) -> Listing:
    """A reference for each .txt, .html, .htm and .html.gz file in the folder and below, newest first.

    Files are only looked at, not opened. Left out: hidden and unfinished ones, whatever is no regular file, and, as a
    problem, empty ones; a link is followed only to a file inside the folder. `published` is the file's time; of files
    of one minute the natural order of their names counts ("2" before "10"), and times are at least a second apart.
    Raises ReadError when the folder itself cannot be read.
    """
    root = os.path.realpath(source.location)
    look = _Look(root)
    try:
        look.into(root)
    except OSError as error:
        raise ReadError(_line(source.location, _why(error))) from error
    references = tuple(_references(look))
    problems = look.problems
    if len(problems) > _MOST_PROBLEMS:
        problems = [*problems[:_MOST_PROBLEMS], f"{len(problems) - _MOST_PROBLEMS} more of the kind"]
    rhythm = tuple(r.published for r in references[:_MOST_RHYTHM] if r.published is not None)
    return Listing(references, replace(state, published_at=rhythm), problems=tuple(problems))


def natural(name: str) -> tuple[tuple[tuple[int, str], ...], str]:
    """What sorts names as people do: numbers in them by their value, letters whatever their case."""
    parts = _NUMBER.split(name.casefold())
    # The name itself comes last: "07" and "7", "A" and "a" are alike, and still in a fixed order.
    return tuple((int(part), "") if at % 2 else (-1, part) for at, part in enumerate(parts) if part), name


def stem(name: str) -> str:
    """A file's name up to `.html` or `.txt`; the whole where it ends otherwise."""
    return next((name[: -len(suffix)] for suffix in SUFFIXES if name.lower().endswith(suffix)), name)


@dataclass(slots=True)
class _Look:
    root: str
    files: list[_File] = field(default_factory=list)
    sidecars: dict[str, str] = field(default_factory=dict)
    """Revisions, by path without the suffix."""
    problems: list[str] = field(default_factory=list)

    def into(self, folder: str) -> None:
        """All files below; raises OSError for this folder, notes a problem for those below it."""
        waiting = [folder]
        while waiting:
            current = waiting.pop()
            try:
                with os.scandir(current) as entries:
                    waiting.extend(self._entries(entries))
            except OSError as error:
                if current == folder:
                    raise
                self._note(current, _why(error))

    def _entries(self, entries: Iterator[os.DirEntry[str]]) -> Iterator[str]:
        for entry in entries:
            name = entry.name.lower()
            if name.startswith(".") or name.endswith(_UNFINISHED):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    yield entry.path
                elif name.endswith((*SUFFIXES, SIDECAR)):
                    self._file(entry, name.endswith(SIDECAR))
            except FileNotFoundError:
                continue  # it went while we looked
            except OSError as error:
                self._note(entry.path, _why(error))

    def _file(self, entry: os.DirEntry[str], sidecar: bool) -> None:
        if entry.is_symlink() and not is_inside(self.root, os.path.realpath(entry.path)):
            self._note(entry.path, "a link that leads out of the folder; it is not followed")
            return
        seen = entry.stat()
        if not stat.S_ISREG(seen.st_mode):
            return
        if not seen.st_size:
            self._note(entry.path, "empty; it is read once something stands in it")
            return
        if sidecar:
            self.sidecars[entry.path[: -len(SIDECAR)]] = f"{seen.st_mtime_ns}-{seen.st_size}"
        else:
            self.files.append(_File(entry.path, min(max(seen.st_mtime_ns, 0), _LATEST), seen.st_size))

    def _note(self, path: str, why: str) -> None:
        self.problems.append(_line(os.path.relpath(path, self.root), why))


def is_inside(root: str, path: str) -> bool:
    """Whether a real path lies below a real folder."""
    return path.startswith(root.rstrip("/") + "/")


def file_url(path: str) -> str:
    """The `file:` URL of an absolute path (RFC 8089), whatever bytes its name is made of."""
    return "file://" + quote(os.fsencode(path))


def _references(look: _Look) -> Iterator[Reference]:
    """Newest first; times only ever go back from the newest file's own, so that none is later than a real one."""
    files = sorted(look.files, key=lambda f: (f.mtime // (60 * _SECOND), natural(f.path[len(look.root) :])))
    latest: dict[int, int] = {}
    for file in files:
        minute = file.mtime // (60 * _SECOND)
        latest[minute] = max(latest.get(minute, 0), file.mtime)
    before: int | None = None
    minute_before = None
    for file in reversed(files):
        minute = file.mtime // (60 * _SECOND)
        # The last of a minute by name gets the minute's last time: which file was really written last is chance.
        at = file.mtime if minute == minute_before else latest[minute]
        before = at if before is None else min(at, before - _SECOND)
        minute_before = minute
        revision = f"{file.mtime}-{file.size}"
        if beside := look.sidecars.get(stem(file.path)):
            revision += f"+{beside}"
        yield Reference(file_url(file.path), revision=revision, published=_moment(before))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _moment(nanoseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such folder"
    if isinstance(error, NotADirectoryError):
        return "a file, and a folder is wanted"
    return f"cannot be read: {error.strerror}"


def _line(path: str, why: str) -> str:
    return one_line(f"{os.fsencode(path).decode('utf-8', 'replace')}: {why}")
