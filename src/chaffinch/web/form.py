"""The sign-up form tells people from programs without a riddle."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, Signer

VERSION = "1"
"""Kept with each subscription as evidence of what its form said."""
FILL_TIME = timedelta(seconds=1)
"""Nobody fills it in faster, not even with a password manager."""
OPEN_FOR = timedelta(days=1)


class Fill(StrEnum):
    """How a form was filled in."""

    FAIR = "fair"
    TRAPPED = "trapped"
    """The field that people cannot see is filled in."""
    FOREIGN = "foreign"
    """A form on the owner's own site, which cannot carry our stamp: trusted less often."""
    HASTY = "hasty"
    STALE = "stale"
    """Open too long, or not ours."""


def stamp(secret: bytes, digest: str, now: datetime) -> str:
    """What the form carries to say for which digest, and when, it was shown."""
    return _signer(secret).sign(f"{digest}.{int(now.timestamp())}").decode()


def judge(secret: bytes, digest: str, stamped: str, trap: str, now: datetime) -> Fill:
    """What to think of a form that came back."""
    if trap:
        return Fill.TRAPPED
    if not stamped:
        return Fill.FOREIGN
    try:
        shown_for, _, moment = _signer(secret).unsign(stamped.encode("utf-8", "replace")).decode().rpartition(".")
        age = now.timestamp() - int(moment)
    except (BadSignature, ValueError):
        return Fill.STALE
    if shown_for != digest or age > OPEN_FOR.total_seconds():
        return Fill.STALE
    return Fill.HASTY if age < FILL_TIME.total_seconds() else Fill.FAIR


def _signer(secret: bytes) -> Signer:
    return Signer(secret, salt="chaffinch.sign-up", digest_method=hashlib.sha256)
