"""A process dies at a named point when a test wants to see what becomes of its work.

`CHAFFINCH_DIE_AT=kept` kills it, as `kill -9` does, when it first passes that point; `kept:5` at the fifth time.
`committed:1`, `committed:2` and so on are all the points there are: after each transaction of a run.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from types import MappingProxyType

POINTS: Mapping[str, str] = MappingProxyType(
    {
        "committed": "whatever was written is in the database, nobody has acted upon it",
        "offered": "a listing is in the store, nothing of it was fetched",
        "shelved": "a page is on the shelf",
        "learned": "what the pages repeat is remembered",
        "kept": "an article is in the store, its feeds are marked",
        "visited": "a visit is closed, what it leads to was not hinted",
        "entered": "a feed's documents are rows for all machines, none of them is a file here",
        "coded": "a document's compressed copies are new, itself is old",
        "written": "one document of a feed is new",
        "built": "all documents of a feed are new, its mark still stands",
        "published": "a feed is built and its mark is gone, its hub was not told",
        "pinged": "a hub was told, which nobody has noted",
        "closed": "an issue is closed and numbered, no letter of it is planned",
        "planned": "an issue's letters are planned, none is in hand",
        "issued": "an issue is closed and planned, nobody was told",
        "shown": "a held issue is noted as shown, its preview was not sent",
        "released": "an issue was released, no letter of it is planned",
        "claimed": "a batch of letters is in hand, none has left",
        "in flight": "all of a letter but its end was sent",
        "handed over": "a letter was taken, which nobody has noted",
        "sent": "a batch has left and is in the books, the next was not asked for",
        "asking": "a confirm letter is noted as sent, it was not",
        "noting": "a short letter, such as a welcome, is in hand and has not left",
        "noted": "a short letter has left, which nobody has noted",
    }
)
"""Where a process can be made to die, in the order in which work passes, and what holds then."""

_point, _left = "", 0


def die_at(told: str) -> None:
    """Die at `POINT` or `POINT:TIMES` from now on; nowhere when it is empty."""
    global _point, _left
    _point, _, times = told.partition(":")
    _left = int(times) if times.isdigit() else 1


def passing(point: str) -> None:
    """Say that a point is passed; here the process may end."""
    global _left
    if point != _point:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)


die_at(os.environ.get("CHAFFINCH_DIE_AT", ""))
