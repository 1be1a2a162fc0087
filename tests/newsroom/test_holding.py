"""An issue waits for the owner's word; nobody else's, and not for ever."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaffinch.config import load
from chaffinch.errors import InputError
from chaffinch.model import Article, DeliveryState, Issue, IssueState, Status, Subscription
from chaffinch.newsroom import Newsroom, closing
from chaffinch.ports import Task
from chaffinch.store.articles import insert_article

CONFIG = """
[press]
contact = "editor@press.example.org"
[[digest]]
slug = "daily"
title = "The Daily"
when = ["daily 07:00"]
max_articles = 2
recipients = ["ann@example.net"]
{more}
[mail]
from = "d@press.example.org"
"""
START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


class Desk:
    """A press with four articles, whose letters go to a folder; and a clock to turn."""

    def __init__(self, home: Path, more: str) -> None:
        (home / "config.toml").write_text(CONFIG.format(more=more))
        self.now, self.outbox = START, home / "outbox"
        self.room = Newsroom(load(home / "config.toml"), lambda: self.now, children=1)
        self.room.take_over()
        self.add(1, 2, 3, 4)

    def add(self, *numbers: int) -> None:
        with self.room.parts.database.write() as connection:
            for number in numbers:
                insert_article(
                    connection,
                    Article(
                        f"tag:a,2026:{number}",
                        f"a{number}",
                        f"https://news.example.org/{number}",
                        ("wire",),
                        f"Story {number}",
                        self.now - timedelta(minutes=number),
                        self.now,
                        self.now,
                        text="It was a grey morning on the quay. " * 9,
                        lead="It was a grey morning.",
                    ),
                )

    def work(self) -> None:
        """Whatever is due, and what follows from it."""
        waiting = list(self.room.sweep())
        while waiting:
            task = waiting.pop(0)
            if task.verb in ("close", "show", "release", "deliver"):
                waiting += self.room.perform(task)

    def letters(self, to: str) -> list[str]:
        """The plain texts of the letters to an address."""
        found = []
        for file in sorted(self.outbox.glob("*.eml")):
            read = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            part = read.get_body(("plain",))
            if read["To"] == to and part is not None:
                found.append(str(part.get_content()))
        return found

    @property
    def issue(self) -> Issue:
        issue = self.room.parts.issues.latest("daily")
        assert issue
        return issue


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    opened: list[Desk] = []

    def make(more: str = "") -> Desk:
        opened.append(Desk(tmp_path, more))
        return opened[-1]

    yield make
    for each in opened:
        each.room.close()


def token_of(preview: str) -> str:
    found = re.search(r"/desk/(\w+)", preview)
    assert found
    return found[1]


def test_a_held_issue_is_shown_to_the_owner_once_and_to_nobody_else(desk: Callable[[str], Desk]) -> None:
    press = desk('hold = "2h"')

    press.work()
    press.work()

    (preview,) = press.letters("editor@press.example.org")
    assert "waits for you" in preview
    assert "22 November 2026, 08:00" in preview
    assert press.letters("ann@example.net") == []
    assert press.issue.state is IssueState.HELD


def test_an_issue_goes_out_by_itself_when_the_owner_has_had_time(desk: Callable[[str], Desk]) -> None:
    press = desk('hold = "2h"')
    press.work()
    press.now += timedelta(hours=1, minutes=59)
    press.work()
    before = press.letters("ann@example.net")
    press.now += timedelta(minutes=1)

    press.work()
    press.work()

    assert before == []
    assert len(press.letters("ann@example.net")) == 1


def test_with_approve_it_waits_for_ever(desk: Callable[[str], Desk]) -> None:
    press = desk('approve = true\nhold = "2h"')
    press.work()
    press.now += timedelta(hours=20)
    press.work()

    assert press.issue.state is IssueState.HELD
    assert "before you approve it" in press.letters("editor@press.example.org")[0]


@pytest.mark.parametrize(("approve", "state", "letters"), [(True, IssueState.OPEN, 1), (False, IssueState.SKIPPED, 0)])
def test_the_owners_link_decides_once(
    desk: Callable[[str], Desk], approve: bool, state: IssueState, letters: int
) -> None:
    press = desk("approve = true")
    press.work()
    token, front = token_of(press.letters("editor@press.example.org")[0]), press.room.front

    seen = front.held_issue(token)
    done = front.decide(token, approve=approve)
    again = front.decide(token, approve=not approve)
    press.work()

    assert seen
    assert seen.state is IssueState.HELD
    assert done
    assert done.state is state
    assert again == done
    assert len(press.letters("ann@example.net")) == letters
    assert front.decide("x" * 40, approve=True) is None


def test_what_is_pinned_comes_first_and_what_is_dropped_never_comes(desk: Callable[[str], Desk]) -> None:
    press = desk("approve = true")
    press.work()
    post, article = press.room.post, press.room.article

    post.pin("daily", article("a3"))
    post.drop("daily", article("a2"))
    with pytest.raises(InputError, match="does not hold"):
        post.drop("daily", article("a2"))
    keys = [one.key for one in press.issue.articles]
    press.room.perform(Task("release", str(press.issue.id)))
    press.now += timedelta(days=1)
    press.add(5)
    press.work()

    assert keys == ["a3", "a1", "a4"]
    assert [one.key for one in press.issue.articles] == ["a5"]


def test_what_a_letter_does_not_show_it_counts(desk: Callable[[str], Desk]) -> None:
    press = desk("")

    press.work()

    (letter,) = press.letters("ann@example.net")
    assert "Story 1" in letter
    assert "Story 3" not in letter
    assert "and 2 more in this issue" in letter
    assert re.search(r"http://127.0.0.1:8750/digests/daily/1\b", letter)
    assert len(press.issue.articles) == 4


def test_who_pauses_gets_nothing_until_then_and_nothing_twice(desk: Callable[[str], Desk]) -> None:
    press = desk("")
    people = press.room.parts.subscriptions
    (ann,) = people.list("daily", status=Status.CONFIRMED)
    press.work()
    people.save([replace(ann, paused_until=START + timedelta(days=1, hours=12))])
    for number in (5, 6):
        press.now += timedelta(days=1)
        press.add(number)
        press.work()

    stories = [re.findall(r"Story \d", letter)[0] for letter in press.letters("ann@example.net")]
    assert stories == ["Story 1", "Story 6"]
    assert press.room.parts.issues.letters("daily") == {DeliveryState.SENT: 2}


def test_a_simulation_tells_each_ones_own_hour(desk: Callable[[str], Desk]) -> None:
    press = desk("")
    press.room.parts.subscriptions.save(
        [
            Subscription(
                "s2", "bob@example.net", "daily", "daily 07:00", Status.CONFIRMED, 18 * 60, "Asia/Tokyo",
                created=START, confirmed=START,
            )
        ]
    )  # fmt: skip

    told = list(press.room.post.simulate("daily", START, START + timedelta(days=2)))

    assert [(str(t.leaves)[:16], t.reader.address) for t in told if t.reader.address == "bob@example.net"] == [
        ("2026-11-22 09:00", "bob@example.net"),
        ("2026-11-23 09:00", "bob@example.net"),
    ]
    assert len(told) == 4


def test_articles_for_which_an_issue_had_no_room_are_told_of_until_one_has_room_for_all(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "LOOKED_AT", 3)
    press = desk("")
    press.now += timedelta(hours=2)
    press.work()
    press.add(5, 6, 7, 8, 9)
    press.now += timedelta(days=2)
    press.work()
    told = [problem for problem in press.room.status().problems if problem.subject.startswith("digest daily, ")]
    press.now += timedelta(days=1)
    press.add(10)
    press.now += timedelta(days=1)
    press.work()

    assert [problem.text.partition(";")[0] for problem in told] == [
        "No. 2 has room for 3 articles: the 3 oldest that waited stand in no issue"
    ]
    assert not [problem for problem in press.room.status().problems if problem.subject.startswith("digest daily, ")]
