"""A process dies at a named point when a test wants to see what becomes of its work.

`CHAFFINCH_DIE_AT=kept` kills it, as `kill -9` does, when it first passes that point; `kept:5` at the fifth time.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from types import MappingProxyType

POINTS: Mapping[str, str] = MappingProxyType(
    {
        "offered": "a listing is in the store, nothing of it was fetched",
        "shelved": "a page is on the shelf",
        "learned": "what the pages repeat is remembered",
        "kept": "an article is in the store, its feeds are marked",
        "visited": "a visit is closed, what it leads to was not hinted",
        "coded": "a document's compressed copies are new, itself is old",
        "written": "one document of a feed is new",
        "built": "all documents of a feed are new, its mark still stands",
        "issued": "an issue is closed, nobody was told",
        "in flight": "all of a letter but its end was sent",
        "handed over": "a letter was taken, which nobody has noted",
    }
)
"""Where a process can be made to die, in the order in which work passes, and what holds then."""

_point, _, _times = os.environ.get("CHAFFINCH_DIE_AT", "").partition(":")
_left = int(_times) if _times.isdigit() else 1


def passing(point: str) -> None:
    """Say that a point is passed; here the process may end."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
