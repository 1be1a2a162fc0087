"""What a failure means for a source beyond this visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaffinch.errors import Blocked, ChaffinchError, FetchError, Gone
from chaffinch.model import Condition

BROKEN_AFTER = timedelta(days=14)


def condition_of(problem: ChaffinchError | None, failing_since: datetime | None, now: datetime) -> Condition:
    """Gone after a 410, blocked in front of a challenge, broken when nothing was found (404) for 14 days."""
    if isinstance(problem, Gone):
        return Condition.GONE
    if isinstance(problem, Blocked):
        return Condition.BLOCKED
    not_found = isinstance(problem, FetchError) and problem.status == 404
    if not_found and failing_since is not None and now - failing_since >= BROKEN_AFTER:
        return Condition.BROKEN
    return Condition.WELL


SAID = {
    Condition.BLOCKED: "it is tried again once or twice a day",
    Condition.BROKEN: "nothing was there for two weeks; it is looked at once a week: give its new location",
    Condition.GONE: "it is not asked again: take the source out, or give its new location",
}
"""What follows, for the owner."""
