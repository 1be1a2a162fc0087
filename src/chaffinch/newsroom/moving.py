"""A subscription is taken to another address, and back."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from chaffinch.errors import InputError
from chaffinch.mailing import moves, tokens
from chaffinch.mailing.notes import Note
from chaffinch.mailing.subscriptions import address_hash, normalised
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Errand, Move, MoveState, Status, Subscription
from chaffinch.newsroom.parts import Parts
from chaffinch.ports import Change

log = logging.getLogger(__name__)

_DONE = {Purpose.MOVE: MoveState.DONE, Purpose.OBJECT: MoveState.TAKEN_BACK}


class Moving:
    """The verbs of a change of address. Each may be called twice."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def ask(self, token: str, address: str, evidence: Mapping[str, str]) -> bool:
        """Have the new address asked, where that may be; False when the token is not ours.

        Raises InputError when it is no address, or the bearer's own.
        """
        parts, now = self._parts, self._parts.clock()
        held = parts.subscriptions.get(tokens.read(parts.secret, Purpose.PREFERENCES, token) or "")
        if held is None:
            return False
        address = normalised(address)
        asked = (parts.subscriptions.last_asked(address), parts.moves.last_asked(address))
        if moves.wanted(
            held,
            address,
            silent=parts.subscriptions.suppressed(address_hash(parts.secret, address)) is not None,
            last_asked=max((when for when in asked if when), default=None),
            others=parts.moves.of(held.id),
            now=now,
        ):
            proof = {f"address {name}": value for name, value in evidence.items()}
            move = Move(_new_id(), held.id, held.address, address, now, evidence=proof)
            parts.moves.want(move, [Errand(0, Note.MOVE.value, held.id, address, move.id, now)])
        return True

    def change(self, token: str) -> Change | None:
        """What a link from a letter is about, and whether it can still be done; None when it is none of ours."""
        found = self._read(token)
        if found is None:
            return None
        purpose, move = found
        held = self._parts.subscriptions.get(move.subscription)
        if held is None:
            return None
        kind: Literal["move", "object"] = "move" if purpose is Purpose.MOVE else "object"
        if move.state is _DONE[purpose]:
            return Change(kind, held.digest, done=True)
        try:
            self._outcome(purpose, move, {})
        except InputError as error:
            return Change(kind, held.digest, problem=str(error))
        return Change(kind, held.digest)

    def settle(self, token: str, evidence: Mapping[str, str]) -> Change | None:
        """Do what the link is for; twice is once. Raises InputError when it is too late."""
        found = self._read(token)
        before = self.change(token)
        if found is None or before is None or before.done:
            return before
        purpose, move = found
        parts, now = self._parts, self._parts.clock()
        changed = self._outcome(purpose, move, {f"address {name}": value for name, value in evidence.items()})
        told = [Errand(0, Note.CHANGED.value, move.subscription, move.old, move.id, now)]
        if parts.moves.settle(move, _DONE[purpose], now, changed, told if purpose is Purpose.MOVE else ()):
            verb = "moved to another address" if purpose is Purpose.MOVE else "took a change of address back"
            log.info("digest %s: a subscriber %s", before.digest, verb)
        return replace(before, done=True)

    def standing_in(self, token: str) -> Subscription | None:
        """Who may unsubscribe with a letter about a new address: its reader, without a subscription yet or any more."""
        move = self._parts.moves.get(tokens.read(self._parts.secret, Purpose.UNSUBSCRIBE, token) or "")
        held = self._parts.subscriptions.get(move.subscription) if move else None
        if move is None or held is None:
            return None
        status = Status.PENDING if move.state is MoveState.ASKED else Status.ENDED
        return Subscription(move.id, move.address, held.digest, held.cadence, status)

    def refuse(self, token: str) -> Subscription | None:
        """The new address wants none of it."""
        reader = self.standing_in(token)
        move = self._parts.moves.get(reader.id) if reader else None
        if reader is None or move is None:
            return None
        if move.state is MoveState.ASKED:
            self._parts.moves.settle(move, MoveState.REFUSED, self._parts.clock())
        return replace(reader, status=Status.ENDED)

    def _read(self, token: str) -> tuple[Purpose, Move] | None:
        for purpose in _DONE:
            named = tokens.read(self._parts.secret, purpose, token)
            move = self._parts.moves.get(named) if named else None
            if move is not None:
                return purpose, move
        return None

    def _outcome(self, purpose: Purpose, move: Move, evidence: Mapping[str, str]) -> tuple[Subscription, ...]:
        parts, now = self._parts, self._parts.clock()
        held = parts.subscriptions.get(move.subscription)
        goal = move.address if purpose is Purpose.MOVE else move.old
        beside = parts.subscriptions.by_address(held.digest, goal) if held else None
        if parts.subscriptions.suppressed(address_hash(parts.secret, goal)) is not None:
            raise InputError(moves.TOO_LATE)
        if purpose is Purpose.MOVE:
            return moves.moved(held, beside, move, evidence, now, _new_id)
        return moves.taken_back(held, beside, move, now)


def _new_id() -> str:
    return tokens.new_id(secrets.token_bytes(10))
