"""An issue's letters leave over SMTP: what the owner's word does, what they are told, what a backup may not do."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import update

from chaffinch.config import load
from chaffinch.errors import InputError
from chaffinch.model import Article, DeliveryState
from chaffinch.newsroom import Newsroom
from chaffinch.store.articles import insert_article
from chaffinch.store.schema import deliveries
from tests.loopback import free_port

CONFIG = """
[[digest]]
slug = "daily"
when = ["daily 07:00"]
recipients = ["ann@example.net", "ben@example.net"]
[mail]
from = "d@press.example.org"
transport = "smtp"
host = "127.0.0.1"
port = {port}
security = "none"
"""
START = datetime(2026, 11, 22, 6, tzinfo=UTC)


class Sink:
    """Takes letters, and remembers to whom they went."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.taken += envelope.rcpt_tos
        return "250 taken"


class Office:
    """A press whose mail server is not there yet."""

    def __init__(self, home: Path) -> None:
        self.home, self.port, self.now, self.sink = home, free_port(), START, Sink()
        (home / "config.toml").write_text(CONFIG.format(port=self.port))
        self.room = self.opened()
        self.room.take_over()
        self.write("a1")

    def write(self, key: str) -> None:
        with self.room.parts.database.write() as connection:
            insert_article(connection, Article(f"tag:a,{key}", key, "", ("wire",), key, self.now, self.now, self.now))

    def opened(self) -> Newsroom:
        return Newsroom(load(self.home / "config.toml"), lambda: self.now, children=1)

    def told(self) -> dict[str, str]:
        return {problem.subject: problem.text for problem in self.room.parts.problems.all()}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.room.close()


@pytest.fixture
def serve(office: Office) -> Iterator[Callable[[], None]]:
    """Puts the mail server where it should be."""
    running: list[Controller] = []

    def start() -> None:
        running.append(Controller(office.sink, hostname="127.0.0.1", port=office.port))
        running[-1].start()

    yield start
    for controller in running:
        controller.stop()


def test_the_owners_word_tries_a_server_again_that_was_away(office: Office, serve: Callable[[], None]) -> None:
    post = office.room.post
    (issue,) = post.close_now("daily")

    first = post.deliver(issue.id)
    assert office.told()["letters daily No. 1"].startswith("none sent; mail server 127.0.0.1")
    serve()
    meanwhile = post.deliver(issue.id)
    assert "letters daily No. 1" in office.told()
    asked = post.deliver(issue.id, at_once=True)

    assert (first.counts, meanwhile.counts) == ({}, {})
    assert asked.counts == {DeliveryState.SENT: 2}
    assert sorted(office.sink.taken) == ["ann@example.net", "ben@example.net"]
    assert office.told() == {}


def test_the_worker_tries_it_again_by_itself_a_little_later(office: Office, serve: Callable[[], None]) -> None:
    (issue,) = office.room.post.close_now("daily")
    office.room.post.deliver(issue.id)
    serve()

    office.now += timedelta(minutes=5)

    assert office.room.post.deliver(issue.id).counts == {DeliveryState.SENT: 2}


def in_doubt(office: Office) -> list[str]:
    """Both letters of an issue, of which nobody knows whether they arrived; their Message-IDs."""
    (issue,) = office.room.post.close_now("daily")
    with office.room.parts.database.write() as connection:
        for row in connection.execute(deliveries.select()).all():
            values = {"state": "unknown", "message_id": f"<letter{row.id}@press.example.org>"}
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
    office.room.post.deliver(issue.id)
    return [doubt.message_id for doubt in office.room.post.doubtful()]


def test_what_is_in_doubt_is_settled_by_the_log_of_the_mail_server(office: Office) -> None:
    first, second = in_doubt(office)
    log = f"mx postfix/cleanup[1]: ABCDEF1: message-id={first}\nmx postfix/qmgr[1]: ABCDEF1: from=<x> (queue active)\n"

    assert office.told()["doubts daily No. 1"].startswith("nobody knows whether 2 of them arrived")
    assert office.room.post.resolve_by_log(log.splitlines()) == (1, 1)
    assert [doubt.message_id for doubt in office.room.post.doubtful()] == [second]


def test_what_is_in_doubt_is_settled_by_message_id(office: Office, serve: Callable[[], None]) -> None:
    first, second = in_doubt(office)
    serve()

    office.room.post.resolve(first.strip("<>"), arrived=True)
    office.room.post.resolve(second, arrived=False)
    office.room.post.deliver(1)

    assert len(office.sink.taken) == 1
    assert office.told() == {}
    with pytest.raises(InputError, match="no such letter is in doubt"):
        office.room.post.resolve(first, arrived=True)


def test_each_problem_of_a_digest_has_a_subject_of_its_own(office: Office) -> None:
    office.room.post.close("daily")  # the first one over SMTP waits
    office.write("a2")
    in_doubt(office)
    with office.room.parts.database.write() as connection:
        connection.execute(update(deliveries).where(deliveries.c.id == 1).values(state="queued"))
    office.room.post.deliver(2)

    assert sorted(office.told()) == ["digest daily No. 1", "doubts daily No. 2", "letters daily No. 2"]


def test_a_backup_that_is_put_back_resends_nothing(office: Office, serve: Callable[[], None]) -> None:
    (issue,) = office.room.post.close_now("daily")
    office.room.close()
    shutil.copytree(office.home / "data", office.home / "backup")
    office.room = office.opened()
    serve()
    office.room.post.deliver(issue.id)
    assert len(office.sink.taken) == 2

    office.room.close()
    shutil.rmtree(office.home / "data")
    shutil.copytree(office.home / "backup", office.home / "data")
    office.now += timedelta(days=4)
    office.room = office.opened()
    office.room.recover()
    done = office.room.post.deliver(issue.id)

    assert len(office.sink.taken) == 2
    assert "released long ago" in done.problem
    assert "released long ago" in office.told()["digest daily No. 1"]
