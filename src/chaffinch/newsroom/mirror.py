"""What any machine has published is written into this one's files."""

from __future__ import annotations

import threading
from pathlib import Path

from chaffinch.errors import StoreAway, StoreError
from chaffinch.model import Rendition
from chaffinch.publish import files
from chaffinch.publish.channel import MEDIA_TYPES
from chaffinch.store.renditions import Renditions, Shown


class Mirror:
    """Follows the rows in the order in which they changed; one a process, for it remembers how far it has come."""

    def __init__(self) -> None:
        self._seen = 0
        self.behind = ""
        """Why what others have published is not shown here, but for a database that is away; empty where it is."""
        self._turn = threading.Lock()

    def follow(self, kept: Renditions, public: Path, private: Path) -> None:
        """Bring both folders up to date. Raises StoreError; then it goes on from there the next time."""
        with self._turn:
            try:
                for shown in kept.since(self._seen):
                    _show(shown, private if shown.private else public, public if shown.private else private)
                    self._seen = shown.revision
            except StoreAway:
                raise
            except StoreError as error:
                self.behind = str(error)
                raise
            self.behind = ""


def _show(shown: Shown, folder: Path, other: Path) -> None:
    """One document; a feed that was public and is private, or the other way round, leaves nothing behind."""
    files.drop(other, [shown.name])
    if shown.body is None:
        files.drop(folder, [shown.name])
        return
    kind = MEDIA_TYPES["." + shown.name.rpartition(".")[2]]
    files.show(folder, Rendition("", shown.name, kind, shown.body, modified=shown.modified))
