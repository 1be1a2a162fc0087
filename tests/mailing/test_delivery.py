"""The outbox on a real database: at most once, nothing silently lost."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from chaffinch.config import Press
from chaffinch.errors import LeaseLost, MailAway, MailPolicy, MailRefused, MailUnknown, StoreError, TemplateError
from chaffinch.mailing import message
from chaffinch.mailing.delivery import OLDEST, Delivered, deliver, retry_at
from chaffinch.mailing.domains import after_refusal
from chaffinch.mailing.message import Message
from chaffinch.mailing.scribe import Scribe
from chaffinch.model import Article, Delivery, DeliveryState, Digest, Issue, IssueState, Status, Subscription
from chaffinch.pages import Templates
from chaffinch.ports import Parcel
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.doubts import Doubts
from chaffinch.store.issues import Issues
from chaffinch.store.providers import Providers
from chaffinch.store.schema import articles, deliveries
from chaffinch.store.subscriptions import Subscriptions
from tests.databases import Where

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
STATES = DeliveryState
SOMEBODY = Subscription("", "", "daily", "daily 07:00", Status.CONFIRMED, created=NOW, confirmed=NOW)


@dataclass
class Server:
    """A mail server as a function: what it says to whom, and what it has taken."""

    says: Callable[[str], Exception | None] = lambda recipient: None
    taken: list[str] = field(default_factory=list)
    after_the_end: bool = False

    def send(self, content: bytes, sender: str, recipient: str, before_end: Callable[[], None]) -> None:
        answer = self.says(recipient)
        if answer is not None and not self.after_the_end:
            raise answer
        before_end()
        if answer is not None:
            raise answer
        self.taken.append(recipient)

    def close(self) -> None:
        pass


class Office:
    """A database with one issue and its readers, and a clock to turn."""

    def __init__(self, where: Where, article: Article, readers: int = 4) -> None:
        self.now = NOW
        self.database = Database(where)
        self.issues = Issues(self.database)
        self.people = Subscriptions(self.database)
        self.outbox = Deliveries(self.database, lambda address: f"hash of {address}")
        self.doubts = Doubts(self.database)
        with self.database.write() as connection:
            insert_article(connection, article)
        self.people.save(replace(SOMEBODY, id=f"r{n:03}", address=f"r{n:03}@example.net") for n in range(readers))
        issue = self.issues.close("daily", "daily 07:00", NOW, [article], IssueState.OPEN, NOW)
        assert issue is not None
        self.number = issue.id
        self.issues.enqueue(issue, lambda person, opened: NOW, lambda contents, person, had: contents, NOW)

    @property
    def issue(self) -> Issue:
        found = self.issues.by_id(self.number)
        assert found is not None
        return found

    def deliver(self, server: Server, stop: Callable[[], bool] = lambda: False) -> Delivered:
        return deliver(self.issue, self.outbox, [server], plain, lambda: self.now, stop, self.gate())

    def gate(self, per_hour: int | None = None, per_domain: int | None = None) -> Providers:
        return Providers(self.database, after_refusal, per_hour, per_domain)

    def states(self) -> Counter[str]:
        with self.database.read() as connection:
            return Counter(connection.execute(select(deliveries.c.state)).scalars())

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


def plain(parcel: Parcel) -> Message:
    name = f"<{parcel.delivery.id}@example.org>"
    return Message(name, "digest@example.org", parcel.subscription.address, b"Subject: hi\r\n\r\nhello\r\n")


def everyone(count: int = 4) -> list[str]:
    return [f"r{n:03}@example.net" for n in range(count)]


def once_for(recipient: str, error: Exception) -> Callable[[str], Exception | None]:
    return lambda asked: error if asked == recipient else None


@pytest.fixture
def office(where: Where, article: Callable[..., Article]) -> Office:
    return Office(where, article(1))


def test_everyone_gets_one_letter_and_a_second_go_sends_none(office: Office) -> None:
    server = Server()

    first, second = office.deliver(server), office.deliver(server)

    assert server.taken == everyone()
    assert first == Delivered({STATES.SENT: 4})
    assert second == Delivered()


def test_a_letter_waits_for_its_hour(office: Office) -> None:
    server = Server()
    with office.database.write() as connection:
        connection.execute(
            update(deliveries).where(deliveries.c.subscription == "r002").values(due=NOW + timedelta(hours=5))
        )

    office.deliver(server)
    office.later(hours=5)
    office.deliver(server)

    assert server.taken == ["r000@example.net", "r001@example.net", "r003@example.net", "r002@example.net"]


def test_who_unsubscribed_since_gets_none(office: Office) -> None:
    server = Server()
    ann = office.people.get("r001")
    assert ann is not None
    office.people.save([replace(ann, status=Status.ENDED)])

    office.deliver(server)

    assert "r001@example.net" not in server.taken
    assert office.states() == {"sent": 3, "skipped": 1}


def test_who_unsubscribes_while_the_letter_is_being_sent_gets_none(office: Office) -> None:
    server = Server()

    def write(parcel: Parcel) -> Message:
        ann = office.people.get("r000")
        assert ann is not None
        office.people.save([replace(ann, status=Status.ENDED)])
        return plain(parcel)

    deliver(office.issue, office.outbox, [server], write, lambda: office.now, lambda: False, office.gate())

    assert server.taken == everyone()[1:]


def test_a_recipient_refused_for_good_is_suppressed_everywhere(office: Office) -> None:
    server = Server(once_for("r001@example.net", MailRefused("550 no such user", code=550)))

    done = office.deliver(server)

    assert done.counts == {STATES.SENT: 3, STATES.FAILED: 1}
    found = office.people.suppressed("hash of r001@example.net")
    assert found is not None
    assert "550" in found.why


def test_a_suppressed_address_is_skipped(office: Office) -> None:
    office.people.suppress("hash of r003@example.net", "complained", NOW)
    server = Server()

    office.deliver(server)

    assert server.taken == everyone(3)
    assert office.states() == {"sent": 3, "skipped": 1}


def test_a_recipient_who_is_busy_is_tried_again_ever_later(office: Office) -> None:
    busy = Server(once_for("r001@example.net", MailAway("451 greylisted", code=451)))

    office.deliver(busy)
    office.later(minutes=4)
    untouched = office.deliver(busy)
    office.later(minutes=1)
    again = office.deliver(busy)
    office.later(minutes=10)
    office.deliver(Server(taken=busy.taken))

    assert untouched.counts == {}
    assert again.counts == {STATES.DEFERRED: 1}
    assert busy.taken[-1] == "r001@example.net"
    assert Counter(busy.taken).most_common(1)[0][1] == 1


def test_a_domain_that_says_later_is_not_asked_for_everybody(where: Where, article: Callable[..., Article]) -> None:
    office, asked = Office(where, article(1), readers=10), []

    def busy(recipient: str) -> Exception:
        asked.append(recipient)
        return MailAway("450 4.7.1 too many", code=450)

    office.deliver(Server(busy))

    assert len(asked) == 3
    assert office.states() == {"deferred": 3, "queued": 7}
    office.later(minutes=10)
    assert office.deliver(Server()).counts == {STATES.SENT: 10}


def test_no_more_letters_leave_than_may(office: Office) -> None:
    server = Server()

    deliver(office.issue, office.outbox, [server], plain, lambda: office.now, lambda: False, office.gate(per_hour=3))

    assert len(server.taken) == 3
    assert office.states() == {"sent": 3, "queued": 1}


def test_several_connections_send_each_letter_once(where: Where, article: Callable[..., Article]) -> None:
    office = Office(where, article(1), readers=300)
    servers = [Server() for _ in range(4)]

    done = deliver(office.issue, office.outbox, servers, plain, lambda: office.now, lambda: False, office.gate())

    assert done.counts == {STATES.SENT: 300}
    assert sorted(name for server in servers for name in server.taken) == everyone(300)
    assert office.states() == {"sent": 300}


def test_the_owner_sees_what_is_in_doubt(office: Office) -> None:
    office.deliver(Server(once_for("r000@example.net", MailUnknown("no answer")), after_the_end=True))

    (doubt,) = office.doubts.list()

    assert (doubt.issue, doubt.address, doubt.message_id) == ("daily No. 1", "r000@example.net", "<1@example.org>")


def test_a_recipient_who_stays_busy_fails_in_the_end() -> None:
    delivery = Delivery(1, 1, "s", STATES.DEFERRED, NOW)
    waits = []
    moment = NOW
    while (again := retry_at(delivery, moment)) is not None:
        waits.append(again - moment)
        moment = again
        delivery = replace(delivery, attempts=delivery.attempts + 1)

    assert waits[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert max(waits) == timedelta(hours=4)
    assert timedelta(days=1) < moment - NOW < OLDEST


@pytest.mark.parametrize("code", [None, 421])
def test_a_server_that_is_away_costs_nobody_a_try(office: Office, code: int | None) -> None:
    away = Server(lambda recipient: MailAway("nobody there", code=code))

    done = office.deliver(away)

    assert done == Delivered({}, "nobody there")
    assert office.states() == {"queued": 4}
    assert office.deliver(Server()).counts == {}
    office.later(minutes=5)
    assert office.deliver(Server()).counts == {STATES.SENT: 4}
    with office.database.read() as connection:
        assert set(connection.execute(select(deliveries.c.attempts)).scalars()) == {1}


def test_a_policy_refusal_stops_the_whole_issue_until_the_owner_releases_it(office: Office) -> None:
    refusing = Server(once_for("r002@example.net", MailPolicy("550 5.7.1 spam", code=550)))

    done = office.deliver(refusing)
    second = office.deliver(Server())
    office.issues.release(office.number, office.now)
    released = office.deliver(Server())

    assert refusing.taken == everyone(2)
    assert "5.7.1" in done.problem
    assert second == Delivered()
    assert released.counts == {STATES.SENT: 2}


def test_what_may_have_arrived_is_never_sent_again(office: Office) -> None:
    server = Server(once_for("r000@example.net", MailUnknown("no answer")), after_the_end=True)

    done = office.deliver(server)
    office.later(days=1)
    office.deliver(Server(taken=server.taken))

    assert done.counts == {STATES.UNKNOWN: 1, STATES.SENT: 3}
    assert "r000@example.net" not in server.taken
    assert [(one.address, one.message_id) for one in office.doubts.list()] == [("r000@example.net", "<1@example.org>")]


@pytest.mark.parametrize(("arrived", "sent_again"), [(True, []), (False, ["r000@example.net"])])
def test_the_owner_settles_what_is_unknown(office: Office, arrived: bool, sent_again: list[str]) -> None:
    office.deliver(Server(once_for("r000@example.net", MailUnknown("no answer")), after_the_end=True))
    (doubt,) = office.doubts.list()

    assert office.doubts.resolve(doubt.number, arrived, office.now)
    assert not office.doubts.resolve(doubt.number, arrived, office.now)
    server = Server()
    office.deliver(server)

    assert server.taken == sent_again


def test_a_worker_that_was_killed_before_the_end_costs_time_only(office: Office) -> None:
    office.outbox.claim(office.number, NOW, NOW + timedelta(minutes=10), 3)
    server = Server()

    early = office.deliver(server)
    office.later(minutes=10)
    assert office.issues.with_due_deliveries(office.now) == [office.number]
    office.deliver(server)

    assert early.counts == {STATES.SENT: 1}
    assert sorted(server.taken) == everyone()


def test_a_machine_that_went_down_leaves_what_was_in_hand_unknown(
    tmp_path: Path, article: Callable[..., Article]
) -> None:
    office = Office(tmp_path / "chaffinch.db", article(1))  # on PostgreSQL every step waits for the server's disk
    before = Deliveries(office.database, str, boot="yesterday")
    before.claim(office.number, NOW, NOW + timedelta(minutes=10), 3)

    assert Deliveries(office.database, str, boot="today").recover_all(NOW) == 3

    assert office.states() == {"unknown": 3, "queued": 1}
    assert {doubt.problem for doubt in office.doubts.list()} == {
        "the machine went down while this letter was in hand; it may have arrived"
    }


def test_a_worker_that_was_killed_on_a_machine_that_stands_leaves_nothing_unknown(office: Office) -> None:
    before = Deliveries(office.database, str, boot="today")
    before.claim(office.number, NOW, NOW + timedelta(minutes=10), 3)

    assert Deliveries(office.database, str, boot="today").recover_all(NOW) == 0

    assert office.states() == {"queued": 4}


def test_a_worker_that_was_killed_at_the_end_leaves_an_unknown(office: Office) -> None:
    parcels = office.outbox.claim(office.number, NOW, NOW + timedelta(minutes=10), 3)
    office.outbox.in_flight(parcels[1], "<x@example.org>", NOW)
    server = Server()

    office.later(minutes=10)
    done = office.deliver(server)

    assert done.counts == {STATES.UNKNOWN: 1, STATES.SENT: 3}
    assert parcels[1].subscription.address not in server.taken


def test_a_daemon_that_has_the_house_alone_need_not_wait_for_leases(office: Office) -> None:
    parcels = office.outbox.claim(office.number, NOW, NOW + timedelta(minutes=10), 3)
    office.outbox.in_flight(parcels[0], "<x@example.org>", NOW)

    assert office.outbox.recover_all(NOW) == 1
    assert office.states() == {"queued": 3, "unknown": 1}


def test_a_worker_that_was_only_slow_may_still_say_how_it_went(office: Office) -> None:
    (parcel,) = office.outbox.claim(office.number, NOW, NOW, 1)
    office.outbox.in_flight(parcel, "<x@example.org>", NOW)
    office.outbox.recover(office.number, NOW)

    office.outbox.settle(parcel, STATES.SENT, NOW)

    assert office.states() == {"sent": 1, "queued": 3}


def test_two_workers_never_send_the_same_letter(office: Office) -> None:
    (old,) = office.outbox.claim(office.number, NOW, NOW, 1)
    office.outbox.recover(office.number, NOW)
    (new,) = office.outbox.claim(office.number, NOW, NOW + timedelta(minutes=10), 1)

    office.outbox.in_flight(new, "<x@example.org>", NOW)
    with pytest.raises(LeaseLost):
        office.outbox.in_flight(old, "<x@example.org>", NOW)
    office.outbox.settle(old, STATES.SENT, NOW)

    assert old.delivery.id == new.delivery.id
    assert office.states() == {"in_flight": 1, "queued": 3}


def test_stopping_gives_back_what_was_claimed(office: Office) -> None:
    server = Server()

    office.deliver(server, stop=lambda: len(server.taken) == 2)

    assert office.states() == {"sent": 2, "queued": 2}


def test_a_lease_is_not_worked_on_to_its_last_minute(office: Office) -> None:
    server = Server()

    def slowly(recipient: str) -> None:
        office.later(minutes=3)

    server.says = slowly
    office.deliver(server)

    assert server.taken == everyone()
    assert office.states() == {"sent": 4}


def test_an_issue_that_came_back_from_a_backup_is_not_sent(office: Office) -> None:
    server = Server()
    office.later(days=4)

    done = office.deliver(server)
    office.issues.release(office.number, office.now)
    released = office.deliver(server)

    assert "too long ago" in done.problem
    assert released.counts == {STATES.SENT: 4}


@pytest.mark.parametrize("state", [IssueState.HELD, IssueState.SKIPPED])
def test_what_is_not_open_is_not_sent(office: Office, state: IssueState) -> None:
    opened = office.issue
    office.issues.hold(office.number) if state is IssueState.HELD else office.issues.skip(office.number)
    server = Server()

    deliver(opened, office.outbox, [server], plain, lambda: office.now, lambda: False, office.gate())

    assert server.taken == []


def test_a_broken_template_stops_the_issue_and_loses_nothing(office: Office) -> None:
    def broken(parcel: Parcel) -> Message:
        raise TemplateError("templates/mail/digest.html:3: unexpected end")

    done = deliver(office.issue, office.outbox, [Server()], broken, lambda: office.now, lambda: False, office.gate())

    assert "digest.html:3" in done.problem
    assert office.states() == {"queued": 4}


def test_letters_whose_articles_were_withdrawn_do_not_leave(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(update(articles).values(hidden=True))
    server = Server()

    office.deliver(server)

    assert server.taken == []
    assert office.states() == {"skipped": 4}


def test_books_that_cannot_be_kept_stop_the_letter(office: Office) -> None:
    class FullDisk(Deliveries):
        def in_flight(self, parcel: Parcel, message_id: str, now: datetime, sent: Parcel | None = None) -> None:
            raise StoreError("the disk is full")

    server = Server()
    outbox = FullDisk(office.database, str)

    with pytest.raises(StoreError):
        deliver(office.issue, outbox, [server], plain, lambda: office.now, lambda: False, office.gate())

    assert server.taken == []


class Killed(BaseException):
    """The power went out."""


@pytest.mark.parametrize("seed", range(6))
def test_however_often_the_worker_is_killed_nobody_gets_it_twice(
    where: Where, article: Callable[..., Article], seed: int
) -> None:
    office = Office(where, article(1), readers=20)
    chance = random.Random(seed)
    taken: list[str] = []

    class Deadly(Deliveries):
        """Kills the worker now and then, before or after any write."""

        def in_flight(self, parcel: Parcel, message_id: str, now: datetime, sent: Parcel | None = None) -> None:
            die(chance)
            super().in_flight(parcel, message_id, now)
            die(chance)

        def settle(self, parcel: Parcel, state: DeliveryState, now: datetime, **more: object) -> None:
            die(chance)
            super().settle(parcel, state, now, **more)  # type: ignore[arg-type]  # passed on as they came
            die(chance)

    outbox = Deadly(office.database, str)
    for _ in range(200):
        try:
            deliver(
                office.issue, outbox, [Server(taken=taken)], plain, lambda: office.now, lambda: False, office.gate()
            )
        except Killed:
            office.later(minutes=10)
        else:
            break

    unknown = {one.address.partition("@")[0] for one in office.doubts.list()}
    missing = {address.partition("@")[0] for address in everyone(20)} - {name.partition("@")[0] for name in taken}
    assert max(Counter(taken).values()) == 1
    assert missing <= unknown


def die(chance: random.Random) -> None:
    if chance.random() < 0.08:
        raise Killed


@pytest.fixture
def scribe(press: Press, digest: Digest, secret: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[Scribe, list[str]]:
    rendered: list[str] = []
    render = Templates.render

    def counted(self: Templates, name: str, values: dict[str, object]) -> str:
        rendered.append(name)
        return render(self, name, values)

    monkeypatch.setattr(Templates, "render", counted)
    head = message.letterhead("digest@example.org", press.base_url, secret)
    return Scribe(head, digest, press, Templates(), {}, lambda: NOW), rendered


def test_a_letter_is_rendered_once_for_all_who_share_it(office: Office, scribe: tuple[Scribe, list[str]]) -> None:
    write, rendered = scribe
    server = Server()

    deliver(office.issue, office.outbox, [server], write, lambda: office.now, lambda: False, office.gate())

    assert server.taken == everyone()
    assert rendered == ["mail/digest.html", "mail/digest.txt"]


def test_letters_of_a_worker_that_died_go_on_at_once_and_those_of_a_living_one_stay_its_own(office: Office) -> None:
    living, dead = (Deliveries(office.database, str, boot="", worker=name) for name in ("living", "dead"))
    later = NOW + timedelta(minutes=10)
    theirs = living.claim(office.number, NOW, later, 1)[0]
    sent, claimed = dead.claim(office.number, NOW, later, 2)
    dead.in_flight(sent, "<1@example.org>", NOW)

    assert living.recover_from(["dead"], NOW) == 1

    assert office.states() == {"claimed": 1, "unknown": 1, "queued": 2}
    with pytest.raises(LeaseLost):  # it was only slow
        dead.in_flight(claimed, "<2@example.org>", NOW)
    living.in_flight(theirs, "<3@example.org>", NOW)
    assert living.recover_from(["dead"], NOW) == 0
