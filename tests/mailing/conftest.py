"""A press, a digest and its articles, to write letters with."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import dkim as dkimpy
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chaffinch.config import Press
from chaffinch.mailing import dkim
from chaffinch.model import Article, Digest, Issue, IssueState, Status, Subscription

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
BODY = (
    "<p>The council voted to reopen the harbour bridge to walkers, eleven years after it was closed.</p>"
    '<p>“It is the shortest way to the market,” said <a href="https://people.example.org/holm">Ida Holm</a>.</p>'
    "<h2>What it costs</h2><ul><li>Repairs: 2.4 million</li><li>Width: 3.2 metres</li></ul>"
)
TEXT = (
    "The council voted to reopen the harbour bridge to walkers, eleven years after it was closed.\n"
    "“It is the shortest way to the market,” said Ida Holm.\n"
    "What it costs\nRepairs: 2.4 million\nWidth: 3.2 metres"
)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def secret() -> bytes:
    return b"a secret of thirty-two bytes ..."


@pytest.fixture
def press() -> Press:
    return Press(
        title="The Brackwater Press",
        base_url="https://press.example.org",
        contact="editor@example.org",
        postal_address="Harbour Street 4 & 5, 1010 Brackwater",
        imprint_url="https://press.example.org/imprint",
    )


@pytest.fixture
def digest() -> Digest:
    return Digest("daily", "The Daily Digest", (), ("daily 07:00",), timezone="Europe/Vienna")


@pytest.fixture
def article() -> Callable[..., Article]:
    def make(number: int = 1, **changed: object) -> Article:
        values: dict[str, object] = {
            "id": f"tag:press.example.org,2026:{number}",
            "key": f"a{number}",
            "url": f"https://news.example.org/2026/{number}",
            "sources": ("courier",),
            "title": f"Harbour bridge reopens, part {number}",
            "published": NOW - timedelta(hours=number),
            "updated": NOW,
            "first_seen": NOW,
            "byline": "Mara Lindqvist",
            "publisher": "The Brackwater Courier",
            "lead": "The council voted to reopen the harbour bridge to walkers.",
            "html": BODY,
            "text": TEXT,
            "language": "en",
            "tags": ("town",),
        }
        return Article(**{**values, **changed})  # type: ignore[arg-type]  # a test names the fields it cares for

    return make


@pytest.fixture
def issue() -> Callable[..., Issue]:
    def make(*articles: Article, number: int = 3, note: str = "") -> Issue:
        return Issue(7, "daily", "daily 07:00", NOW, number, IssueState.OPEN, NOW, articles, note, NOW)

    return make


@pytest.fixture
def subscription() -> Subscription:
    return Subscription("s2345abcdefghijk", "ann@example.net", "daily", "daily 07:00", Status.CONFIRMED)


@pytest.fixture(scope="session")
def keys() -> tuple[dkim.Key, ...]:
    """What a press signs with: a key for those who know RSA only, and one of the newer sort."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return (
        dkim.key("press.example.org", "rsa2026", rsa.generate_private_key(65537, 2048).private_bytes(*form)),
        dkim.key("press.example.org", "ed2026", Ed25519PrivateKey.generate().private_bytes(*form)),
    )


@pytest.fixture
def verified(keys: tuple[dkim.Key, ...], monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], list[bool]]:
    """How another program judges each of a message's signatures; it takes its Ed25519 from where we do."""

    class VerifyKey:
        def __init__(self, written: bytes, encoder: object) -> None:
            self.public = Ed25519PublicKey.from_public_bytes(base64.b64decode(written))

        def verify(self, said: bytes, signature: bytes) -> None:
            self.public.verify(signature, said)

    parts = {
        "signing": SimpleNamespace(VerifyKey=VerifyKey),
        "encoding": SimpleNamespace(Base64Encoder=None),
        "exceptions": SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature),
    }
    monkeypatch.setattr(dkimpy, "nacl", SimpleNamespace(**parts), raising=False)
    records = {f"{key.name}.".encode(): key.record.encode() for key in keys}

    def judge(raw: bytes) -> list[bool]:
        count = raw.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature:")
        return [one(raw, number) for number in range(count)]

    def one(raw: bytes, number: int) -> bool:
        try:
            return bool(dkimpy.DKIM(raw).verify(number, dnsfunc=lambda name, timeout=5: records.get(name)))
        except dkimpy.ValidationError:
            return False

    return judge
