"""A mail server's log says which messages it took.

A Message-ID in the log is not enough: servers note it while the message is still coming in. So it counts when the log
shows that the message went on from there, as Postfix and Exim write it, or when it stands on a line of its own, as in a
list that somebody made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_ID = re.compile(r"<?([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{8,120}@[A-Za-z0-9.-]{1,253})>?")
_POSTFIX = re.compile(r"\b([0-9A-Za-z]{6,20}): message-id=<?([^>\s]+)")
_WENT_ON = re.compile(r"\b([0-9A-Za-z]{6,20}): .*(?:\(queue active\)|status=sent\b)")
_EXIM = re.compile(r" <= .* id=(\S+)")


def taken(lines: Iterable[str], wanted: Collection[str]) -> set[str]:
    """Those of the wanted Message-IDs (with their angle brackets) that the server took, by the lines of its log."""
    names = {name.strip("<>"): name for name in wanted}
    queued: dict[str, str] = {}
    found: set[str] = set()
    for line in lines:
        if (held := _POSTFIX.search(line)) and held[2] in names:
            queued[held[1]] = names[held[2]]
        elif (went := _WENT_ON.search(line)) and went[1] in queued:
            found.add(queued[went[1]])
        elif ((came := _EXIM.search(line)) or (came := _ID.fullmatch(line.strip()))) and came[1] in names:
            found.add(names[came[1]])
    return found
