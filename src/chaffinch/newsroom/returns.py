"""Letters that came back are read, and their recipients are written to no more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from chaffinch.errors import ConfigError, StoreError
from chaffinch.mailing.bounces import bounce_of, signed
from chaffinch.newsroom.parts import Parts

log = logging.getLogger(__name__)

_LARGEST = 1_000_000


class Returns:
    """The verbs of what comes back. Each may be called twice."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def waiting(self) -> bool:
        """Whether the Maildir holds anything new."""
        return any(True for _ in self._new())

    def read(self) -> int:
        """Read what is new in the Maildir; how many recipients cannot be reached. What was read goes to its `cur`.

        Raises StoreError when the folder cannot be worked with.
        """
        count = 0
        for file in self._new():
            try:
                with file.open("rb") as letter:
                    bounce = bounce_of(self._parts.secret, letter.read(_LARGEST))
                count += bool(bounce and self.suppress(bounce.subscription, bounce.why))
                read = file.parent.parent / "cur"
                read.mkdir(exist_ok=True)
                file.replace(read / f"{file.name.partition(':')[0]}:2,S")
            except OSError as error:
                raise StoreError(f"mail.bounces_maildir: {file}: {error.strerror}") from error
        return count

    def suppress(self, subscription: str, why: str) -> bool:
        """No more mail to whoever has this subscription; False when nobody has."""
        parts = self._parts
        held = parts.subscriptions.get(subscription)
        if held is None:
            return False
        parts.deliveries.suppress(held.address, why, parts.clock())
        log.info("digest %s: a subscriber cannot be reached any more: %s", held.digest, why)
        return True

    def trusted(self, body: bytes, signature: str) -> bool:
        """Whether a relay that knows our secret says so. Raises ConfigError when the secret cannot be read."""
        path = self._parts.config.mail.bounces_secret_file
        if path is None:
            return False
        try:
            return signed(path.read_bytes().strip(), body, signature)
        except OSError as error:
            raise ConfigError(f"mail.bounces_secret_file: {path}: cannot be read: {error.strerror}") from error

    def _new(self) -> Iterator[Path]:
        folder = self._parts.config.mail.bounces_maildir
        if folder is None:
            return
        try:
            yield from sorted(file for file in (folder / "new").iterdir() if not file.name.startswith("."))
        except OSError:  # it is made by the mail server with the first letter
            return
