"""A document is compressed once, when it is made, for all who will ask for it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import brotli  # type: ignore[import-untyped]  # it has no types

SUFFIXES = (".gz", ".br")


def coded_bodies(body: bytes) -> Mapping[str, bytes]:
    """The document as gzip and as brotli, by the suffix of their files. The same bytes give the same bytes."""
    return {".gz": gzip.compress(body, 6, mtime=0), ".br": brotli.compress(body, quality=5)}
