"""A body in a content coding is unpacked, never beyond a cap (RFC 9110 §8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

ACCEPTED = "gzip, deflate, br, zstd"
_MOST_CODINGS = 2
_ZSTD_SLICE = 128
"""Bytes unpacked at a time: four of them can make 128 KiB (RFC 8878 §3.1.1.2.2), so a slice makes 4 MiB at most."""


class TooBig(Exception):
    """The body would grow beyond the cap."""


class Undecodable(Exception):
    """The body is not what its coding says, or the coding is none we know."""


def unpacked(body: bytes, codings: str, cap: int) -> bytes:
    """The body without its codings, as named in Content-Encoding. Raises TooBig, Undecodable.

    At no time are more than `cap` bytes and one buffer made of it.
    """
    names = [name.strip().lower() for name in codings.split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > _MOST_CODINGS:
        raise Undecodable(f"{len(names)} codings one upon the other")
    for name in reversed(names):
        if name not in _DECODERS:
            raise Undecodable(f'the coding "{name[:40]}"')
        try:
            body = _DECODERS[name](body, cap + 1) if body else b""
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
            raise Undecodable(f"broken {name}") from error
        if len(body) > cap:
            raise TooBig
    return body


def _gzip(body: bytes, most: int) -> bytes:
    parts: list[bytes] = []
    while body and most > 0:
        stream = zlib.decompressobj(wbits=31)
        parts.append(stream.decompress(body, most))
        most -= len(parts[-1])
        if most > 0 and not stream.eof:
            raise EOFError
        body = stream.unused_data
        # Zeros or rubbish after a member are ignored, as gzip(1) does.
        if not body.startswith(b"\x1f\x8b"):
            break
    return b"".join(parts)


def _deflate(body: bytes, most: int) -> bytes:
    """The zlib format, or the bare stream that some servers send instead (RFC 9110 §8.4.1.2)."""
    stream = zlib.decompressobj(wbits=15)
    try:
        unpacked = stream.decompress(body, most)
    except zlib.error:
        stream = zlib.decompressobj(wbits=-15)
        unpacked = stream.decompress(body, most)
    if len(unpacked) < most and not stream.eof:
        raise EOFError
    return unpacked


def _brotli(body: bytes, most: int) -> bytes:
    stream = brotli.Decompressor()
    parts = [stream.process(body, output_buffer_limit=most)]
    size = len(parts[0])
    while size < most and not stream.is_finished():
        part = stream.process(b"", output_buffer_limit=most - size)
        if not part:
            raise EOFError
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _zstd(body: bytes, most: int) -> bytes:
    # A window of 8 MiB is what RFC 9659 §3 allows in HTTP.
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 23)
    parts: list[bytes] = []
    while body and most > 0:
        stream = unpacker.decompressobj()
        for start in range(0, len(body), _ZSTD_SLICE):
            parts.append(stream.decompress(body[start : start + _ZSTD_SLICE]))
            most -= len(parts[-1])
            if stream.eof or most <= 0:
                break
        if most > 0 and not stream.eof:
            raise EOFError
        body = stream.unused_data + body[start + _ZSTD_SLICE :]
    return b"".join(parts)


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "br": _brotli,
    "deflate": _deflate,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "zstd": _zstd,
}
