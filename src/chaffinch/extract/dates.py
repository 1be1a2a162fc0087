"""A date as pages write it becomes a moment in UTC, or None."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EARLIEST = 1990
_LATEST = 2100
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{0,2})?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?Z?")
_NUMERIC = re.compile(r"(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)")
_MONTHS = {name: at for at, names in enumerate((
    "january jan januar januari janvier enero gennaio janeiro января stycznia ocak",
    "february feb februar februari février fevrier febrero febbraio fevereiro февраля lutego şubat",
    "march mar märz maerz maart mars marzo março марта marca mart",
    "april apr avril abril aprile апреля kwietnia nisan",
    "may mai mei mayo maggio maio мая maja mayıs",
    "june jun juni juin junio giugno junho июня czerwca haziran",
    "july jul juli juillet julio luglio julho июля lipca temmuz",
    "august aug augustus août aout agosto августа sierpnia ağustos",
    "september sep sept septembre septiembre settembre setembro сентября września eylül",
    "october oct oktober okt octobre octubre ottobre outubro октября października ekim",
    "november nov novembre noviembre novembro ноября listopada kasım",
    "december dec dezember dez décembre decembre diciembre dicembre dezembro декабря grudnia aralık",
), 1) for name in names.split()}  # fmt: skip
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+)?([^\W\d_]{3,})\.?,?\s+(?:de\s+)?((?:19|20)\d\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_IDEOGRAPHIC = re.compile(r"((?:19|20)\d\d)\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|$)")


def read(written: object) -> datetime | None:
    """The moment that ISO 8601, RFC 822, a plain date or a Unix time stands for; without a zone it is UTC."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return _from_epoch(float(written))
    if not isinstance(written, str) or not (text := written.strip()[:80]):
        return None
    if text.isdigit() and len(text) in (10, 13):
        return _from_epoch(float(text))
    if found := _ISO.match(text):
        return _moment(found[1], found[2], found[3], found[4], found[5], found[6], found[7])
    if found := _COMPACT.fullmatch(text):
        return _moment(*found.groups())
    try:
        return _within(parsedate_to_datetime(text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return in_words(text)


def in_words(text: str) -> datetime | None:
    """The first plain date in a text: `3 June 2024`, `June 3, 2024`, `3.6.2024`, `2024年6月3日`; midnight UTC."""
    if found := _ISO.search(text):
        return _moment(*found.groups()[:3])
    if found := _IDEOGRAPHIC.search(text):
        return _moment(found[1], found[2], found[3])
    if found := _NUMERIC.search(text):
        return _moment(found[3], found[2], found[1])
    for found in _DAY_FIRST.finditer(text):
        if month := _MONTHS.get(found[2].lower()):
            return _moment(found[3], str(month), found[1])
    for found in _MONTH_FIRST.finditer(text):
        if month := _MONTHS.get(found[1].lower()):
            return _moment(found[3], str(month), found[2])
    return None


def in_url(url: str) -> datetime | None:
    """The day that a path such as `/2024/06/03/` names; midnight UTC."""
    found = _IN_URL.search(url)
    return _moment(found[1], found[2], found[3]) if found else None


def is_date_line(line: str) -> bool:
    """Whether the line is a date and next to nothing else: a weekday, a time, a word or two before it."""
    if len(line) > 60 or not in_words(line):
        return False
    rest = re.sub(r"\d+|[^\w\s]", " ", line)
    return len(rest.split()) <= 6


def _from_epoch(seconds: float) -> datetime | None:
    try:
        return _within(datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _moment(year: str, month: str, day: str, hour: str | None = None, minute: str | None = None,
            second: str | None = None, zone: str | None = None) -> datetime | None:  # fmt: skip
    offset = "+00:00"
    if zone and zone not in "zZ":
        digits = zone[1:].replace(":", "").ljust(4, "0")
        offset = f"{zone[0]}{digits[:2]}:{digits[2:]}"
    try:
        return _within(datetime.fromisoformat(
            f"{year}-{int(month):02}-{int(day):02}"
            f"T{int(hour or 0):02}:{int(minute or 0):02}:{int(second or 0):02}{offset}"
        ))  # fmt: skip
    except ValueError:
        return None


def _within(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        moment = moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return moment if _EARLIEST <= moment.year < _LATEST else None
