"""A subscription goes to another address when who reads there says so, and back when the old one objects."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from chaffinch.config import load
from chaffinch.errors import InputError
from chaffinch.mailing.subscriptions import address_hash
from chaffinch.mailing.tokens import Purpose, mint
from chaffinch.model import MoveState, Status, Subscription
from chaffinch.newsroom import Newsroom, notices
from chaffinch.ports import Task

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
CONFIG = """
[[digest]]
slug = "daily"
when = ["daily 07:00", "weekly mon 07:00"]
recipients = ["ann@example.net"]
goodbye = true
[[digest]]
slug = "other"
when = ["daily 07:00"]
[mail]
from = "d@press.example.org"
"""
PROOF = {"from": "192.0.2.7"}


@dataclass
class Desk:
    """A press on whose clock a test turns."""

    home: Path
    now: datetime = NOW
    room: Newsroom = field(init=False)

    def __post_init__(self) -> None:
        (self.home / "config.toml").write_text(CONFIG)
        self.room = Newsroom(load(self.home / "config.toml"), lambda: self.now, children=1)
        self.room.hint = lambda task: None
        self.room.take_over()

    def signed_up(self, address: str, digest: str = "daily") -> Subscription:
        asked = self.room.sign_ups.subscribe(self.room.post.digest(digest), address, {})
        assert asked
        self.room.sign_ups.confirm(mint(self.secret, Purpose.CONFIRM, asked), {})
        self.work()
        found = self.room.parts.subscriptions.get(asked)
        assert found
        return found

    @property
    def secret(self) -> bytes:
        return self.room.parts.secret

    def work(self) -> None:
        for task in list(notices.due(self.room.parts)):
            self.room.perform(task)

    def letters(self, to: str) -> list[str]:
        """The subjects of what an address was sent."""
        found = [
            email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            for file in sorted((self.home / "outbox").glob("*.eml"))
        ]
        return sorted(str(letter["Subject"]) for letter in found if to in str(letter["To"]))

    def ask(self, person: Subscription, address: str) -> None:
        assert self.room.front.move(mint(self.secret, Purpose.PREFERENCES, person.id), address, PROOF)
        self.work()

    def link(self, person: Subscription, purpose: Purpose = Purpose.MOVE) -> str:
        return mint(self.secret, purpose, self.room.parts.moves.of(person.id)[-1].id)

    def settle(self, token: str) -> None:
        assert self.room.front.settle(token, PROOF)
        self.work()

    def of(self, person: Subscription) -> Subscription:
        found = self.room.parts.subscriptions.get(person.id)
        assert found
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.room.close()


def test_a_subscription_moves_once_the_new_address_says_yes_and_the_old_one_is_told(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")

    desk.ask(bob, "robert@example.org")
    before = desk.of(bob).address
    desk.settle(desk.link(bob))
    desk.settle(desk.link(bob))

    after = desk.of(bob)
    assert (before, after.address, after.status) == ("bob@example.net", "robert@example.org", Status.CONFIRMED)
    assert desk.letters("robert@example.org") == ["Please confirm your new address: Daily"]
    assert desk.letters("bob@example.net") == ["Welcome to Daily", "Your address has changed: Daily"]
    assert after.evidence["moved from"] == "bob@example.net"
    assert after.evidence["address from"] == "192.0.2.7"


def test_looking_at_the_links_changes_nothing(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")

    shown = desk.room.front.change(desk.link(bob))

    assert shown
    assert (shown.kind, shown.digest, shown.done, shown.problem) == ("move", "daily", False, "")
    assert desk.of(bob) == bob


def test_the_old_address_takes_it_back_and_nothing_moves_it_again_soon(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "thief@example.org")
    desk.settle(desk.link(bob))
    objection = desk.link(bob, Purpose.OBJECT)
    desk.now += timedelta(days=2)
    desk.ask(bob, "thief-again@example.org")
    desk.settle(desk.link(bob))

    desk.settle(objection)

    assert desk.of(bob).address == "bob@example.net"
    assert [move.state for move in desk.room.parts.moves.of(bob.id)] == [MoveState.TAKEN_BACK, MoveState.REFUSED]
    with pytest.raises(InputError, match="taken back"):
        desk.ask(bob, "thief@example.org")
    with pytest.raises(InputError, match="run out"):
        desk.settle(desk.link(bob, Purpose.OBJECT))


def test_who_is_moved_and_then_unsubscribed_by_somebody_else_gets_letters_again(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "thief@example.org")
    desk.settle(desk.link(bob))
    desk.room.sign_ups.end(mint(desk.secret, Purpose.UNSUBSCRIBE, bob.id))

    desk.settle(desk.link(bob, Purpose.OBJECT))

    assert (desk.of(bob).address, desk.of(bob).status) == ("bob@example.net", Status.CONFIRMED)


@pytest.mark.parametrize("days", [8, 40])
def test_links_run_out(desk: Desk, days: int) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")
    if days > 30:
        desk.settle(desk.link(bob))
    token = desk.link(bob, Purpose.OBJECT if days > 30 else Purpose.MOVE)
    held = desk.of(bob)
    desk.now += timedelta(days=days)

    shown = desk.room.front.change(token)

    assert shown
    assert "run out" in shown.problem
    with pytest.raises(InputError):
        desk.settle(token)
    assert desk.of(bob) == held
    desk.room.perform(Task("keep house"))
    assert len(desk.room.parts.moves.of(bob.id)) == (1 if days < 30 else 0)


def test_of_two_subscriptions_of_one_person_the_one_at_the_new_address_stays(desk: Desk) -> None:
    bob, robert = desk.signed_up("bob@example.net"), desk.signed_up("robert@example.org")
    desk.now += timedelta(days=2)

    desk.ask(bob, "Robert@example.org")
    desk.settle(desk.link(bob))

    assert desk.of(bob).status is Status.ENDED
    assert desk.of(robert) == robert
    desk.settle(desk.link(bob, Purpose.OBJECT))
    assert (desk.of(bob).status, desk.of(bob).address) == (Status.CONFIRMED, "bob@example.net")
    assert desk.of(robert).status is Status.CONFIRMED


def test_an_address_that_had_left_comes_back_with_the_wishes_of_the_other(desk: Desk) -> None:
    bob, robert = desk.signed_up("bob@example.net"), desk.signed_up("robert@example.org")
    desk.room.sign_ups.end(mint(desk.secret, Purpose.UNSUBSCRIBE, robert.id))
    desk.now += timedelta(days=2)

    desk.ask(bob, "robert@example.org")
    desk.settle(desk.link(bob))

    assert (desk.of(bob).status, desk.of(robert).status) == (Status.ENDED, Status.CONFIRMED)


def test_a_barred_address_gets_nothing_and_the_answer_is_the_same(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    barred = address_hash(desk.secret, "gone@example.org")
    desk.room.parts.subscriptions.suppress(barred, "bounced", NOW)

    desk.ask(bob, "gone@example.org")

    assert desk.letters("gone@example.org") == []
    assert desk.room.parts.moves.of(bob.id) == []


def test_an_address_that_is_barred_meanwhile_is_not_moved_to(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")
    desk.room.parts.subscriptions.suppress(address_hash(desk.secret, "robert@example.org"), "bounced", NOW)

    with pytest.raises(InputError):
        desk.settle(desk.link(bob))

    assert desk.of(bob) == bob


def test_one_address_is_asked_once_a_day_and_one_person_asks_few(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")

    for name in ("a", "a", "b", "c", "d", "e"):
        desk.ask(bob, f"{name}@example.org")

    assert [len(desk.letters(f"{name}@example.org")) for name in "abcde"] == [1, 1, 1, 0, 0]
    assert desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "a@example.org", {}) is None


@pytest.mark.parametrize("address", ["bob@example.net", "BOB@example.net", "no address", "", "a@b\r\nBcc: c@d.org"])
def test_what_is_no_new_address_is_refused(desk: Desk, address: str) -> None:
    bob = desk.signed_up("bob@example.net")

    with pytest.raises(InputError):
        desk.ask(bob, address)

    assert desk.room.parts.moves.of(bob.id) == []


def test_who_is_erased_meanwhile_is_moved_nowhere_and_nothing_of_it_stays(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")
    token = desk.link(bob)

    assert desk.room.sign_ups.erase(mint(desk.secret, Purpose.PREFERENCES, bob.id))

    assert desk.room.front.settle(token, PROOF) is None
    assert desk.room.parts.moves.of(bob.id) == []
    assert "example.org" not in repr(desk.of(bob))


def test_a_token_opens_only_what_it_was_made_for(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")
    (move,) = desk.room.parts.moves.of(bob.id)

    for purpose in Purpose:
        if purpose is not Purpose.MOVE:
            shown = desk.room.front.change(mint(desk.secret, purpose, move.id))
            assert shown is None or (shown.kind == "object" and shown.problem)
        if purpose is not Purpose.PREFERENCES:
            assert not desk.room.front.move(mint(desk.secret, purpose, bob.id), "x@example.org", PROOF)
    assert desk.room.front.subscription(mint(desk.secret, Purpose.PREFERENCES, move.id), "preferences") is None


def test_the_new_address_says_no_and_nobody_is_unsubscribed(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.ask(bob, "robert@example.org")
    (move,) = desk.room.parts.moves.of(bob.id)
    token = mint(desk.secret, Purpose.UNSUBSCRIBE, move.id)

    shown = desk.room.front.subscription(token, "unsubscribe")
    ended = desk.room.front.end(token)

    assert shown
    assert ended
    assert (shown.status, ended.status) == (Status.PENDING, Status.ENDED)
    assert desk.of(bob) == bob
    with pytest.raises(InputError):
        desk.settle(desk.link(bob))


def test_a_recipient_of_the_config_who_moves_is_not_brought_back_by_it(desk: Desk) -> None:
    (ann,) = desk.room.parts.subscriptions.list("daily")
    desk.ask(ann, "anna@example.org")
    desk.settle(desk.link(ann))

    desk.room.take_over()

    confirmed = list(desk.room.parts.subscriptions.list("daily", status=Status.CONFIRMED))
    assert [(row.address, row.vouched) for row in confirmed] == [("anna@example.org", False)]
    desk.settle(desk.link(ann, Purpose.OBJECT))
    desk.room.take_over()
    confirmed = list(desk.room.parts.subscriptions.list("daily", status=Status.CONFIRMED))
    assert [row.address for row in confirmed] == ["ann@example.net"]


def test_a_goodbye_follows_the_button_and_never_one_click(desk: Desk) -> None:
    bob, eve = desk.signed_up("bob@example.net"), desk.signed_up("eve@example.net")

    desk.room.front.end(mint(desk.secret, Purpose.UNSUBSCRIBE, bob.id), page=True)
    desk.room.front.end(mint(desk.secret, Purpose.UNSUBSCRIBE, bob.id), page=True)
    desk.room.front.end(mint(desk.secret, Purpose.UNSUBSCRIBE, eve.id))
    desk.work()

    assert desk.letters("bob@example.net") == ["Welcome to Daily", "You are unsubscribed from Daily"]
    assert desk.letters("eve@example.net") == ["Welcome to Daily"]


def test_a_letter_that_waited_through_a_restart_leaves_once(desk: Desk, tmp_path: Path) -> None:
    asked = desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "bob@example.net", {})
    assert asked
    desk.room.sign_ups.confirm(mint(desk.secret, Purpose.CONFIRM, asked), {})
    desk.room.close()

    desk.room = Newsroom(load(tmp_path / "config.toml"), lambda: desk.now, children=1)
    sweep = [task for task in desk.room.sweep() if task.verb == "note"]
    for task in sweep * 2:
        desk.room.perform(task)

    assert len(sweep) == 1
    assert desk.letters("bob@example.net") == ["Welcome to Daily"]


def test_a_letter_that_a_dead_process_had_in_hand_is_not_sent_again(desk: Desk) -> None:
    asked = desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "bob@example.net", {})
    assert asked
    desk.room.sign_ups.confirm(mint(desk.secret, Purpose.CONFIRM, asked), {})
    (number,) = desk.room.parts.notes.waiting()

    desk.room.parts.notes.take(number, desk.now)
    desk.work()
    desk.now += timedelta(days=4)
    desk.room.perform(Task("keep house"))

    assert desk.letters("bob@example.net") == []
    assert desk.room.parts.notes.waiting() == []


def test_what_could_not_leave_for_days_is_dropped(desk: Desk) -> None:
    asked = desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "bob@example.net", {})
    assert asked
    desk.room.sign_ups.confirm(mint(desk.secret, Purpose.CONFIRM, asked), {})

    desk.now += timedelta(days=4)
    desk.work()

    assert desk.letters("bob@example.net") == []
    assert desk.room.parts.notes.waiting() == []


def test_who_was_erased_may_come_back_by_a_new_yes_and_by_no_list(desk: Desk) -> None:
    bob = desk.signed_up("bob@example.net")
    desk.room.sign_ups.erase(mint(desk.secret, Purpose.PREFERENCES, bob.id))
    desk.now += timedelta(days=2)

    listed = desk.room.sign_ups.take_in(
        desk.room.post.digest("daily"), StringIO("email\nbob@example.net\n"), "yes", "a.csv"
    )
    again = desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "bob@example.net", {})

    assert listed.added == 0
    assert again
    assert desk.room.parts.subscriptions.suppressed(address_hash(desk.secret, "bob@example.net"))
    desk.room.sign_ups.confirm(mint(desk.secret, Purpose.CONFIRM, again), {})
    desk.work()
    assert desk.room.parts.subscriptions.suppressed(address_hash(desk.secret, "bob@example.net")) is None
    assert desk.letters("bob@example.net") == ["Welcome to Daily", "Welcome to Daily"]


@pytest.mark.parametrize("why", ["bounced", "complained", "barred in a.csv"])
def test_an_address_that_was_barred_stays_so(desk: Desk, why: str) -> None:
    desk.room.parts.subscriptions.suppress(address_hash(desk.secret, "bob@example.net"), why, NOW)

    assert desk.room.sign_ups.subscribe(desk.room.post.digest("daily"), "bob@example.net", {}) is None
