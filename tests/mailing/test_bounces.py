"""What comes back, and what is made of it."""

import email
import hashlib
import hmac
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.config import load
from chaffinch.mailing import message, notes
from chaffinch.mailing.bounces import bounce_of, return_address, signed
from chaffinch.mailing.notes import Note
from chaffinch.mailing.subscriptions import address_hash
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
        ("failed", "4.2.2"),
        ("failed", "5.2.2"),
        ("failed", "5.7.1"),
        ("delivered", "2.0.0"),
        ("", ""),
    ],
)
def test_what_is_not_for_good_or_not_about_the_recipient_is_let_be(action: str, status: str) -> None:
    to = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")

    assert bounce_of(SECRET, came_back(to, action, status)) is None


@pytest.mark.parametrize(
    "to", ["bounces@press.example.org", "bounces+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.org"]
)
def test_nobody_is_suppressed_without_a_token_of_ours(to: str) -> None:
    assert bounce_of(SECRET, came_back(to)) is None


def test_a_holiday_notice_is_no_bounce() -> None:
    to = return_address(SECRET, "bounces@press.example.org", "s2345abcdefghijk")

    assert bounce_of(SECRET, f"To: {to}\nSubject: I am away\n\n550 5.1.1 is my lucky number\n".encode()) is None


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


def test_each_letter_has_a_return_address_of_its_own(room: Newsroom, ann: Subscription) -> None:
    digest = room.post.digest("daily")
    drawn = notes.render(Note.WELCOME, digest, room.parts.config.press, room.parts.templates, room.parts.secret)
    plate = message.set_plate(letterhead_of(room.parts), digest, "welcome", drawn)

    written = message.address(plate, ann, room.parts.clock())

    assert written.sender == return_address(room.parts.secret, "bounces@press.example.org", ann.id)
    assert email.message_from_bytes(written.content)["From"] == "d@press.example.org"
