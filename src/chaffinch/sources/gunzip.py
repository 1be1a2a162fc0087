"""A gzip file is unpacked, never beyond a cap."""

from __future__ import annotations

import zlib

from chaffinch.errors import ReadError

CAP = 8 << 20
"""Bytes of one document, unpacked."""


def is_gzip(body: bytes) -> bool:
    """Whether the bytes begin as a gzip member does (RFC 1952 §2.3.1)."""
    return body.startswith(b"\x1f\x8b")


def gunzip(body: bytes, name: str, cap: int = CAP) -> bytes:
    """What is packed in all members of `body`. Raises ReadError, with `name`, when it is broken or more than `cap`."""
    parts: list[bytes] = []
    most = cap + 1
    while is_gzip(body) and most > 0:
        stream = zlib.decompressobj(wbits=31)
        try:
            parts.append(stream.decompress(body, most))
        except zlib.error as error:
            raise ReadError(f"{name}: broken gzip") from error
        most -= len(parts[-1])
        if most > 0 and not stream.eof:
            raise ReadError(f"{name}: the gzip file breaks off in the middle")
        body = stream.unused_data
    if most <= 0:
        raise ReadError(f"{name}: too big: unpacked it is more than {cap / (1 << 20):g} MiB")
    return b"".join(parts)
