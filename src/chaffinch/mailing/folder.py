"""Letters as files: a folder takes the place of a mail server."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path

from chaffinch.errors import MailAway

_NAME = re.compile(rb"^X-Chaffinch-Delivery: ([a-z0-9/-]+)\r?$", re.MULTILINE)


class Folder:
    """Writes each message as `NAME.eml`, whole or not at all; the same delivery twice is one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        """Write the message. Raises MailAway when the folder cannot be written, or the disk is full."""
        target = self.path / name_of(message)
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                with part.open("wb") as file:
                    file.write(message)
                    file.flush()
                    os.fsync(file.fileno())
                before_end()
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise MailAway(f"{target}: the letter could not be written: {error.strerror}; it is tried again") from error

    def close(self) -> None:
        """Nothing is held open."""


def name_of(message: bytes) -> str:
    """`daily-3-….eml` after the message's own name for its delivery, else after what it says."""
    head = message.partition(b"\r\n\r\n")[0]
    named = _NAME.search(head)
    stem = named[1].decode().replace("/", "-") if named else hashlib.sha256(message).hexdigest()[:32]
    return f"{stem[-200:]}.eml"
