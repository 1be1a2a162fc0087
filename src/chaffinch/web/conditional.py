"""Whether a reader already has what it asks for (RFC 9110 §13), in which coding it wants it (§12.5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

CODINGS = ("br", "gzip")
"""Best first."""

_ETAG = re.compile(r'(?:W/)?("[^"]*")')


def has_it_already(headers: Mapping[str, str], etag: str, modified: datetime) -> bool:
    """Whether 304 is the answer to a GET or HEAD with these headers (lower-case names).

    If-None-Match decides alone when it is sent, by weak comparison (§13.1.2); else If-Modified-Since (§13.1.3).
    """
    asked = headers.get("if-none-match")
    if asked is not None:
        return asked.strip() == "*" or etag.removeprefix("W/") in _ETAG.findall(asked)
    since = _date(headers.get("if-modified-since", ""))
    return since is not None and modified.replace(microsecond=0) <= since


def wanted_coding(accept_encoding: str) -> str | None:
    """The best content coding that is accepted; None: as it is."""
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.partition(";")
        weights[name.strip()] = _weight(parameter)
    anything = weights.get("*", 0.0)
    offers = [(weights.get(coding, anything), -rank, coding) for rank, coding in enumerate(CODINGS)]
    best, _, coding = max(offers)
    return coding if best > 0 else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def _date(written: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(written)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
