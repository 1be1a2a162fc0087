"""A date as pages write it becomes a moment, or None."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from chaffinch.extract import calendars, months

_EARLIEST = 1990
_LATEST = 2100
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{0,2})?)?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?Z?")

_DIGITS = {first + digit: str(digit) for first in (0x660, 0x6F0) for digit in range(10)}
"""Arabic and Persian digits; a text keeps its length."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_OTHER_YEAR = re.compile(r"\d\.\d\d\.\d\d|25\d\d")
"""Of two digits, or a Thai one."""
_WRITTEN = (
    (re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)"), ""),
    (re.compile(r"(?P<y>(?:19|20)\d\d)\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일]"), ""),
    (re.compile(r"(?<![\d.])(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>(?:19|20)\d\d)(?!\d)"), "dotted"),
    (re.compile(r"(?<![\d/-])(?P<d>\d{1,2})([/-])(?P<m>\d{1,2})\2(?P<y>(?:19|20)\d\d)(?!\d)"), "either"),
    (re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª)?\.?[\s-]+(?:de\s+|d['’])?(?P<n>[^\W\d_]{3,})\.?[,،]?[\s-]+"
                r"(?:de\s+|del\s+)?(?P<y>(?:19|20)\d\d)"), "named"),
    # Not begun within a word: a line without blanks would be read from each of its letters to its end.
    (re.compile(r"(?<![^\W\d_])(?P<n>[^\W\d_]{3,})\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+"
                r"(?P<y>(?:19|20)\d\d)"), "named"),
    (re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)\.?,?\s+(?P<n>[^\W\d_]{3,})\.?\s+(?P<d>\d{1,2})(?!\d)"), "named"),
)  # fmt: skip
"""How a day is written, and what of it wants more than arithmetic."""
_FULL_YEAR = r"(?P<y>(?:19|20)\d\d)"
_IN_LANGUAGE = (
    (re.compile(rf"(?<!\d){_FULL_YEAR}\.\s(?P<m>\d{{1,2}})\.\s(?P<d>\d{{1,2}})(?!\d)"), ""),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\s+tháng\s+(?P<m>\d{{1,2}}),?\s+(?:năm\s+)?{_FULL_YEAR}", re.IGNORECASE), ""),
    (re.compile(r"(?<![\d.])(?P<d>\d\d)\.(?P<m>\d\d)\.(?P<y>\d\d)(?![\d.])"), "short"),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})[ .](?P<n>[IVX]{{1,4}})[ .]{_FULL_YEAR}(?!\d)"), "roman"),
    (re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})\.?[./-](?P<n>[^\W\d_]{{3,12}})[./-]{_FULL_YEAR}(?!\d)"), "named"),
    (re.compile(r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th)?\s{1,3}(?:of\s)?(?P<n>[^\W\d_]{3,12})\.?"
                rf"\s{{0,3}}[,،/-]?\s{{0,3}}(?:of\s)?{_FULL_YEAR}(?!\d)"), "named"),
    (re.compile(r"(?<!\d)(?P<d>\d{1,2})\s(?P<n>[\u0900-\u0963\u0971-\u0fff.]{2,24}),?\s(?P<y>(?:19|20|25)\d\d)(?!\d)"),
     "named"),
    (re.compile(rf"(?P<n>[\u0900-\u0963\u0971-\u0fff]{{2,24}})\s(?P<d>\d{{1,2}}),?\s{_FULL_YEAR}(?!\d)"), "named"),
    (re.compile(r"(?<!\d)(?P<d>\d{1,2})\s(?:\w{3,12}\s?/\s?)?(?P<n>(?:كانون|تشرين) (?:الأول|الثاني)|[^\W\d_]{2,12})"
                rf"(?:\s?/\s?\w{{2,12}}(?: (?:الأول|الثاني))?)?\s?[,،]?\s{_FULL_YEAR}(?!\d)"), "named"),
)  # fmt: skip
"""What is a date only where the language is known to be one, so that no version or price is taken for it."""
_ROMAN = {
    name: at for at, name in enumerate(["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"], 1)
}
_OTHER_DIGITS = {first + digit: str(digit) for first in (0x966, 0x9E6, 0xE50) for digit in range(10)}
"""Hindi, Bengali and Thai digits."""
_OTHER_CALENDAR = re.compile(r"\d{1,2}\s+[\u0600-\u06ff\u200c]+\s+[1۱١][34۳۴٣٤]\d\d(?!\d)")
"""A day of the Persian or Islamic years: a date, though we reckon only the Persian ones of texts in Persian."""
_SHORT_YEAR = re.compile(r"(?<![\d./-])(?P<d>\d{1,2})(?P<mark>[./])(?P<m>\d{1,2})(?P=mark)(?P<y>[0-3]\d)(?![\d./-])")
_HALF_DAY = re.compile(r"\d\s?[ap]\.?m\b", re.IGNORECASE)
_MONTH_FIRST = frozenset(("en-us", "en-ph", "es-us"))
_IN_URL = (
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/-]?(?P<m>0[1-9]|1[0-2])[/-]?(?P<d>0[1-9]|[12]\d|3[01])(?=[^\d]|$)"),
    re.compile(r"/(?P<y>(?:19|20)\d\d)[/-](?P<n>[a-z]{3,9})[/-](?P<d>\d{1,2})(?=/|$)", re.IGNORECASE),
)


