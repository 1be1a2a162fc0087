"""Tokens: good for one thing, for one subscription, and only when we made them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.mailing.tokens import Purpose, mint, new_id, read, seal

SECRETS = st.binary(min_size=16, max_size=64)
IDS = st.binary(min_size=10, max_size=10).map(new_id)


@given(SECRETS, st.sampled_from(Purpose), IDS)
def test_a_token_is_read_back_for_its_own_purpose_only(secret: bytes, purpose: Purpose, subscription: str) -> None:
    token = mint(secret, purpose, subscription)

    assert read(secret, purpose, token) == subscription
    assert all(read(secret, other, token) is None for other in Purpose if other is not purpose)
    assert read(secret + b"x", purpose, token) is None


@given(SECRETS, IDS, st.integers(0, 200), st.characters(codec="utf-8"))
def test_a_token_that_was_changed_anywhere_is_refused(secret: bytes, subscription: str, at: int, other: str) -> None:
    token = mint(secret, Purpose.UNSUBSCRIBE, subscription)
    at %= len(token)
    changed = token[:at] + other + token[at + 1 :]

    assert (read(secret, Purpose.UNSUBSCRIBE, changed) is None) == (changed != token)


@given(SECRETS, st.text(st.characters(), max_size=100))
def test_a_stranger_cannot_make_one(secret: bytes, attempt: str) -> None:
    assert read(secret, Purpose.CONFIRM, attempt) is None


def test_a_token_ends_in_what_no_mail_program_cuts_off() -> None:
    token = mint(b"s" * 32, Purpose.UNSUBSCRIBE, new_id(bytes(range(10))))

    assert len(token) >= 16
    assert token.isalnum()
    assert token == token.lower()


def test_a_token_carries_no_address() -> None:
    token = mint(b"s" * 32, Purpose.UNSUBSCRIBE, new_id(bytes(range(10))))

    assert b"@" not in base64.b32decode(token.upper() + "=" * (-len(token) % 8))


@given(SECRETS, st.lists(st.text(max_size=5), max_size=3), st.lists(st.text(max_size=5), max_size=3))
def test_different_parts_have_different_seals(secret: bytes, some: list[str], others: list[str]) -> None:
    assert (seal(secret, *some) == seal(secret, *others)) == (some == others)


def test_an_id_wants_enough_randomness() -> None:
    with pytest.raises(ValueError, match="randomness"):
        new_id(b"123456789")
