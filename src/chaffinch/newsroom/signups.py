"""People ask for letters, say yes, say no."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TextIO

from chaffinch.errors import ChaffinchError, ConfigError, InputError, MailUnknown
from chaffinch.killpoints import passing
from chaffinch.mailing import lists, subscriptions, tokens
from chaffinch.mailing.lists import Incoming, Standing
from chaffinch.mailing.notes import Note
from chaffinch.mailing.subscriptions import address_hash, normalised
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Digest, Errand, Status, Subscription
from chaffinch.newsroom import notices
from chaffinch.newsroom.moving import Moving
from chaffinch.newsroom.parts import Parts
from chaffinch.ports import Preferences
from chaffinch.store.subscriptions import ERASED

log = logging.getLogger(__name__)

_CHUNK = 500
"""Rows of a list that are taken over in one transaction."""
_TOLD = 100
"""Rows that cannot be used, told one by one."""


@dataclass(slots=True)
class Taken:
    """What came of a list."""

    added: int = 0
    passed: int = 0
    """Who was there already, had not confirmed, has left, or gets no mail."""
    problems: list[str] = field(default_factory=list)
    """Rows that could not be used: the first of them, a line each."""
    unusable: int = 0
    """How many those are."""

    def unread(self, problem: str) -> None:
        """A row cannot be used."""
        self.unusable += 1
        if len(self.problems) < _TOLD:
            self.problems.append(problem)


class SignUps:
    """The verbs of subscriptions. Letters that they lead to are sent by `ask` and by `notices`, which are tasks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def take_over(self) -> None:
        """Vouch for the config's recipients, and for nobody who left it or said no."""
        parts = self._parts
        for digest in parts.config.digests:
            if not parts.subscriptions.try_save(self._as_configured(digest)):  # another machine starts, too
                parts.subscriptions.save(self._as_configured(digest))
            parts.subscriptions.realign(digest.slug, digest.cadences)

    def _as_configured(self, digest: Digest) -> Iterable[Subscription]:
        held = self._parts.subscriptions.vouched(digest.slug, digest.recipients)
        return subscriptions.sync(digest, held, self._parts.clock(), _new_id)

    def subscribe(self, digest: Digest, address: str, evidence: Mapping[str, str], cadence: str = "") -> str | None:
        """Keep the wish of whoever asks in an address's name; the subscription to `ask`, where a letter is due.

        Raises InputError when it is no address.
        """
        parts, now = self._parts, self._parts.clock()
        address = normalised(address)
        asked = Subscription(
            id=_new_id(),
            address=address,
            digest=digest.slug,
            cadence=cadence if cadence in digest.cadences else digest.cadences[0],
            created=now,
            evidence={**evidence, "asked": now.isoformat(timespec="seconds")},
        )
        wish = subscriptions.subscribe(
            asked,
            parts.subscriptions.by_address(digest.slug, address),
            suppressed=self._silent(address),
            last_asked=self._last_asked(address),
            now=now,
        )
        if wish.subscription is None or not wish.ask:
            return None
        parts.subscriptions.wish(wish.subscription)
        return wish.subscription.id

    def unasked(self) -> Iterable[str]:
        """The subscriptions whose confirm letter is still to be sent."""
        known = {digest.slug for digest in self._parts.config.digests}
        return [row.id for row in self._parts.subscriptions.unasked() if row.digest in known]

    def ask(self, subscription: str) -> None:
        """Send a confirm letter, once. Raises MailError; then it is still to be sent."""
        held = self._parts.subscriptions.get(subscription)
        if held is None or held.status is not Status.PENDING:
            return
        if not self._parts.subscriptions.claim_asking(held.id, self._parts.clock()):
            return  # another thread is at it, or was
        passing("asking")
        try:
            notices.write(self._parts, Note.CONFIRM, held)
        except MailUnknown:
            raise  # it may have arrived: asking twice is worse than once too few
        except ChaffinchError:
            self._parts.subscriptions.was_not_asked(held.id)
            raise

    def bearer(self, token: str, purpose: Purpose) -> Subscription | None:
        """Whose token it is, when it is one for this purpose. See `Moving` for those of a new address."""
        named = tokens.read(self._parts.secret, purpose, token)
        return self._parts.subscriptions.get(named) if named else None

    def confirm(self, token: str, evidence: Mapping[str, str]) -> Subscription | None:
        """They said yes. Raises InputError when it is too late."""
        held, now = self.bearer(token, Purpose.CONFIRM), self._parts.clock()
        if held is None:
            return None
        said = {f"confirm {key}": value for key, value in evidence.items()}
        asked = self._parts.subscriptions.asked(held.id)
        confirmed = subscriptions.confirm(held, asked, {**said, "confirmed": now.isoformat(timespec="seconds")}, now)
        if confirmed != held:
            parts = self._parts
            parts.subscriptions.lift(address_hash(parts.secret, held.address), ERASED)
            parts.subscriptions.save([confirmed], errands=[_errand(Note.WELCOME, confirmed, now)])
        return confirmed

    def end(self, token: str, *, page: bool = False) -> Subscription | None:
        """They said no; `page` says that they did so on our page, where a goodbye is no surprise."""
        held = self.bearer(token, Purpose.UNSUBSCRIBE)
        if held is None:
            return Moving(self._parts).refuse(token)
        digest = next((d for d in self._parts.config.digests if d.slug == held.digest), None)
        return self._end(held, "subscriber", goodbye=page and digest is not None and digest.goodbye)

    def prefer(self, token: str, wanted: Preferences) -> Subscription | None:
        """They want it otherwise from now on. Raises InputError for what cannot be."""
        held, parts = self.bearer(token, Purpose.PREFERENCES), self._parts
        digest = next((d for d in parts.config.digests if held and d.slug == held.digest), None)
        if held is None or digest is None:
            return None
        feeds = {feed.slug for feed in parts.config.feeds if not digest.feeds or feed.slug in digest.feeds}
        topics = feeds & set(wanted.topics)
        changed = subscriptions.prefer(
            held,
            digest,
            cadence=wanted.cadence,
            hour=wanted.hour,
            timezone=wanted.timezone,
            topics=() if topics == feeds else topics,
            pause=wanted.pause,
            now=parts.clock(),
        )
        parts.subscriptions.save([changed])
        return changed

    def erase(self, token: str) -> bool:
        """Forget them; False when the token is not ours."""
        held = self.bearer(token, Purpose.PREFERENCES)
        if held is None:
            return False
        parts = self._parts
        parts.subscriptions.erase(held.address, address_hash(parts.secret, held.address), parts.clock())
        log.info("digest %s: a subscriber was erased at their wish", held.digest)
        return True

    def take_in(self, digest: Digest, written: TextIO, consent: str, origin: str) -> Taken:
        """Everybody on another program's list whose yes is on record there. Raises InputError when it is no list.

        The list is read twice, the first time to see that it is whole and who says no anywhere on it.
        """
        taken = Taken()
        refused = lists.refusals(lists.incoming(written, lambda _: None))
        people = lists.incoming(written, taken.unread)
        while some := list(islice(people, _CHUNK)):
            self._take_some(digest, some, refused, consent, origin, taken)
        return taken

    def _take_some(
        self, digest: Digest, some: list[Incoming], refused: Collection[int], consent: str, origin: str, taken: Taken
    ) -> None:
        parts, now = self._parts, self._parts.clock()
        hashes = {one.address: address_hash(parts.secret, one.address) for one in some}
        barred = [hashes[one.address] for one in some if one.standing is Standing.BARRED]
        for hashed in barred:
            parts.subscriptions.suppress(hashed, f"barred in {origin}", now)
        known = parts.subscriptions.known(digest.slug, hashes)
        silent = parts.subscriptions.suppressed_among(hashes.values())
        fresh: dict[str, Subscription] = {}
        for one in some:
            key = one.address.lower()
            no = one.standing is not Standing.SUBSCRIBED or lists.mark(one.address) in refused
            if no or key in known or key in fresh or hashes[one.address] in silent:
                taken.passed += 1
                continue
            said = {f"{origin}: {name}": value for name, value in one.evidence.items()}
            evidence = {**said, "consent": consent, "imported": now.isoformat(timespec="seconds"), "from": origin}
            fresh[key] = Subscription(
                id=_new_id(),
                address=one.address,
                digest=digest.slug,
                cadence=digest.cadences[0],
                status=Status.CONFIRMED,
                created=now,
                confirmed=now,
                evidence=evidence,
            )
        taken.added += parts.subscriptions.add_many(tuple(fresh.values()))

    def remove(self, digest: Digest, address: str) -> None:
        """The owner ends a subscription. Raises InputError when there is none."""
        held = self._parts.subscriptions.by_address(digest.slug, normalised(address))
        if held is None:
            raise InputError(f"digest {digest.slug}: {address} has no subscription")
        if held.vouched and held.status is Status.CONFIRMED:
            raise ConfigError(f"{address} is a recipient in the config: take it out of [[digest]] recipients")
        self._end(held, "owner")

    def _end(self, held: Subscription, by: str, *, goodbye: bool = False) -> Subscription:
        now = self._parts.clock()
        ended = subscriptions.end(held, now, by=by)
        if ended != held:
            last = [_errand(Note.GOODBYE, ended, now)] if goodbye and held.status is Status.CONFIRMED else []
            self._parts.subscriptions.save([ended], errands=last)
        return ended

    def _silent(self, address: str) -> bool:
        """Whether it gets no mail. Who was erased and signs up anew is asked: a new yes is a new consent."""
        parts = self._parts
        found = parts.subscriptions.suppressed(address_hash(parts.secret, address))
        return found is not None and found.why != ERASED

    def _last_asked(self, address: str) -> datetime | None:
        parts = self._parts
        times = [when for when in (parts.subscriptions.last_asked(address), parts.moves.last_asked(address)) if when]
        return max(times, default=None)


def _errand(note: Note, reader: Subscription, now: datetime) -> Errand:
    return Errand(0, note.value, reader.id, reader.address, "", now)


def _new_id() -> str:
    return tokens.new_id(secrets.token_bytes(10))
