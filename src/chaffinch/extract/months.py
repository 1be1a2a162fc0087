"""The months' names, as pages in many languages write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from babel import Locale, UnknownLocaleError

_EVERYWHERE = {name: at for at, names in enumerate((
    "january jan januar januari janvier enero gennaio janeiro января stycznia ocak ene gen janv يناير ژانویه",
    ("february feb februar februari février fevrier febrero febbraio fevereiro февраля lutego şubat fév févr fev"
    " فبراير فوریه"),
    "march mar märz maerz maart mars marzo março марта marca mart mrt مارس",
    "april apr avril abril aprile апреля kwietnia nisan abr avr أبريل آوریل",
    "may mai mei mayo maggio maio maj мая maja mayıs mag مايو مه",
    "june jun juni juin junio giugno junho июня czerwca haziran giu يونيو ژوئن",
    "july jul juli juillet julio luglio julho июля lipca temmuz juil lug يوليو ژوئیه",
    "august aug augustus augusti août aout agosto августа sierpnia ağustos ago أغسطس اوت",
    "september sep sept septembre septiembre settembre setembro сентября września eylül set سبتمبر سپتامبر",
    "october oct oktober okt octobre octubre ottobre outubro октября października ekim out ott أكتوبر اکتبر",
    "november nov novembre noviembre novembro ноября listopada kasım نوفمبر نوامبر",
    ("december dec dezember dez décembre decembre diciembre dicembre dezembro декабря grudnia aralık déc dic"
    " ديسمبر دسامبر"),
), 1) for name in names.split()}  # fmt: skip
_REGIONAL = {name: at for at, names in enumerate((
    "جانفي|كانون الثاني|جنوری|jänner", "فيفري|شباط|فروری|feber", "آذار|مارچ", "نيسان|أفريل|اپریل", "أيار|ماي|مئی",
    "حزيران|جوان|جون", "تموز|جويلية|يوليوز|جولائی", "آب|أوت|غشت|اگست", "أيلول|شتنبر|ستمبر", "تشرين الأول|اکتوبر",
    "تشرين الثاني|نونبر|نومبر", "كانون الأول|دجنبر|دسمبر",
), 1) for name in names.split("|")}  # fmt: skip
"""Names that the CLDR tells of countries only (the Levant, the Maghreb, Austria), and those of Urdu."""
_OTHERS = ("uk", "sv", "da", "nb", "fi", "ro", "hu", "sk", "bg", "el", "id", "lt", "ca", "sl")
"""Languages whose names are tried besides a text's own, which may be guessed wrong."""
UNKNOWN = "und"
"""The language of a text whose own is not known (BCP 47)."""
_GLUED = re.compile(r".*[a-zß-öø-ÿ](?=[A-ZÀ-Þ])")
"""Where one run of text ends and the next begins: `NewsJune 3, 2024`."""


def number(name: str, language: str = "") -> int | None:
    """Which month the name is, 1 to 12, in the languages that are common or in the page's own; else None."""
    for written in (name, _GLUED.sub("", name, count=1)):
        plain = written.lower()
        if found := _EVERYWHERE.get(plain) or (_in(language, plain.rstrip(".")) if language else None):
            return found
    return None


def glued(name: str) -> int:
    """How many letters before the month's name belong to the word before it: 4 in `NewsJune`."""
    found = _GLUED.match(name)
    return found.end() if found else 0


def _in(language: str, plain: str) -> int | None:
    """Which month that is in the language, or else in others."""
    if language == "he":
        plain = plain.removeprefix("ב")  # "in"
    for each in (language, *_OTHERS):
        if found := _of(each).get(plain):
            return found
    return _REGIONAL.get(plain)


@lru_cache(maxsize=64)
def _of(language: str) -> Mapping[str, int]:
    """The names of the Unicode CLDR, in full and short, as they stand within a date and alone."""
    try:
        locale = Locale.parse(language.partition("-")[0])
    except (UnknownLocaleError, ValueError):
        return {}
    return {
        name.lower().rstrip("."): number
        for context in locale.months.values()
        for width in ("wide", "abbreviated")
        for number, name in context[width].items()
        if not name[:1].isdigit() and len(name) >= (3 if name.isascii() else 2)
    }