def read(written: object, language: str = "") -> datetime | None:
    """The moment that ISO 8601, RFC 822, a plain date or a Unix time stands for, by the clock that it is written by.

    Without a zone that is UTC.
    """
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
        return in_words(text, language)


def in_words(text: str, language: str = "") -> datetime | None:
    """The first plain date in a text: `3 June 2024`, `June 3, 2024`, `3.6.2024`, `2024年6月3日`; midnight UTC."""
    return next((moment for _, _, moment in each(text, language)), None)


def each(text: str, language: str = "") -> Iterator[tuple[int, int, datetime]]:
    """Every plain date in a text, as it stands: where it begins and ends, and its midnight UTC.

    `6/3/2024` is a date only where it can be read in one way, or where `language` says which.
    """
    if not _DIGIT.search(text):
        return
    text = text if text.isascii() else text.translate(_DIGITS)
    language = language.lower()
    if language and not text.isascii():
        text = text.translate(_OTHER_DIGITS)
    found = sorted(_days(text, language), key=lambda each: (each[0], -each[1]))
    last = 0
    for start, end, moment in found:
        if start >= last:
            last = end
            yield start, end, moment


def with_time(text: str, start: int) -> datetime | None:
    """The moment of an ISO 8601 date, `T` and time that begin at `start`; UTC where it names no zone, else None."""
    found = _ISO.match(text, start)
    return _moment(*found.groups()) if found and found[4] and "T" in found[0] else None


def _days(text: str, language: str) -> Iterator[tuple[int, int, datetime]]:
    """The plain dates in no order, where one may stand within another."""
    if language:
        for start, end, day in calendars.each(text, language.partition("-")[0]):
            if moment := _moment(str(day.year), str(day.month), str(day.day)):
                yield start, end, moment
    patterns = (*_WRITTEN, *_IN_LANGUAGE) if language else _WRITTEN
    if not _YEAR.search(text) and not (language and _OTHER_YEAR.search(text)):
        return
    for pattern, kind in patterns:
        for match in pattern.finditer(text):
            if moment := _written(match, kind, language):
                glued = months.glued(match["n"]) if kind == "named" and match.start("n") == match.start() else 0
                yield match.start() + glued, match.end(), moment


def with_short_years(text: str, language: str = "") -> Iterator[tuple[int, int, datetime]]:
    """Every day with a year of two digits in a text that dates something, as `each` tells them: `12/16/16 3:21pm`.

    Elsewhere such are versions and scores. `3/9/16 3:21pm` is American where the language does not say otherwise.
    """
    language = language.lower()
    for match in _SHORT_YEAR.finditer(text):
        if match["mark"] == "." and (not language or language.startswith("en")) and len(match[0]) < len("07.17.13"):
            continue
        is_english = not language or language == "en"
        order = _ordered(match["d"], match["m"], "en-us" if is_english and _HALF_DAY.search(text) else language)
        if order and (moment := _moment(f"20{match['y']}", *order)):
            yield match.start(), match.end(), moment


def offset(moment: datetime) -> int:
    """Minutes by which the clock that a moment is told by is ahead of UTC."""
    return round((moment.utcoffset() or timedelta()).total_seconds() / 60)


def in_url(url: str) -> datetime | None:
    """The day that a path such as `/2024/06/03/` or `/2024/june/3` names; midnight UTC."""
    for pattern, kind in zip(_IN_URL, ("", "named"), strict=True):
        if (found := pattern.search(url)) and (moment := _written(found, kind, "en")):
            return moment
    return None


def is_date_line(line: str, language: str = "") -> bool:
    """Whether the line is a date and next to nothing else: a weekday, a time, a word or two before it."""
    if len(line) > 60 or not (in_words(line, language) or _OTHER_CALENDAR.search(line)):
        return False
    rest = re.sub(r"\d+|[^\w\s]", " ", line)
    return len(rest.split()) <= 6


def _written(match: re.Match[str], kind: str, language: str) -> datetime | None:
    day = match["d"]
    if kind == "named":
        named = months.number(match["n"], language)
        return _moment(str(calendars.buddhist(int(match["y"]))), str(named), day) if named else None
    if kind == "roman":
        return _moment(match["y"], str(_ROMAN.get(match["n"], 0)), day)
    if kind == "short":
        return _moment(f"20{match['y']}", match["m"], day)
    month = match["m"]
    if kind == "dotted" and int(day) <= 12 < int(month):
        day, month = month, day
    if kind == "either":
        if not (order := _ordered(day, month, language)):
            return None
        month, day = order
    return _moment(match["y"], month, day)


def _ordered(first: str, second: str, language: str) -> tuple[str, str] | None:
    """The month and the day of `3/9`, where it can be read in one way, or where the language says which is first."""
    if int(first) <= 12 < int(second):
        return first, second
    if int(second) <= 12 and int(first) <= 12 and first != second:
        if language in _MONTH_FIRST:
            return first, second
        if not language or language == "en":
            return None
    return second, first


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
            f"{int(year)}-{int(month):02}-{int(day):02}"
            f"T{int(hour or 0):02}:{int(minute or 0):02}:{int(second or 0):02}{offset}"
        ))  # fmt: skip
    except ValueError:
        return None


def _within(moment: datetime) -> datetime | None:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if _EARLIEST <= moment.year < _LATEST else None
