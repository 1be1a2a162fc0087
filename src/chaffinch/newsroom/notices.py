"""The short letters about a subscription leave, each at most once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

from chaffinch.errors import ChaffinchError, MailUnknown
from chaffinch.killpoints import passing
from chaffinch.mailing import lint, message, notes
from chaffinch.mailing.notes import Note
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.model import Errand, MoveState, Status, Subscription
from chaffinch.newsroom.parts import Parts
from chaffinch.newsroom.transports import letterhead_of, stays_here, transport_of
from chaffinch.ports import Task

log = logging.getLogger(__name__)

OLDEST = timedelta(days=3)
"""What could not leave for so long says nothing any more, and a restored backup shall not say it again."""


def due(parts: Parts) -> Iterator[Task]:
    """A task for each letter that waits."""
    yield from (Task("note", str(number)) for number in parts.notes.waiting())


def send(parts: Parts, number: int) -> None:
    """Send one of them, when it is still wanted. Raises MailError; then it is still to be sent."""
    errand, now = parts.notes.get(number), parts.clock()
    if errand is None:
        return
    reader = _reader(parts, errand)
    if reader is None or now - errand.wanted > OLDEST:
        parts.notes.done(number)
        return
    if not parts.notes.take(number, now):
        return  # another thread is at it
    passing("noting")
    try:
        write(parts, Note(errand.kind), reader)
    except MailUnknown:
        raise  # it may have arrived: twice is worse than once too few
    except ChaffinchError:
        parts.notes.give_back(number)
        raise
    passing("noted")
    parts.notes.done(number)


def write(parts: Parts, note: Note, reader: Subscription) -> None:
    """Write one of the short letters and hand it over. Raises MailError, TemplateError."""
    digest = next((digest for digest in parts.config.digests if digest.slug == reader.digest), None)
    if digest is None:
        return
    rendered = notes.render(note, digest, parts.config.press, parts.templates, parts.secret)
    head = letterhead_of(parts)
    plate = message.set_plate(head, digest, notes.occasion(note, parts.clock()), rendered)
    addressed = message.address(plate, reader, parts.clock())
    lint.judge(addressed.content, parts.clock(), local=stays_here(parts.config.mail))
    transport = transport_of(parts)
    try:
        transport.send(addressed.content, addressed.sender, addressed.recipient, lambda: None)
    finally:
        transport.close()
    log.info("digest %s: sent a %s letter", digest.slug, note.value)


def _reader(parts: Parts, errand: Errand) -> Subscription | None:
    """Who gets it, with the id that its tokens are about; None when it is not wanted any more."""
    held = parts.subscriptions.get(errand.subscription)
    if held is None or parts.subscriptions.suppressed(address_hash(parts.secret, errand.address)) is not None:
        return None
    move = parts.moves.get(errand.move) if errand.move else None
    match Note(errand.kind):
        case Note.WELCOME:
            wanted = held.status is Status.CONFIRMED and not held.vouched and held.address == errand.address
        case Note.GOODBYE:
            wanted = held.status is Status.ENDED and held.address == errand.address
        case Note.MOVE:
            wanted = move is not None and move.state is MoveState.ASKED and held.status is Status.CONFIRMED
        case Note.CHANGED:
            wanted = move is not None and move.state is MoveState.DONE
        case _:
            wanted = False
    if not wanted:
        return None
    return Subscription(errand.move or held.id, errand.address, held.digest, held.cadence)
