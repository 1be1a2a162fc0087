"""Of all processes of a press one at a time does a thing, and the others wait for their turn."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path

from chaffinch.store import holding
from chaffinch.store.database import Database


@contextlib.contextmanager
def turn(database: Database, data_dir: Path, what: str) -> Iterator[None]:
    """Our turn for as long as the block runs; who dies in it frees it. Raises StoreError after a long wait.

    A lock on a file where one machine holds the press, an advisory lock where many do.
    """
    if not database.shared:
        with holding.turn(data_dir, what):
            yield
        return
    number = int.from_bytes(hashlib.blake2b(what.encode(), digest_size=7).digest())
    with database.read() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({number})")
        yield
