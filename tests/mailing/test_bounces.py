"""What comes back, and what is made of it."""

import email
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.config import load
from chaffinch.mailing import message, notes, tokens
from chaffinch.mailing.bounces import Bounce, Kind, bounce_of, return_address, signed
from chaffinch.mailing.notes import Note
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.mailing.tokens import Purpose
from chaffinch.model import Status, Subscription
from chaffinch.newsroom import Newsroom
from chaffinch.newsroom.returns import Returns
from chaffinch.newsroom.transports import letterhead_of
from chaffinch.ports import Task

SECRET = b"a secret of thirty-two bytes ..."
DSN = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; somebody@example.net
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} said the server

--b--
"""


def came_back(to: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    return DSN.format(to=to, action=action, status=status).encode()


def test_a_recipient_who_is_not_there_is_known_by_the_token() -> None:
    to = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")

    found = bounce_of(SECRET, came_back(to))

    assert len(to.partition("@")[0]) <= 64
    assert found
    assert found.subscription == "s2345abcdefghijk"
    assert "5.1.1" in found.why


@pytest.mark.parametrize(
    ("action", "status"),
    [
        ("delayed", "4.4.1"),
        ("failed", "5.7.1"),
        ("delivered", "2.0.0"),
        ("", ""),
    ],
)
def test_what_is_not_for_good_or_not_about_the_recipient_is_let_be(action: str, status: str) -> None:
    to = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")

    assert bounce_of(SECRET, came_back(to, action, status)) is None


TO = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")
QMAIL = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: failure notice

Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@example.net>:
{why}

--- Below this line is a copy of the message.
"""
EXIM = """Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.example.net>
To: {to}
X-Failed-Recipients: ann@example.net
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

  ann@example.net
    Unrouteable address
"""


@pytest.mark.parametrize("status", ["4.2.2", "5.2.2", "4.4.7"])
def test_what_may_pass_is_told_apart(status: str) -> None:
    found = bounce_of(SECRET, came_back(TO, "failed", status))

    assert found
    assert found.kind is Kind.SOFT


@pytest.mark.parametrize(
    ("letter", "kind"),
    [
        (QMAIL.format(to=TO, why="Sorry, no mailbox here by that name. (#5.1.1)"), Kind.HARD),
        (QMAIL.format(to=TO, why="User is over quota."), Kind.SOFT),
        (EXIM.format(to=TO), Kind.HARD),
    ],
)
def test_servers_that_say_it_in_their_own_words_are_understood(letter: str, kind: Kind) -> None:
    found = bounce_of(SECRET, letter.encode())

    assert found
    assert (found.subscription, found.kind) == ("s2345abcdefghijk", kind)


@pytest.mark.parametrize(
    "letter",
    [
        QMAIL.format(to=TO, why="x").replace("MAILER-DAEMON@mx", "ann@").replace("Return-Path: <>\n", ""),
        QMAIL.format(to="bounces@press.example.org", why="x"),
    ],
)
def test_nobody_but_a_server_says_so_and_nobody_without_a_token(letter: str) -> None:
    assert bounce_of(SECRET, letter.encode()) is None


ARF = """From: fbl@mail.example.net
To: abuse@press.example.org
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is a report of a complaint.

--b
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: example/1
Version: 1

--b
Content-Type: message/rfc822

From: d@press.example.org
List-Unsubscribe: <https://press.example.org/unsubscribe/{token}>

A letter.
--b--
"""


def test_a_complaint_is_known_by_the_letter_that_it_encloses() -> None:
    token = tokens.mint(SECRET, Purpose.UNSUBSCRIBE, "s2345abcdefghijk")

    found = bounce_of(SECRET, ARF.format(kind="abuse", token=token).encode())

    assert found == Bounce("s2345abcdefghijk", "complained: abuse", Kind.COMPLAINT)
    assert bounce_of(SECRET, ARF.format(kind="not-spam", token=token).encode()) is None
    assert bounce_of(SECRET, ARF.format(kind="abuse", token="a" * 36).encode()) is None


def test_parts_in_parts_in_parts_are_read_without_a_fuss() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3_000))

    assert bounce_of(SECRET, f"To: {TO}\n{deep}".encode()) is None


@pytest.mark.parametrize(
    "to", ["bounces@press.example.org", "bounces+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org"]
)
def test_nobody_is_suppressed_without_a_token_of_ours(to: str) -> None:
    assert bounce_of(SECRET, came_back(to)) is None


def test_a_holiday_notice_is_no_bounce() -> None:
    to = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")

    assert bounce_of(SECRET, f"To: {to}\nSubject: I am away\n\n550 5.1.1 is my lucky number\n".encode()) is None


def test_blanks_without_end_hold_nobody_up() -> None:
    found = bounce_of(SECRET, QMAIL.format(to=TO, why="No such mailbox." + " " * 90_000 + "x").encode())

    assert found
    assert found.kind is Kind.HARD


@given(st.binary(max_size=400))
def test_whatever_lies_in_the_mailbox_is_read_without_a_fuss(raw: bytes) -> None:
    assert bounce_of(SECRET, raw) is None


