"""The short letters about a subscription itself: confirm, welcome, goodbye, a new address.

None of them holds a word that came in over the sign-up form: nobody can use it to send words to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from chaffinch.config import Press
from chaffinch.mailing.letter import Rendered, common, finished, gaps_of, with_foot
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Digest
from chaffinch.pages import Templates, marked
from chaffinch.text import shorten

_SUBJECT = 120


class Note(StrEnum):
    """Which of them; the value names the templates `mail/NOTE.html` and `.txt`."""

    CONFIRM = "confirm"
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    MOVE = "move"
    """To a new address, which is to be confirmed."""
    CHANGED = "changed"
    """To the old one, once it has been."""


SUBJECTS: Mapping[Note, str] = {
    Note.CONFIRM: marked("Please confirm: {title}"),
    Note.WELCOME: marked("Welcome to {title}"),
    Note.GOODBYE: marked("You are unsubscribed from {title}"),
    Note.MOVE: marked("Please confirm your new address: {title}"),
    Note.CHANGED: marked("Your address has changed: {title}"),
}
WHY: Mapping[Note, str] = {
    Note.CONFIRM: marked(
        "You get this letter because this address was entered in the sign-up form of {title}.",
    ),
    Note.WELCOME: marked("You get this letter because you subscribed to {title}."),
    Note.GOODBYE: marked("You get this one last letter because you unsubscribed from {title}."),
    Note.MOVE: marked("You get this letter because this address was given as somebody\u2019s new one for {title}."),
    Note.CHANGED: marked("You get this one last letter because {title} came to this address until now."),
}
_LINKS: Mapping[Note, tuple[Purpose, str, str]] = {
    Note.CONFIRM: (Purpose.CONFIRM, "confirm_url", "confirm"),
    Note.MOVE: (Purpose.MOVE, "move_url", "address"),
    Note.CHANGED: (Purpose.OBJECT, "objection_url", "address"),
}
"""The token in a note, what templates call its link, the page that it leads to."""


def occasion(note: Note, now: datetime) -> str:
    """What `message.set_plate` calls it: another one each day, since providers drop a Message-ID they have seen."""
    return f"{note}-{now:%Y%m%d}"


def render(note: Note, digest: Digest, press: Press, templates: Templates, secret: bytes) -> Rendered:
    """The note, the same for everyone but for the tokens. Raises TemplateError."""
    purpose, name, page = _LINKS.get(note, (None, "", ""))
    gaps = gaps_of(secret, f"{digest.slug}/{note}", Purpose.UNSUBSCRIBE, *([purpose] if purpose else []))
    tongue = templates.tongue(digest.language)
    values = common(digest, press, tongue, gaps, tongue.say(WHY[note], title=digest.title))
    values["subject"] = shorten(tongue.say(SUBJECTS[note], title=digest.title), _SUBJECT)
    if purpose:
        values[name] = f"{press.base_url}/{page}/{gaps[purpose]}"
    html = finished(templates.render(f"mail/{note}.html", values), values, gaps)
    text = with_foot(templates.render(f"mail/{note}.txt", values), "txt", values, gaps)
    return Rendered(str(values["subject"]), html, text, gaps)
