"""The short letters about a subscription itself: confirm, welcome, goodbye.

None of them holds a word that came in over the sign-up form: nobody can use it to send words to others.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from chaffinch.config import Press
from chaffinch.mailing.letter import Rendered, common, finished, gaps_of, with_foot
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Digest
from chaffinch.pages import Templates
from chaffinch.text import shorten

_SUBJECT = 120


class Note(StrEnum):
    """Which of them; the value names the templates `mail/NOTE.html` and `.txt`."""

    CONFIRM = "confirm"
    WELCOME = "welcome"
    GOODBYE = "goodbye"


_WHY = {Note.CONFIRM: "why_asked", Note.WELCOME: "why", Note.GOODBYE: "why_left"}


def occasion(note: Note, now: datetime) -> str:
    """What `message.set_plate` calls it: another one each day, since providers drop a Message-ID they have seen."""
    return f"{note}-{now:%Y%m%d}"


def render(note: Note, digest: Digest, press: Press, templates: Templates, secret: bytes) -> Rendered:
    """The note, the same for everyone but for the tokens. Raises TemplateError."""
    asking = note is Note.CONFIRM
    purposes = (Purpose.UNSUBSCRIBE, Purpose.CONFIRM) if asking else (Purpose.UNSUBSCRIBE,)
    gaps = gaps_of(secret, f"{digest.slug}/{note}", *purposes)
    values = common(digest, press, gaps)
    strings = values["t"]
    assert isinstance(strings, dict)
    values |= {
        "subject": shorten(strings[f"{note}_subject"].format(title=digest.title), _SUBJECT),
        "why": _WHY[note],
        "confirm_url": f"{press.base_url}/confirm/{gaps[Purpose.CONFIRM]}" if asking else "",
    }
    html = finished(templates.render(f"mail/{note}.html", values), values, gaps)
    text = with_foot(templates.render(f"mail/{note}.txt", values), "txt", values, gaps)
    return Rendered(str(values["subject"]), html, text, gaps)
