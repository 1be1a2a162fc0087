"""A token lets the bearer do one thing to one subscription.

It carries the subscription's random id and a seal over purpose and id; never an address, and nothing that could be
guessed. A token made for one purpose is refused for every other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from enum import StrEnum

_ID_BYTES = 10
_SEAL = 20


NOBODY = "preview"
"""In place of a subscription's id, in letters that are only looked at."""


class Purpose(StrEnum):
    """What a token is good for."""

    BOUNCE = "bounce"
    CONFIRM = "confirm"
    DESK = "desk"
    """The owner's word on an issue that is held; the id is the issue's."""
    MOVE = "move"
    """To confirm a new address; the id is the wish's."""
    OBJECT = "object"
    """To take such a change back; the id is the wish's."""
    PREFERENCES = "preferences"
    UNSUBSCRIBE = "unsubscribe"


def mint(secret: bytes, purpose: Purpose, subscription: str) -> str:
    """The token; lower-case letters and digits only, so that no mail client breaks a link that ends in it."""
    return subscription + seal(secret, "token", purpose, subscription)


def read(secret: bytes, purpose: Purpose, token: str) -> str | None:
    """The subscription's id; None when we did not make the token for this purpose. Compares in constant time."""
    subscription, given = token[:-_SEAL], token[-_SEAL:]
    wanted = seal(secret, "token", purpose, subscription)
    genuine = hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
    return subscription if genuine and subscription else None


def is_nobodys(secret: bytes, purpose: Purpose, token: str) -> bool:
    """Whether it stood in the preview of a letter: on paper, or in one that was sent to the owner."""
    return token == NOBODY or read(secret, purpose, token) == NOBODY


def seal(secret: bytes, *parts: str, length: int = _SEAL) -> str:
    """A keyed fingerprint of the parts, in lower-case letters and digits; five bits a character, at most 51."""
    said = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (p.encode("utf-8", "replace") for p in parts))
    enough = -(-length // 8) * 5  # so many bytes are written in that many characters, by fives
    return _written(hmac.digest(secret, said, hashlib.sha256)[:enough])[:length]


def new_id(random: bytes) -> str:
    """A subscription's id from at least ten random bytes."""
    if len(random) < _ID_BYTES:
        raise ValueError("too little randomness for an id")
    return _written(random[:_ID_BYTES])


def _written(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()
