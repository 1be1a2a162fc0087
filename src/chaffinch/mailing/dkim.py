"""A message is signed, so that mailbox providers know that it is ours (RFC 6376, RFC 8463).

Header and body are made canonical the relaxed way (RFC 6376 §3.4.2, §3.4.4): a relay may fold anew and drop blanks at
the ends of lines. What is the same for everyone is made canonical once. `From`, `To` and `Subject` are signed once more
than they are there, so that nobody can add a second one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from chaffinch.errors import ConfigError

SIGNED = (
    "to",
    "date",
    "message-id",
    "x-chaffinch-delivery",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "from",
    "subject",
    "list-id",
    "list-archive",
    "feedback-id",
    "auto-submitted",
    "precedence",
    "mime-version",
    "content-type",
)
"""The header fields that a signature covers, where a message has them."""

_SEALED = ("from", "to", "subject")
_LEAST = 2048
_COLUMNS = 72
_BLANKS = re.compile(rb"[ \t]+")
_FOLD = re.compile(rb"\r\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, and where its public half stands in the DNS."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """As the signature names it."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    @property
    def bits(self) -> int:
        """The length of an RSA key; 0 for one of a sort that has one length only."""
        return self.private.key_size if isinstance(self.private, RSAPrivateKey) else 0

    @property
    def name(self) -> str:
        """Where verifiers look for the public half."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that belongs there (RFC 6376 §3.6.1, RFC 8463 §4.2)."""
        public = self.private.public_key()
        if isinstance(self.private, RSAPrivateKey):
            form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
            return f"v=DKIM1; k=rsa; p={_base64(public.public_bytes(*form))}"
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={_base64(raw)}"

    def seal(self, said: bytes) -> bytes:
        """The signature of these bytes."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(said, PKCS1v15(), hashes.SHA256())
        return self.private.sign(hashlib.sha256(said).digest())  # RFC 8463 §3: it signs the hash


def key(domain: str, selector: str, pem: bytes) -> Key:
    """The key of a PEM file. Raises ConfigError unless it is RSA with at least 2048 bits, or Ed25519."""
    try:
        private = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError("it holds no private key without a passphrase, in PEM") from error
    if isinstance(private, RSAPrivateKey) and private.key_size < _LEAST:
        raise ConfigError(f"RSA with {private.key_size} bits is refused by verifiers; make one with {_LEAST}")
    if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise ConfigError("DKIM knows RSA and Ed25519 keys only")
    return Key(domain.lower(), selector, private)


def canonical_fields(header: bytes) -> dict[str, bytes]:
    """The fields of a header block by name, each in its canonical form with its line end; SIGNED ones only."""
    found = {}
    for line in _FOLD.sub(b"", header).split(b"\r\n"):
        name, colon, value = line.partition(b":")
        lower = name.decode("ascii", "replace").strip().lower()
        if colon and lower in SIGNED:
            found[lower] = lower.encode() + b":" + _BLANKS.sub(b" ", value).strip() + b"\r\n"
    return found


def canonical_body(body: bytes) -> bytes:
    """Whole lines of a body in their canonical form; the empty lines at its end are left to who has the end."""
    return _BLANKS.sub(b" ", body).replace(b" \r\n", b"\r\n")


def signatures(keys: Iterable[Key], fields: dict[str, bytes], body: Sequence[bytes], now: datetime) -> bytes:
    """A DKIM-Signature field of each key, for canonical `fields` and `body`; to be put before all others."""
    digest = hashlib.sha256()
    for piece in body:
        digest.update(piece)
    names = [name for name in SIGNED if name in fields]
    said = b"".join(fields[name] for name in names)
    covered = _listed((*names, *(name for name in _SEALED if name in fields)))
    return b"".join(_signature(one, covered, _base64(digest.digest()), said, now) for one in keys)


def _signature(one: Key, covered: str, body_hash: str, said: bytes, now: datetime) -> bytes:
    unsigned = (
        f"DKIM-Signature: v=1; a={one.algorithm}; c=relaxed/relaxed; d={one.domain};\r\n"
        f" s={one.selector}; t={int(now.timestamp())};\r\n h={covered};\r\n bh={body_hash};\r\n b="
    ).encode("ascii")
    # its own field is signed with an empty `b=` and without a line end (RFC 6376 §3.7)
    value = _BLANKS.sub(b" ", _FOLD.sub(b"", unsigned.partition(b":")[2])).strip()
    sealed = _base64(one.seal(said + b"dkim-signature:" + value))
    return unsigned + "\r\n ".join(_pieces(sealed)).encode("ascii") + b"\r\n"


@lru_cache(maxsize=8)
def _listed(names: tuple[str, ...]) -> str:
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) >= _COLUMNS:
            lines.append("")
        lines[-1] += f"{name}:"
    return "\r\n ".join(lines).removesuffix(":")


def _pieces(text: str) -> Iterable[str]:
    return (text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
