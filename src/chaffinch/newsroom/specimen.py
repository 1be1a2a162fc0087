"""The letter that would go out now is shown, judged or sent to one address as a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from chaffinch.errors import InputError
from chaffinch.mailing import letter, message, tokens
from chaffinch.mailing.letter import Rendered
from chaffinch.mailing.lint import Finding
from chaffinch.mailing.lint import lint as judged
from chaffinch.mailing.subscriptions import normalised
from chaffinch.model import Digest, Issue, IssueState, Letter, Subscription
from chaffinch.newsroom.closing import contents_of
from chaffinch.newsroom.named import digest_of, titles_of
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.transports import letterhead_of, stays_here, transport_of, where_of


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter that would go out now."""

    issue: Issue
    rendered: Rendered
    message: bytes


def preview(parts: Parts, slug: str, to: str | None = None) -> Preview:
    """The letter that would go out now, or the last one when nothing new waits; nothing is closed.

    Raises InputError when there is no article at all, TemplateError.
    """
    digest, now = digest_of(parts, slug), parts.clock()
    cadence = digest.cadences[0]
    held = parts.issues.list(slug, state=IssueState.HELD)
    fresh = () if held else contents_of(parts, digest, cadence, opening=True)
    shown = held[-1] if held else None if fresh else parts.issues.latest(slug)
    contents = shown.articles if shown else fresh
    if not contents:
        raise InputError(f"digest {slug}: there is no article for its letter yet")
    number = shown.number if shown else parts.issues.count(slug) + 1
    note = shown.note if shown else ""
    issue = Issue(0, slug, cadence, now, number, IssueState.HELD, now, tuple(contents), note)
    rendered = letter.render(
        Letter(issue, issue.articles), digest, parts.config.press, parts.templates, parts.secret, titles_of(parts)
    )
    reader = normalised(to) if to else next(iter(digest.recipients), "you@example.org")
    plate = message.set_plate(letterhead_of(parts), digest, f"preview-{int(now.timestamp())}", rendered)
    addressed = message.address(plate, Subscription(tokens.NOBODY, reader, slug, cadence), now)
    return Preview(issue, _without_gaps(rendered), addressed.content)


def lint(parts: Parts, slug: str) -> Sequence[Finding]:
    """What is wrong with the letter that would go out now. Raises InputError when there is no article for it."""
    return judged(preview(parts, slug).message, parts.clock(), local=stays_here(parts.config.mail))


def send_test(parts: Parts, slug: str, to: str) -> str:
    """Send that letter to one address; where it went. Raises InputError, MailError, TemplateError."""
    return _hand_over(parts, preview(parts, slug, to).message, normalised(to))


def few_words(parts: Parts, to: str) -> str:
    """Send a short message to one address, signed like any letter; where it went. Raises InputError, MailError."""
    now, reader = parts.clock(), normalised(to)
    title = parts.config.press.title
    said = f"This is a test of {title}. If you can read it, letters leave; look at its headers for what was signed."
    head_of_page = f"<title>{escape(title)}</title>"
    page = f'<!DOCTYPE html><html lang="en"><head>{head_of_page}</head><body>{escape(said)}</body></html>'
    drawn = Rendered(f"A test of {title}", page, said, {})
    plate = message.set_plate(
        letterhead_of(parts), Digest("test", title, (), ()), f"test-{int(now.timestamp())}", drawn
    )
    written = message.address(plate, Subscription("test", reader, "test", ""), now)
    return _hand_over(parts, written.content, reader)


def _hand_over(parts: Parts, content: bytes, reader: str) -> str:
    transport = transport_of(parts)
    try:
        transport.send(content, letterhead_of(parts).sender.addr_spec, reader, lambda: None)
    finally:
        transport.close()
    return where_of(parts)


def _without_gaps(rendered: Rendered) -> Rendered:
    """For eyes only: where each reader's own token would stand, a word that leads to a page which says so."""
    html, text = rendered.html, rendered.text
    for gap in rendered.gaps.values():
        html, text = html.replace(gap, tokens.NOBODY), text.replace(gap, tokens.NOBODY)
    return replace(rendered, html=html, text=text)
