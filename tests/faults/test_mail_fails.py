"""A mail server in every bad mood: letters wait or are given up, are told, and never come twice."""

import socketserver
import threading
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from chaffinch.clock import system_clock
from chaffinch.config import load
from chaffinch.newsroom import Newsroom
from chaffinch.ports import Task
from tests.faults.conftest import HEALTHY, Press

PEOPLE = ("ada@example.org", "bea@example.org", "cyd@example.org")


class PostOffice:
    """An SMTP server that answers as `mood` says: for a step and what it came with, an answer; empty: hang up."""

    def __init__(self) -> None:
        self.mood: Callable[[str, str], str | None] = lambda step, what: None
        self.taken: list[str] = []
        office = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                recipient = ""
                self.say("220 ready")
                while line := self.rfile.readline().decode().strip():
                    step = line.partition(" ")[0].upper()
                    recipient = line.partition("<")[2].rstrip(">") if step == "RCPT" else recipient
                    answer = office.mood(step, recipient)
                    if answer == "" or not self.say(answer or ("354 go on" if step == "DATA" else "250 fine")):
                        return
                    if step == "QUIT":
                        return
                    if step == "DATA" and not answer:
                        while (said := self.rfile.readline()) not in (b".\r\n", b""):
                            pass
                        if said:
                            office.taken.append(recipient)
                        end = office.mood("END", recipient)
                        if end == "" or not self.say(end or "250 taken"):
                            return

            def say(self, answer: str) -> bool:
                self.wfile.write(f"{answer}\r\n".encode())
                return True

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    office = PostOffice()
    yield office
    office.server.shutdown()
    office.server.server_close()


def later() -> datetime:
    """Ten minutes from now."""
    return system_clock() + timedelta(minutes=10)


def addressed(press: Press, port: int) -> None:
    people = ", ".join(f'"{person}"' for person in PEOPLE)
    press.configure(
        f'[[digest]]\nslug = "daily"\nwhen = ["daily 07:00"]\nrecipients = [{people}]\n[mail]\n'
        f'from = "x@example.org"\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    )


def news(press: Press) -> None:
    """An article that came after the first visit, so that it belongs into a letter."""
    press.once()
    press.story("healthy/petrel.txt", "Petrel")
    press.once()
    assert press.titles() == [HEALTHY, "The Petrel returns to the harbour"]


def go_on(press: Press) -> None:
    """What the daemon does ten minutes later, twice."""
    room = Newsroom(load(press.home / "config.toml"), later, children=1)
    room.take_over()
    try:
        for _ in range(2):
            tasks = deque([Task("sweep")])
            while tasks:
                tasks.extend(room.perform(tasks.popleft()))
    finally:
        room.close()


def at(step: str, answer: str, person: str = "") -> Callable[[str, str], str | None]:
    """A server that says so at one step, to everyone or about one person."""
    return lambda now, who: answer if now == step and person in who else None


@pytest.mark.parametrize(
    ("mood", "counts", "said", "at_once", "in_the_end"),
    [
        (at("EHLO", ""), "3 queued", "mail server 127.0.0.1", "", "abc"),
        (at("MAIL", "421 going down"), "3 queued", "421 going down", "", "abc"),
        (at("DATA", ""), "3 queued", "it is tried again", "", "abc"),
        (at("RCPT", "451 later", "bea"), "1 deferred, 2 sent", "at RCPT: 451 later", "ac", "acb"),
        (at("END", "452 no room", "bea"), "1 deferred, 2 sent", "452 no room", "acb", "acbb"),
        (at("RCPT", "550 5.1.1 nobody", "bea"), "1 failed, 2 sent", "at RCPT: 550 5.1.1 nobody", "ac", "ac"),
        (at("END", "", "bea"), "2 sent, 1 unknown", "it may have been taken", "acb", "acb"),
    ],
    ids=["away", "going down", "dropped before the data", "greylisted", "deferred after the dot", "refused", "unknown"],
)
def test_letters_wait_or_are_given_up_and_nobody_gets_two(
    press: Press,
    office: PostOffice,
    mood: Callable[[str, str], str | None],
    counts: str,
    said: str,
    at_once: str,
    in_the_end: str,
) -> None:
    addressed(press, office.port)
    news(press)
    office.mood = mood

    sent = press("digest", "send", "daily")
    state = press("status").out

    assert (sent.status, sent.log) == (0, "")
    assert len([line for line in sent.out.splitlines() if said in line]) == 1, sent.out
    assert sorted(counts.split(", ")) == sorted(state.split("\ndaily\t")[1].split("\n")[0].split("\t")[-1].split(", "))
    assert len([line for line in state.partition("Problems")[2].splitlines() if said in line]) == 1, state
    assert initials(office) == sorted(at_once)

    office.mood = at("", "")
    go_on(press)
    go_on(press)

    assert initials(office) == sorted(in_the_end)
    never = {"1 failed, 2 sent": "1 failed", "2 sent, 1 unknown": "1 unknown"}.get(counts, "3 sent")
    state = press("status").out
    assert never in state
    assert ("No problems." in state) == (never == "3 sent"), state


def initials(office: PostOffice) -> list[str]:
    """Whom the server has read a whole letter for."""
    return sorted(person[0] for person in office.taken)


def test_a_server_that_is_not_there_is_told_and_letters_leave_when_it_is_back(press: Press, office: PostOffice) -> None:
    addressed(press, 9)
    news(press)

    sent = press("digest", "send", "daily")
    test = press("digest", "test", "daily", "--to", "dan@example.org")

    assert "none sent; mail server 127.0.0.1:9: Connection refused; it is tried again" in sent.out
    assert (test.status, len(test.log.splitlines())) == (75, 1)
    assert len(press.problems()) == 1
    addressed(press, office.port)
    go_on(press)
    assert initials(office) == ["a", "b", "c"]
    assert press.problems() == []
