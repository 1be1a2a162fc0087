"""Letters that came back are read, and their recipients are written to no more."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from chaffinch.errors import ConfigError, StoreError
from chaffinch.mailing.bounces import Bounce, Kind, bounce_of, signed, too_often
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.newsroom.parts import Parts
from chaffinch.store.bounces import Bounces

log = logging.getLogger(__name__)

_LARGEST = 1_000_000
_AT_A_TIME = 1_000


class Returns:
    """The verbs of what comes back. Each may be called twice."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def waiting(self) -> bool:
        """Whether the Maildir holds anything new."""
        return any(True for _ in self._new())

    def read(self) -> int:
        """Read what is new in the Maildir; how many recipients cannot be reached. What was read goes to its `cur`.

        A letter that cannot be read costs the others nothing. Raises StoreError when there was one, or the folder
        cannot be worked with.
        """
        count, troubles = 0, []
        for file in self._new():
            try:
                count += self._read(file)
            except FileNotFoundError:
                continue  # another worker was faster
            except OSError as error:
                troubles.append(f"mail.bounces_maildir: {file}: {error.strerror}")
        if troubles:
            raise StoreError(troubles[0] + (f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else ""))
        return count

    def take(self, bounce: Bounce) -> bool:
        """What follows from what came back; whether somebody is written to no more.

        What may pass counts by the day, and in the end as well.
        """
        if bounce.kind is not Kind.SOFT:
            return self.suppress(bounce.subscription, bounce.why)
        parts = self._parts
        held = parts.subscriptions.get(bounce.subscription)
        if held is None:
            return False
        days = Bounces(parts.database).note(address_hash(parts.secret, held.address), bounce.why, parts.clock())
        return too_often(days) and self.suppress(held.id, f"{bounce.why}; on {days} days of the last two months")

    def suppress(self, subscription: str, why: str) -> bool:
        """No more mail to whoever has this subscription; False when nobody has, or had themselves erased."""
        parts = self._parts
        held = parts.subscriptions.get(subscription)
        if held is None or held.address.endswith(".invalid"):
            return False
        parts.deliveries.suppress(held.address, why, parts.clock())
        log.info("digest %s: a subscriber cannot be reached any more: %s", held.digest, why)
        return True

    def _read(self, file: Path) -> bool:
        with file.open("rb") as letter:
            bounce = bounce_of(self._parts.secret, letter.read(_LARGEST))
        gone = bounce is not None and self.take(bounce)
        read = file.parent.parent / "cur"
        read.mkdir(exist_ok=True)
        file.replace(read / f"{file.name.partition(':')[0]}:2,S")
        return gone

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
            with os.scandir(folder / "new") as entries:  # only plain files: a pipe would be waited for
                files = (entry for entry in entries if entry.is_file(follow_symlinks=False))
                names = [entry.name for entry in islice(files, _AT_A_TIME) if not entry.name.startswith(".")]
        except OSError:  # it is made by the mail server with the first letter
            return
        yield from (folder / "new" / name for name in sorted(names))
