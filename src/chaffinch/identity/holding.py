"""A new article may be held until its text has stood for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaffinch.model import Certainty, Draft, Held
from chaffinch.text import fingerprint

LONGEST = 6
"""How often its text may change before it comes out anyway: a live report never stands still."""


def held_back(draft: Draft, before: Held | None, patience: timedelta | None, now: datetime) -> Held | None:
    """How long a new article is held and with which words; None when it may come out.

    `before` is what was said of it on the last look. An article that was published longer ago than the patience has
    stood for long enough.
    """
    if not patience:
        return None
    if draft.published and draft.certainty is not Certainty.SEEN and now - draft.published >= patience:
        return None
    said = fingerprint(f"{draft.title}\n{draft.text}")
    if before is None:
        return Held(said, now + patience, 1)
    if before.words == said:
        return None if now >= before.until else before
    return None if before.times >= LONGEST else Held(said, now + patience, before.times + 1)
