"""An issue becomes a rendered letter, once for everyone who reads it alike.

The HTML stays under 100 kB, because Gmail cuts off what is longer: articles are shortened first, then counted instead
of shown. Whatever an owner's template leaves out, the foot of a letter has the postal address, a link that
unsubscribes and the way to the archive. Nothing is counted: no pixel, no rewritten link.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import css_inline
from markupsafe import escape

from chaffinch.config import Press
from chaffinch.mailing import tokens
from chaffinch.mailing.items import Measure, blocks_of, item, sections, title_of
from chaffinch.mailing.markup import Piece
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Digest, Letter
from chaffinch.pages import Templates, Tongue, direction
from chaffinch.text import one_line, shorten

ROOM = 100_000
"""Bytes of HTML a letter may have; Gmail shows the first 102 kB."""

_INLINER = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, keep_style_tags=False)
_MEASURES = (
    *(Measure(text, 300, 1000) for text in (80_000, 40_000, 20_000, 10_000, 5_000, 2_500, 1_200)),
    *(Measure(0, lead, 1000) for lead in (300, 120, 0)),
)
_CHARSET = '<meta charset="utf-8">'
_SUBJECT = 120
_HEADLINE = 90
_WORTH_A_LIST = 4
"""Articles from which on a letter has a table of contents."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter in words: the same for all who share it but for the gaps, where each one's own tokens go."""

    subject: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    gaps: dict[Purpose, str] = field(repr=False)
    """What stands in html and text where the token for a purpose goes; nobody who has not our secret can guess it."""


def render(
    letter: Letter,
    digest: Digest,
    press: Press,
    templates: Templates,
    secret: bytes,
    titles: Mapping[str, str],
    desk_url: str = "",
) -> Rendered:
    """The letter by the templates `mail/digest.html` and `.txt`. `titles` says what the sources are called.

    With a `desk_url` it is the owner's preview, by `mail/preview.html` and `.txt`.

    Withdrawn articles are left out. Raises TemplateError.
    """
    articles = [article for article in letter.articles if not article.hidden]
    gaps = gaps_of(secret, f"{digest.slug}/{letter.issue.number}", Purpose.UNSUBSCRIBE, Purpose.PREFERENCES)
    tongue = templates.tongue(digest.language)
    headlines = [title_of(article, tongue) for article in articles]
    day = tongue.weekday(letter.issue.closed_at, digest.timezone)
    why = (
        tongue.say("You get this letter because it is you who sends {title}.", title=digest.title)
        if desk_url
        else tongue.say("You get this letter because you subscribed to {title}.", title=digest.title)
    )
    values = common(digest, press, tongue, gaps, why) | {
        "issue": letter.issue,
        "day": day,
        "archive_url": f"{press.base_url}/digests/{digest.slug}/{letter.issue.number}",
        "headlines": headlines,
        "note": letter.issue.note,
        "lang": digest.language,
        "dir": direction(digest.language),
        "preferences_url": f"{press.base_url}/preferences/{gaps[Purpose.PREFERENCES]}",
        "desk_url": desk_url,
        "until": letter.issue.release_at and tongue.moment(letter.issue.release_at, digest.timezone),
    }
    name = "mail/preview" if desk_url else "mail/digest"
    said = _said(digest.subject, templates, values, digest, "subject")
    values["intro"] = _said(digest.intro, templates, values, digest, "intro")
    subject = said or f"{digest.title}: {shorten(headlines[0] if headlines else day, _HEADLINE)}"
    if desk_url:
        subject = tongue.say("To approve: {title}", title=subject)
    values["subject"] = subject = shorten(subject, _SUBJECT) or digest.slug
    blocks = [blocks_of(article, digest) for article in articles[: digest.max_articles]]
    for measure in _measures(blocks):
        shown = [
            (article, item(article, blocks[place], place + 1, digest, measure, press.base_url, tongue))
            for place, article in enumerate(articles[: min(measure.articles, len(blocks))])
        ]
        values["sections"] = sections(shown, digest.group_by, titles)
        values["contents"] = [thing for _, thing in shown] if len(shown) >= _WORTH_A_LIST else []
        values["left"] = len(articles) - len(shown)
        html = finished(templates.render(f"{name}.html", values), values, gaps)
        if len(html.encode()) <= ROOM or not shown:
            break
    text = with_foot(templates.render(f"{name}.txt", values), "txt", values, gaps)
    return Rendered(subject, html, text, gaps)


def gaps_of(secret: bytes, occasion: str, *purposes: Purpose) -> dict[Purpose, str]:
    """Where the tokens go: marks as long as tokens, that no article can hold because they hang on the secret."""
    return {purpose: "gap" + tokens.seal(secret, "gap", occasion, purpose, length=33) for purpose in purposes}


def common(digest: Digest, press: Press, tongue: Tongue, gaps: Mapping[Purpose, str], why: str) -> dict[str, object]:
    """What every mail template sees; `why` says to its reader why they get it."""
    return {
        "press": press,
        "digest": digest,
        "lang": tongue.language,
        "dir": direction(tongue.language),
        "archive_url": f"{press.base_url}/digests/{digest.slug}/",
        "digest_url": f"{press.base_url}/digests/{digest.slug}/",
        "unsubscribe_url": f"{press.base_url}/unsubscribe/{gaps[Purpose.UNSUBSCRIBE]}",
        "why": why,
    }


def finished(html: str, values: Mapping[str, object], gaps: Mapping[Purpose, str]) -> str:
    """The HTML with its foot made sure of and its style inlined; rules for the dark and for small screens stay."""
    inlined = _INLINER.inline(with_foot(html, "html", values, gaps))
    # the inliner puts its style first; where a letter is opened as a file the charset must stand in the first kilobyte
    return inlined.replace(_CHARSET, "", 1).replace("<head>", f"<head>{_CHARSET}", 1)


def with_foot(written: str, suffix: str, values: Mapping[str, object], gaps: Mapping[Purpose, str]) -> str:
    """The letter with our own foot, where the template in use has left out any of what must stand there."""
    press = values["press"]
    assert isinstance(press, Press)
    musts = [gaps[Purpose.UNSUBSCRIBE], str(values["archive_url"]), *press.postal_address.split()]
    if all((escape(must) if suffix == "html" else must) in written for must in musts):
        return written
    foot = Templates().render(f"mail/foot.{suffix}", values)
    end = written.lower().rfind("</body>") if suffix == "html" else -1
    return f"{written[:end]}{foot}{written[end:]}" if end >= 0 else f"{written}\n{foot}"


def _measures(blocks: Sequence[Sequence[Piece]]) -> Iterator[Measure]:
    """What to try, most generous first; what is too much before anything is rendered is not tried."""
    sizes = [sum(len(block.html.encode()) for block in one) for one in blocks]
    for measure in _MEASURES:
        if sum(min(size, measure.text) for size in sizes) < ROOM and (any(sizes) or not measure.text):
            yield measure
    count = len(blocks)
    while count:
        count = count * 3 // 4
        yield Measure(0, 0, count)


def _said(template: str, templates: Templates, values: Mapping[str, object], digest: Digest, key: str) -> str:
    return one_line(templates.render_text(template, values, f"digest {digest.slug}: {key}")) if template else ""