@given(st.binary(max_size=50), st.text(max_size=80))
def test_only_who_knows_the_key_can_sign(body: bytes, forged: str) -> None:
    assert signed(b"key", body, "sha256=" + hmac.digest(b"key", body, hashlib.sha256).hex())
    assert not signed(b"key", body, forged)
    assert not signed(b"", body, "sha256=" + hmac.digest(b"", body, hashlib.sha256).hex())


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    (tmp_path / "config.toml").write_text(
        '[press]\ncontact = "e@press.example.org"\n[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\n'
        'recipients = ["ann@example.net"]\n[mail]\nfrom = "d@press.example.org"\nbounces_maildir = "Maildir"\n'
        'bounces = "bounces@press.example.org"\n'
    )
    room = Newsroom(load(tmp_path / "config.toml"), children=1)
    room.take_over()
    yield room
    room.close()


@pytest.fixture
def ann(room: Newsroom) -> Subscription:
    (ann,) = room.parts.subscriptions.list("daily", status=Status.CONFIRMED)
    return ann


@pytest.fixture
def reason(room: Newsroom, ann: Subscription) -> Callable[[], str | None]:
    """Why Ann gets no mail, if so."""

    def why() -> str | None:
        found = room.parts.subscriptions.suppressed(address_hash(room.parts.secret, ann.address))
        return found.why if found else None

    return why


def test_the_maildir_is_read_once(
    room: Newsroom, ann: Subscription, reason: Callable[[], str | None], tmp_path: Path
) -> None:
    assert Task("bounces") not in list(room.sweep())
    new = tmp_path / "Maildir/new"
    new.mkdir(parents=True)
    to = return_address(room.parts.secret, "bounces@press.example.org", ann.id)
    (new / "1.a.host").write_bytes(came_back(to))
    (new / "2.b.host").write_bytes(b"\xff\0 no letter at all")

    assert Task("bounces") in list(room.sweep())
    room.perform(Task("bounces"))

    assert "5.1.1" in str(reason())
    assert Returns(room.parts).read() == 0
    assert sorted(file.name for file in (tmp_path / "Maildir/cur").iterdir()) == ["1.a.host:2,S", "2.b.host:2,S"]


def test_only_what_came_back_on_many_days_ends_a_subscription_for_now_and_then(
    room: Newsroom, ann: Subscription, reason: Callable[[], str | None]
) -> None:
    soft, begin = Bounce(ann.id, "bounced: 5.2.2 full", Kind.SOFT), room.parts.clock()
    days = [0, 0, 0, 1, 2, 30, 31]

    gone = [
        Returns(replace(room.parts, clock=lambda day=day: begin + timedelta(days=day))).take(soft)  # type: ignore[misc]
        for day in days
    ]

    assert gone == [False, False, False, False, False, False, True]
    assert "on 5 days" in str(reason())


def test_a_soft_bounce_of_long_ago_counts_no_more(
    room: Newsroom, ann: Subscription, reason: Callable[[], str | None]
) -> None:
    soft, begin = Bounce(ann.id, "bounced: 5.2.2 full", Kind.SOFT), room.parts.clock()

    for day in range(0, 300, 20):
        moment = begin + timedelta(days=day)
        assert not Returns(replace(room.parts, clock=lambda moment=moment: moment)).take(soft)  # type: ignore[misc]

    assert reason() is None


def test_what_cannot_be_read_stops_no_other(
    room: Newsroom, ann: Subscription, reason: Callable[[], str | None], tmp_path: Path
) -> None:
    new = tmp_path / "Maildir/new"
    new.mkdir(parents=True)
    os.mkfifo(new / "0.pipe.host")
    (new / "0.folder.host").mkdir()
    (new / "0.link.host").symlink_to("/dev/zero")
    to = return_address(room.parts.secret, "bounces@press.example.org", ann.id)
    (new / "1.huge.host").write_bytes(b"Subject: " + b"x" * 5_000_000)
    (new / "2.good.host").write_bytes(came_back(to))

    assert Returns(room.parts).read() == 1

    assert "5.1.1" in str(reason())
    assert sorted(file.name for file in new.iterdir()) == ["0.folder.host", "0.link.host", "0.pipe.host"]
    assert not Returns(room.parts).waiting()


def test_a_bounce_of_somebody_who_is_gone_changes_nothing(room: Newsroom, ann: Subscription) -> None:
    room.parts.subscriptions.erase(ann.address, "hash", room.parts.clock())

    assert not Returns(room.parts).take(Bounce(ann.id, "bounced: 5.1.1"))
    assert not Returns(room.parts).take(Bounce("nobody", "bounced: 5.1.1"))
    assert not Returns(room.parts).take(Bounce("nobody", "bounced: 5.2.2", Kind.SOFT))


def test_each_letter_has_a_return_address_of_its_own(room: Newsroom, ann: Subscription) -> None:
    digest = room.post.digest("daily")
    drawn = notes.render(Note.WELCOME, digest, room.parts.config.press, room.parts.templates, room.parts.secret)
    plate = message.set_plate(letterhead_of(room.parts), digest, "welcome", drawn)

    written = message.address(plate, ann, room.parts.clock())

    assert written.sender == return_address(room.parts.secret, "bounces@press.example.org", ann.id)
    assert email.message_from_bytes(written.content)["From"] == "d@press.example.org"
