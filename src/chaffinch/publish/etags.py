"""A strong validator is made of the content."""

from __future__ import annotations

import hashlib


def etag_of(body: bytes) -> str:
    """A strong validator of exactly these bytes, with its quotes (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
