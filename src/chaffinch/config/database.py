"""Where the database is, as the config or a file of its own says it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

SCHEMES = ("postgres", "postgresql", "postgresql+psycopg")
"""All mean the same."""


def checked_url(url: str) -> str:
    """The URL of a PostgreSQL. Raises ValueError, without the URL in it: there may be a password."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in SCHEMES and bool(parts.path.strip("/")) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise ValueError('an address such as "postgresql+psycopg://user@host/chaffinch" is wanted')
    return url


def read_url(path: Path) -> str:
    """The URL that stands in a file. Raises ValueError."""
    try:
        return checked_url(path.read_text("utf-8").strip())
    except UnicodeDecodeError as error:
        raise ValueError("cannot be read: it is no text") from error
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from error
