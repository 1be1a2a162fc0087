"""Sign-ups, confirmations, farewells, and the recipients of the config."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.errors import InputError
from chaffinch.mailing.subscriptions import address_hash, confirm, end, normalised, subscribe, sync
from chaffinch.model import Digest, Status, Subscription

ASKED = Subscription("fresh", "ann@example.net", "daily", "daily 07:00", evidence={"form": "1"})
A_DAY = timedelta(days=1)


def ids() -> Callable[[], str]:
    names = iter(f"new{n}" for n in range(100))
    return lambda: next(names)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Ann@Example.NET ", "Ann@example.net"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("a+b@example.org", "a+b@example.org"),
    ],
)
def test_an_address_has_one_way_to_write_it(written: str, address: str) -> None:
    assert normalised(written) == address
    assert normalised(address) == address


@pytest.mark.parametrize(
    "written",
    ["", "ann", "ann@", "@example.org", "a@b@c.example", "ann@example.org, eve@example.org",
     "ann@example.org\nBcc: e@f.example", "Ann <ann@example.org>",
     "änn@example.org", "a" * 65 + "@example.org", "ann@[127.0.0.1]", "ann@exa mple.org"],
)  # fmt: skip
def test_what_no_mail_can_go_to_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(InputError) as raised:
        normalised(written)

    assert "\n" not in str(raised.value)


@given(st.text(max_size=60))
def test_no_text_makes_an_address_that_could_break_a_header(text: str) -> None:
    try:
        address = normalised(text)
    except InputError:
        return

    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
    assert address.count("@") == 1


def test_an_address_is_suppressed_however_it_is_written(secret: bytes) -> None:
    assert address_hash(secret, "Ann@Example.NET") == address_hash(secret, " ann@example.net ")
    assert address_hash(secret, "ann@example.net") != address_hash(b"other", "ann@example.net")
    assert "ann" not in address_hash(secret, "ann@example.net")


def test_a_new_wish_is_kept_and_asked_about(now: datetime) -> None:
    wish = subscribe(ASKED, None, suppressed=False, last_asked=None, now=now)

    assert wish.subscription == ASKED
    assert wish.ask


def test_nobody_is_asked_twice_a_day(now: datetime) -> None:
    held = replace(ASKED, id="held")

    wish = subscribe(ASKED, held, suppressed=False, last_asked=now - timedelta(hours=23), now=now)
    later = subscribe(ASKED, held, suppressed=False, last_asked=now - A_DAY, now=now)

    assert (wish.subscription, wish.ask) == (None, False)
    assert later.ask
    assert later.subscription is not None
    assert later.subscription.id == "held"


@pytest.mark.parametrize("suppressed", [True, False])
def test_neither_suppressed_nor_confirmed_addresses_are_asked(now: datetime, suppressed: bool) -> None:
    held = None if suppressed else replace(ASKED, status=Status.CONFIRMED)

    assert not subscribe(ASKED, held, suppressed=suppressed, last_asked=None, now=now).ask


def test_who_left_can_come_back_by_confirming(now: datetime) -> None:
    left = end(replace(ASKED, id="held", status=Status.CONFIRMED), now - A_DAY)

    wish = subscribe(ASKED, left, suppressed=False, last_asked=None, now=now)
    assert wish.subscription is not None
    back = confirm(wish.subscription, now, {"confirmed from": "192.0.2.1"}, now + A_DAY)

    assert wish.subscription.status is Status.PENDING
    assert (back.id, back.status, back.ended) == ("held", Status.CONFIRMED, None)
    assert back.evidence == {"form": "1", "confirmed from": "192.0.2.1"}


def test_confirming_twice_is_once(now: datetime) -> None:
    once = confirm(ASKED, now, {}, now)

    assert confirm(once, now, {"again": "1"}, now + A_DAY) == once


@pytest.mark.parametrize("held", [replace(ASKED, status=Status.ENDED), ASKED])
def test_an_old_confirm_letter_does_nothing(held: Subscription, now: datetime) -> None:
    asked = now - timedelta(days=8) if held.status is Status.PENDING else now

    with pytest.raises(InputError, match="sign up again"):
        confirm(held, asked, {}, now)


def test_ending_twice_is_once(now: datetime) -> None:
    once = end(replace(ASKED, status=Status.CONFIRMED), now)

    assert once.status is Status.ENDED
    assert end(once, now + A_DAY) == once


def test_recipients_of_the_config_are_confirmed_at_once(digest: Digest, now: datetime) -> None:
    rows = sync(replace(digest, recipients=("Ann@Example.net",)), [], now, ids())

    assert [(row.id, row.address, row.status, row.vouched) for row in rows] == [
        ("new0", "Ann@example.net", Status.CONFIRMED, True)
    ]
    assert sync(replace(digest, recipients=("ann@example.net",)), rows, now, ids()) == ()


def test_a_recipient_who_left_the_config_gets_no_more_until_they_are_back(digest: Digest, now: datetime) -> None:
    with_ann = replace(digest, recipients=("ann@example.net",))
    rows = sync(with_ann, [], now, ids())

    gone = sync(digest, rows, now + A_DAY, ids())
    back = sync(with_ann, gone, now + 2 * A_DAY, ids())

    assert [row.status for row in gone] == [Status.ENDED]
    assert [(row.id, row.status) for row in back] == [("new0", Status.CONFIRMED)]
    assert sync(digest, gone, now, ids()) == ()


def test_a_recipient_who_said_no_stays_away(digest: Digest, now: datetime) -> None:
    with_ann = replace(digest, recipients=("ann@example.net",))
    (row,) = sync(with_ann, [], now, ids())

    refused = end(row, now)
    after_config = end(sync(digest, [row], now, ids())[0], now)

    assert sync(with_ann, [refused], now, ids()) == ()
    assert sync(with_ann, [after_config], now, ids()) == ()


def test_the_config_does_not_confirm_a_sign_up_that_somebody_made_after_a_no(digest: Digest, now: datetime) -> None:
    with_ann = replace(digest, recipients=("ann@example.net",))
    refused = end(sync(with_ann, [], now, ids())[0], now)
    wish = subscribe(ASKED, refused, suppressed=False, last_asked=None, now=now)

    assert wish.subscription is not None
    assert sync(with_ann, [wish.subscription], now, ids()) == ()


def test_who_signed_up_alone_is_not_ended_by_the_config(digest: Digest, now: datetime) -> None:
    assert sync(digest, [replace(ASKED, status=Status.CONFIRMED)], now, ids()) == ()
