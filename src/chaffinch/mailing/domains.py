"""A provider that says "later" to several letters in a row is left alone for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from chaffinch.model import Rest

_PATIENCE = 3
"""So many recipients in a row of one domain are told "later" before the domain is left alone."""
_FIRST = timedelta(minutes=10)
_LONGEST = timedelta(hours=2)


def after_refusal(known: Rest, now: datetime) -> Rest:
    """What follows when a domain has said "later" once more: several times in a row, and it rests, each time longer."""
    if known.refused + 1 < _PATIENCE:
        return Rest(known.refused + 1, known.rests, known.until)
    until = now + min(_FIRST * 2.0 ** min(known.rests, 10), _LONGEST)
    return Rest(0, known.rests + 1, until)


def domain_of(address: str) -> str:
    """The domain that an address belongs to, lower case."""
    return address.rpartition("@")[2].lower()
