"""A day that is told in another calendar's years becomes one of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_PERSIAN_MONTHS = {name: at for names in (
    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
    "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
) for at, name in enumerate(names.split(), 1)}  # fmt: skip
"""In Iran, then in Afghanistan."""
_PERSIAN = (
    re.compile(
        rf"(?<!\d)(?P<d>\d{{1,2}})\s+(?P<n>{'|'.join(_PERSIAN_MONTHS)})(?:\s*ماه)?[،,]?\s+(?:سال\s+)?"
        r"(?P<y>1[34]\d\d)(?!\d)"
    ),
    re.compile(r"(?<![\d/-])(?P<y>1[34]\d\d)([/-])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?![\d/-])"),
)
_BEGAN = {"令和": 2018, "平成": 1988, "昭和": 1925, "民國": 1911, "民国": 1911}
"""The year before an era's first."""
_OF_ERA = re.compile(
    rf"(?P<era>{'|'.join(_BEGAN)})\s*(?P<y>\d{{1,3}}|元)\s*年\s*(?P<m>\d{{1,2}})\s*月\s*(?P<d>\d{{1,2}})\s*日"
)
_BUDDHIST = 543
"""Years by which the Thai calendar is ahead."""
_BUDDHIST_FROM = 2400
_EPOCH = date(2021, 3, 21).toordinal()
_EPOCH_YEAR = 1400
"""The first day of that Persian year, from which others are counted."""


def each(text: str, language: str) -> Iterator[tuple[int, int, date]]:
    """Every day that a text tells in such a calendar, with where it begins and ends. Digits must be European."""
    if language == "fa":
        for pattern in _PERSIAN:
            for found in pattern.finditer(text):
                told = found.groupdict()
                month = int(told["m"]) if told.get("m") else _PERSIAN_MONTHS[told["n"]]
                if day := persian(int(told["y"]), month, int(told["d"])):
                    yield found.start(), found.end(), day
    elif language in ("ja", "zh"):
        for found in _OF_ERA.finditer(text):
            year = _BEGAN[found["era"]] + (1 if found["y"] == "元" else int(found["y"]))
            if day := _day(year, int(found["m"]), int(found["d"])):
                yield found.start(), found.end(), day


def persian(year: int, month: int, day: int) -> date | None:
    """The day of the Solar Hijri calendar, by its cycle of 33 years; None where there is no such day."""
    if not (1300 <= year < 1480 and 1 <= month <= 12 and 1 <= day <= (31 if month < 7 else 30)):
        return None
    return date.fromordinal(
        _EPOCH + _until(year) - _until(_EPOCH_YEAR) + 31 * (month - 1) - max(0, month - 7) + day - 1
    )


def buddhist(year: int) -> int:
    """Our year of a Thai one; a year that cannot be one is ours already."""
    return year - _BUDDHIST if year > _BUDDHIST_FROM else year


def _until(year: int) -> int:
    """Days before a year's first, counted from anywhere: 8 leap days in 33 years."""
    year += 1595  # where the cycle begins
    return 365 * year + year // 33 * 8 + (year % 33 + 3) // 4


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
