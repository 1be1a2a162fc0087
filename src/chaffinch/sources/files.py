"""A file of a folder becomes a page, with what its front matter or its sidecar tells."""

from __future__ import annotations

import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from chaffinch.errors import FetchError, ReadError, Refused
from chaffinch.model import Metadata, Page, Validators
from chaffinch.sources import frontmatter
from chaffinch.sources.folder import SIDECAR, is_inside, stem
from chaffinch.sources.gunzip import CAP, gunzip, is_gzip
from chaffinch.text import one_line

_SIDECAR_CAP = 64 << 10


class Files:
    """The Fetcher of a folder: reads regular files inside it, nothing else, at most 8 MiB each."""

    def __init__(self, folder: str | Path) -> None:
        self._root = os.path.realpath(folder)

    def get(self, url: str, validators: Validators | None = None) -> Page:
        """The file at a `file:` URL. `validators` play no part: a changed file has another revision.

        What a sidecar tells wins over the front matter. Raises Refused for what is outside, FetchError for what
        cannot be read, and for a key or value in front matter or sidecar that cannot be.
        """
        path = self._path(url)
        name = one_line(os.fsencode(os.path.relpath(path, self._root)).decode("utf-8", "replace"))
        body = _read(path, name, CAP)
        try:
            if is_gzip(body):
                body = gunzip(body, name)
            keys, body = frontmatter.cut(body)
            told = _merged(frontmatter.told(keys, name), self._beside(path, name)) if keys else self._beside(path, name)
        except ReadError as error:
            raise FetchError(str(error)) from error
        plain = path.lower().endswith(".txt")
        return Page(url, body, media_type="text/plain" if plain else "text/html", told=told)

    def _path(self, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
            raise Refused(f"{url[:200]}: only files of the folder are read here")
        written = unquote_to_bytes(parts.path)
        if b"\0" in written:
            raise Refused(f"{url[:200]}: no path")
        path = os.path.realpath(os.fsdecode(written))
        if not is_inside(self._root, path):
            raise Refused(f"{url[:200]}: outside of the folder")
        return path

    def _beside(self, path: str, name: str) -> Metadata | None:
        sidecar = stem(path) + SIDECAR
        if not os.path.lexists(sidecar):
            return None
        called = stem(name) + SIDECAR
        if not is_inside(self._root, os.path.realpath(sidecar)):
            raise Refused(f"{called}: a link that leads out of the folder; it is not followed")
        body = _read(sidecar, called, _SIDECAR_CAP)
        try:
            keys = tomllib.loads(body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ReadError(f"{called}: not UTF-8 at byte {error.start}") from error
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ReadError(one_line(f"{called}: no TOML: {error}")) from error
        return frontmatter.told(keys, called)


def _merged(front: Metadata, beside: Metadata | None) -> Metadata:
    if beside is None:
        return front
    dated = beside if beside.published is not None else front
    merged = replace(front, published=dated.published, certainty=dated.certainty)
    for key in ("title", "byline", "publisher", "language", "image", "canonical", "description", "tags"):
        if value := getattr(beside, key):
            merged = replace(merged, **{key: value})
    return merged


def _read(path: str, name: str, cap: int) -> bytes:
    # Without O_NONBLOCK a FIFO put in the file's place would hold us for ever.
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FetchError(f"{name}: cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FetchError(f"{name}: no regular file")
        try:
            body = stream.read(cap + 1)
        except OSError as error:
            raise FetchError(f"{name}: cannot be read: {error.strerror}") from error
    if len(body) > cap:
        raise FetchError(f"{name}: too big: more than {cap / (1 << 20):g} MiB")
    return body
