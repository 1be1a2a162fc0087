"""Signatures, judged by another implementation of the standards."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.config import Press
from chaffinch.errors import ConfigError
from chaffinch.mailing import dkim, letter, message
from chaffinch.model import Article, Digest, Issue, Letter, Subscription
from chaffinch.pages import Templates

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def written(
    press: Press,
    digest: Digest,
    article: Callable[..., Article],
    issue: Callable[..., Issue],
    subscription: Subscription,
    secret: bytes,
    keys: tuple[dkim.Key, ...],
) -> Callable[..., bytes]:
    def make(*articles: Article) -> bytes:
        contents = articles or (article(1), article(2))
        rendered = letter.render(Letter(issue(*contents), contents), digest, press, Templates(), secret, {})
        head = message.letterhead("Die Größe <digest@press.example.org>", press.base_url, secret, "e@example.org", keys)
        return message.address(message.set_plate(head, digest, "3", rendered), subscription, NOW).content

    return make


def test_every_key_signs_and_another_program_agrees(
    written: Callable[..., bytes], verified: Callable[[bytes], list[bool]]
) -> None:
    assert verified(written()) == [True, True]


def test_a_signature_survives_what_relays_do(
    written: Callable[..., bytes], verified: Callable[[bytes], list[bool]]
) -> None:
    head, _, body = written().partition(b"\r\n\r\n")
    head = b"Received: from here by there\r\n" + head.replace(b"Subject: ", b"SUBJECT:   ").replace(
        b"\r\n ", b"\r\n\t "
    )

    assert verified(head + b"\r\n\r\n" + body + b"\r\n\r\n") == [True, True]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nSubject:", b"\r\nFrom: Somebody <else@example.org>\r\nSubject:"),
        (b"\r\nSubject:", b"\r\nSubject: Something else\r\nSubject:"),
        (b"/unsubscribe/", b"/somewhere/"),
        (b"council", b"counsel"),
    ],
)
def test_whoever_changes_a_letter_breaks_its_signatures(
    written: Callable[..., bytes], verified: Callable[[bytes], list[bool]], before: bytes, after: bytes
) -> None:
    raw = written()
    assert before in raw

    assert verified(raw.replace(before, after, 1)) == [False, False]


def test_a_signature_covers_what_one_click_unsubscribing_needs(written: Callable[..., bytes]) -> None:
    covered = re.findall(rb"\r\n h=(.*?);", written(), re.DOTALL)

    assert len(covered) == 2
    for names in covered:
        assert {b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"date"} <= set(re.split(rb":\s*", names))


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_words_of_any_kind_are_signed_as_they_are_sent(keys: tuple[dkim.Key, ...], title: str) -> None:
    body = b"".join(part for part in message.quoted_printable(f"{title}\n  {title} \n", {}) if isinstance(part, bytes))
    block = b"To: ann@example.net\r\nFrom: d@press.example.org\r\n"
    seal = dkim.signatures(keys[:1], dkim.canonical_fields(block), [dkim.canonical_body(body + b"end\r\n")], NOW)

    raw = seal + block + b"\r\n" + body + b"end\r\n"
    assert dkimpy.DKIM(raw).verify(0, dnsfunc=lambda name, timeout=5: keys[0].record.encode())


def test_a_letter_without_keys_has_no_signature(press: Press, secret: bytes) -> None:
    head = message.letterhead("digest@press.example.org", press.base_url, secret)

    assert head.keys == ()


def pem(private: RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private.private_bytes(*form)


PUBLIC = rsa.generate_private_key(65537, 2048).public_key()


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (b"", "no private key"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "no private key"),
        (pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "RSA and Ed25519"),
        (PUBLIC.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1), "no private key"),
    ],
)
def test_a_key_that_verifiers_would_refuse_is_refused_first(key: bytes, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        dkim.key("example.org", "s", key)
