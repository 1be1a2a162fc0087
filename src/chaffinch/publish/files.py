"""Published files are replaced whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from chaffinch.errors import PublishError, StoreError
from chaffinch.killpoints import passing
from chaffinch.model import Rendition
from chaffinch.publish.codings import SUFFIXES, coded_bodies

_SIGNATURE = b"<generator>Chaffinch</generator>"
_HEAD = 8_192
"""Bytes within which a feed says who wrote it."""
_IDS = {".atom": "{*}entry/{*}id", ".rss": "channel/item/guid"}


def write(folder: Path, renditions: Iterable[Rendition], now: datetime) -> tuple[str, ...]:
    """Put renditions into the folder; the names of those that changed.

    All are checked before the first is written. A file whose bytes are the same is not touched. One that changes gets
    a modification time of whole seconds, `now` or one second after its last, whichever is later: readers that compare
    times see every change. A crash leaves the old file or the new one. Nothing is removed but our own unfinished
    files. Raises PublishError when a rendition is not fit, StoreError when the disk cannot take it; then the files
    that were not replaced yet stand as they were.
    """
    renditions = tuple(renditions)
    for rendition in renditions:
        check(rendition)
    return tuple(rendition.name for rendition in renditions if _replace(folder, rendition, now))


def show(folder: Path, rendition: Rendition) -> bool:
    """Put a document that was checked elsewhere into the folder, with the time that it bears; False when it is there.

    Two machines that show the same documents so show the same bytes, and the same times. Raises StoreError.
    """
    assert rendition.modified is not None
    return _replace(folder, rendition, rendition.modified)


def remove(folder: Path, slug: str) -> None:
    """Take a feed's documents, archives and page away: it is not, or no longer, for everybody. Raises StoreError."""
    try:
        for path in (*folder.glob(f"{slug}.*"), *folder.glob(f"{slug}/*")):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{folder}: what was published of {slug} cannot be removed: {error.strerror}") from error


def drop(folder: Path, names: Iterable[str]) -> None:
    """Take documents away, with their codings; those that are not there are not missed. Raises StoreError."""
    for name in names:
        try:
            for suffix in ("", *SUFFIXES):
                (folder / (name + suffix)).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"{folder / name}: cannot be removed: {error.strerror}") from error


def ours(folder: Path) -> Mapping[str, datetime]:
    """The feeds that stand in a folder and that Chaffinch has written, by name, each with when it was written last."""
    found: dict[str, datetime] = {}
    for path in sorted(folder.glob("*.atom")):
        with contextlib.suppress(OSError), path.open("rb") as file:
            if _SIGNATURE in file.read(_HEAD):
                found[path.stem] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return found


def check(rendition: Rendition) -> None:
    """Raises PublishError unless the document is well-formed and names nothing twice."""
    suffix = Path(rendition.name).suffix
    try:
        ids = _ids(rendition.body, suffix)
    except (etree.XMLSyntaxError, ValueError, KeyError, TypeError) as error:
        raise PublishError(f"{rendition.name}: not well-formed, so the old one stays: {error}") from error
    twice = sorted({name for name in ids if ids.count(name) > 1}) if len(set(ids)) < len(ids) else []
    if twice:
        raise PublishError(f"{rendition.name}: {twice[0]} stands in it twice, so the old one stays")


def _ids(body: bytes, suffix: str) -> list[str]:
    if suffix == ".json":
        return [str(item["id"]) for item in json.loads(body)["items"]]
    if suffix == ".html":
        if b"</html>" not in body:
            raise ValueError("a page without an end")
        return []
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    if suffix == ".opml":
        return [str(outline.get("xmlUrl")) for outline in root.iterfind("body/outline")]
    return [element.text or "" for element in root.iterfind(_IDS[suffix])]


def _replace(folder: Path, rendition: Rendition, now: datetime) -> bool:
    path = folder / rendition.name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise PublishError(f"{rendition.name}: does not stand in {folder}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path.parent) as place:
            before = path.stat() if path.is_file() else None
            given = None if rendition.modified is None else int(rendition.modified.timestamp())
            same = before is not None and before.st_size == len(rendition.body) and path.read_bytes() == rendition.body
            if before is not None and same and given in (None, int(before.st_mtime)):
                _keep_codings(path, rendition.body, int(before.st_mtime))
                return False
            moment = given or max(int(now.timestamp()), int(before.st_mtime) + 1 if before is not None else 0)
            # The document comes last: as long as it is the old one, the next build sees that not all was done.
            _write_codings(path, rendition.body, moment)
            passing("coded")
            _write_whole(path, rendition.body, moment)
            os.fsync(place)
        passing("written")
    except OSError as error:
        why = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
        raise StoreError(f"{path}: cannot be written: {why}; what was published before stays") from error
    return True


def _write_codings(path: Path, body: bytes, moment: int) -> None:
    """Beside the document, in each coding and with its time: what a plain web server sends to who asks for it."""
    for suffix, coded in coded_bodies(body).items():
        _write_whole(path.with_name(path.name + suffix), coded, moment)


def _keep_codings(path: Path, body: bytes, moment: int) -> None:
    beside = [path.with_name(path.name + suffix) for suffix in SUFFIXES]
    if not all(one.is_file() and int(one.stat().st_mtime) == moment for one in beside):
        _write_codings(path, body, moment)


def _write_whole(path: Path, body: bytes, moment: int) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    try:
        _write_through(unfinished, body, moment)
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The folder's descriptor, locked: two writers of one file must not choose the same time or mix their bytes."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield place
    finally:
        os.close(place)


def _write_through(path: Path, body: bytes, moment: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
        file.flush()
        os.utime(file.fileno(), (moment, moment))
        os.fsync(file.fileno())
