"""A tongue says our sentences in one language, with its own plurals, days and numbers.

A sentence is named by its English words, as gettext does it. What stands in braces is filled in by us, by name and
by nothing else: a translation is a stranger's text, and `str.format` would let it read what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from markupsafe import Markup, escape

PLACE = re.compile(r"\{(\w+)\}")
"""Where a value goes."""
ENGLISH = Locale("en", "001")
"""English as most of the world writes it: 22 November 2026, 07:00."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a language calls our sentences; those that it lacks are looked for further on."""

    said: Mapping[str, Sequence[str]]
    """By the English words; several for a sentence that counts, in the order of the language's plural forms."""
    form: Callable[[int], int]
    """Which plural form a number takes."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """Says sentences, days and numbers. What no catalogue has is said in English."""

    language: str = "en"
    """As a tag (RFC 5646)."""
    locale: Locale = ENGLISH
    catalogues: Sequence[Catalogue] = field(default=(), repr=False)
    """The first that knows a sentence wins."""

    def say(self, text: str, /, **values: object) -> str:
        """The sentence; where a value is safe markup, so is what comes out."""
        for catalogue in self.catalogues:
            if text in catalogue.said:
                return _filled(catalogue.said[text][0], values)
        return _filled(text, values)

    def say_many(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The sentence about so many; `{count}` is their number."""
        values = {"count": self.number(count), **values}
        for catalogue in self.catalogues:
            if one in catalogue.said:
                forms = catalogue.said[one]
                try:
                    return _filled(forms[catalogue.form(count)], values)
                except (ArithmeticError, LookupError, ValueError, RecursionError):
                    continue  # a form that the catalogue's own rule has no words for
        return _filled(one if count == 1 else many, values)

    def day(self, when: datetime, zone: str = "UTC") -> str:
        """The local day in words: `22 November 2026`."""
        return format_date(when.astimezone(ZoneInfo(zone)).date(), "long", locale=self.locale)

    def weekday(self, when: datetime, zone: str = "UTC") -> str:
        """The local day in words, with its name: `Sunday, 22 November 2026`."""
        return format_date(when.astimezone(ZoneInfo(zone)).date(), "full", locale=self.locale)

    def moment(self, when: datetime, zone: str = "UTC") -> str:
        """The local day and time in words: `22 November 2026, 07:00`."""
        there = when.astimezone(ZoneInfo(zone))
        return f"{self.day(when, zone)}, {self.clock(there.hour * 60 + there.minute)}"

    def clock(self, minutes: int) -> str:
        """A time of day, in minutes since midnight: `07:00`."""
        return format_skeleton("Hm", time(minutes // 60, minutes % 60), locale=self.locale)

    def name_of_day(self, weekday: int) -> str:
        """The name of a day of the week; Monday is 0."""
        return str(self.locale.days["format"]["wide"][weekday])

    def name_of_month(self, month: int) -> str:
        """The name of a month, as it stands alone; January is 1."""
        return str(self.locale.months["stand-alone"]["wide"][month])

    def number(self, number: int) -> str:
        """A number as the language writes it: `1,200`."""
        return format_decimal(number, locale=self.locale)


def direction(language: str) -> str:
    """`rtl` or `ltr`: in which direction a language is written."""
    return "rtl" if language.lower().replace("_", "-").partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def marked(text: str) -> str:
    """The same text: it says to whoever collects our sentences that this is one, said elsewhere."""
    return text


_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def _filled(text: str, values: Mapping[str, object]) -> str:
    if any(isinstance(value, Markup) for value in values.values()):
        parts = PLACE.split(text)
        return Markup("").join(
            escape(values.get(part, f"{{{part}}}") if number % 2 else part) for number, part in enumerate(parts)
        )
    return PLACE.sub(lambda place: str(values.get(place[1], place[0])), text)
