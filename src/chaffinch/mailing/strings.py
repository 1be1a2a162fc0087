"""The words that letters are written in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

_EN = {
    "all": "All issues",
    "and_more": "and {count} more in this issue: see them all",
    "archive": "Read this issue on the web",
    "confirm_button": "Confirm my subscription",
    "confirm_ignore": "If you did not ask for this, do nothing: without your confirmation no letter will come. "
    "You can also unsubscribe this address right away.",
    "confirm_lead": "Somebody, probably you, asked for this letter to be sent to this address. "
    "Please confirm that you want it. The link is good for seven days.",
    "confirm_subject": "Please confirm: {title}",
    "confirm_title": "One more step",
    "contents": "In this issue",
    "goodbye_lead": "You are unsubscribed and will get no more letters of this digest. "
    "If that was a mistake, you can sign up again whenever you like.",
    "goodbye_subject": "You are unsubscribed from {title}",
    "goodbye_title": "Goodbye, and thank you for reading",
    "imprint": "Imprint",
    "minutes": "{count}\N{NO-BREAK SPACE}min",
    "more": "Read on",
    "more_at": "Read on at {publisher}",
    "number": "No. {number}",
    "original": "Original",
    "preferences": "Less often, another hour, a pause",
    "preview_button": "Approve or skip it",
    "preview_held": "This issue waits for you. Nobody gets it before you approve it.",
    "preview_soon": "This issue waits for you. It goes out {until}, unless you skip it.",
    "preview_subject": "To approve: {title}",
    "privacy": "Privacy",
    "sign_up": "Sign up again",
    "unsubscribe": "Unsubscribe",
    "welcome_lead": "Your subscription is confirmed. The next letter comes with the next issue; "
    "until then, past issues are on the web.",
    "welcome_subject": "Welcome to {title}",
    "welcome_title": "You are subscribed",
    "why": "You get this letter because you subscribed to {title}.",
    "why_asked": "You get this letter because this address was entered in the sign-up form of {title}.",
    "why_left": "You get this one last letter because you unsubscribed from {title}.",
    "without": "Untitled",
}

_DE = {
    "all": "Alle Ausgaben",
    "and_more": "und {count} weitere in dieser Ausgabe: alle ansehen",
    "archive": "Diese Ausgabe im Web lesen",
    "confirm_button": "Abonnement bestätigen",
    "confirm_ignore": "Wenn Sie das nicht waren, tun Sie nichts: Ohne Ihre Bestätigung kommt kein Brief. "
    "Sie können diese Adresse auch gleich abmelden (unsubscribe).",
    "confirm_lead": "Jemand, wahrscheinlich Sie selbst, hat diesen Brief an diese Adresse bestellt. "
    "Bitte bestätigen Sie, dass Sie ihn bekommen möchten. Der Link gilt sieben Tage.",
    "confirm_subject": "Bitte bestätigen: {title}",
    "confirm_title": "Nur noch ein Schritt",
    "contents": "In dieser Ausgabe",
    "goodbye_lead": "Sie sind abgemeldet und bekommen keine weiteren Briefe dieser Reihe. "
    "War das ein Versehen, können Sie sich jederzeit wieder anmelden.",
    "goodbye_subject": "Sie sind abgemeldet: {title}",
    "goodbye_title": "Auf Wiedersehen, und danke fürs Lesen",
    "imprint": "Impressum",
    "minutes": "{count}\N{NO-BREAK SPACE}Min.",
    "more": "Weiterlesen",
    "more_at": "Weiterlesen bei {publisher}",
    "number": "Nr. {number}",
    "original": "Original",
    "preferences": "Seltener, zu anderer Stunde, eine Pause",
    "preview_button": "Freigeben oder auslassen",
    "preview_held": "Diese Ausgabe wartet auf Sie. Niemand bekommt sie, bevor Sie sie freigeben.",
    "preview_soon": "Diese Ausgabe wartet auf Sie. Sie geht hinaus: {until}, wenn Sie sie nicht auslassen.",
    "preview_subject": "Zur Freigabe: {title}",
    "privacy": "Datenschutz",
    "sign_up": "Wieder anmelden",
    "unsubscribe": "Abmelden (unsubscribe)",  # mailbox providers look for the English word
    "welcome_lead": "Ihr Abonnement ist bestätigt. Der nächste Brief kommt mit der nächsten Ausgabe; "
    "bis dahin stehen die früheren Ausgaben im Web.",
    "welcome_subject": "Willkommen bei {title}",
    "welcome_title": "Sie sind angemeldet",
    "why": "Sie bekommen diesen Brief, weil Sie {title} abonniert haben.",
    "why_asked": "Sie bekommen diesen Brief, weil diese Adresse im Anmeldeformular von {title} eingetragen wurde.",
    "why_left": "Sie bekommen diesen letzten Brief, weil Sie {title} abbestellt haben.",
    "without": "Ohne Titel",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"de": _DE, "en": _EN}

_DAYS = {
    "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni",
           "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def known(language: str) -> str:
    """The language we write in for readers of another: the same where we have it, else English."""
    main = language.lower().replace("_", "-").partition("-")[0]
    return main if main in LANGUAGES else "en"


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.lower().replace("_", "-").partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def day(moment: datetime, zone: str, language: str) -> str:
    """The local day in words: `22 November 2026`."""
    there, tongue = moment.astimezone(ZoneInfo(zone)), known(language)
    point = "." if tongue == "de" else ""
    return f"{there.day}{point} {_MONTHS[tongue][there.month - 1]} {there.year}"


def moment(when: datetime, zone: str, language: str) -> str:
    """The local day and time in words: `22 November 2026, 07:00`."""
    return f"{day(when, zone, language)}, {when.astimezone(ZoneInfo(zone)):%H:%M}"


def weekday(moment: datetime, zone: str, language: str) -> str:
    """The local day in words, with its name: `Sunday, 22 November 2026`."""
    there, tongue = moment.astimezone(ZoneInfo(zone)), known(language)
    return f"{_DAYS[tongue][there.weekday()]}, {day(moment, zone, language)}"
