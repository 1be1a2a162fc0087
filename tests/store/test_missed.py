"""Who is behind gets what they missed with their next letter; nobody gets an article twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from chaffinch.model import Article, DeliveryState, Issue, IssueState, Status, Subscription
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.deliveries import Deliveries
from chaffinch.store.issues import Issues
from chaffinch.store.schema import deliveries
from chaffinch.store.subscriptions import Subscriptions
from tests.databases import Where

MONDAY = datetime(2026, 11, 16, 7, tzinfo=UTC)
DAY = timedelta(days=1)
DAILY, WEEKLY = "daily 07:00", "weekly mon 07:00"
ANN = Subscription(
    "ann", "ann@a.example", "news", WEEKLY, Status.CONFIRMED, created=MONDAY - 90 * DAY, confirmed=MONDAY - 90 * DAY
)


class Press:
    """Issues that close one after another, and what they bring to Ann."""

    def __init__(self, where: Where) -> None:
        self.database = Database(where)
        self.issues, self.people = Issues(self.database), Subscriptions(self.database)
        self.outbox = Deliveries(self.database, str, boot="now")
        self._written = 0

    def write(self, *names: str) -> list[Article]:
        made = []
        for name in names:
            self._written += 1
            made.append(Article(f"tag:a,2026:{name}", name, "", ("wire",), name, MONDAY, MONDAY, MONDAY))
            with self.database.write() as connection:
                insert_article(connection, made[-1])
        return made

    def close(self, cadence: str, day: float, contents: list[Article], state: IssueState = IssueState.OPEN) -> Issue:
        when = MONDAY + day * DAY
        issue = self.issues.close("news", cadence, when, contents, state, when)
        assert issue
        return issue

    def letter(self, cadence: str, day: float, contents: list[Article], became: str = "sent") -> dict[str, list[str]]:
        """What the letters of an issue bring, by their readers."""
        issue, when = self.close(cadence, day, contents), MONDAY + day * DAY
        self.issues.enqueue(issue, lambda reader, opened: when, _new, when)
        found = {}
        for parcel in self.outbox.claim(issue.id, when, when + DAY, 100):
            found[parcel.subscription.id] = [article.key for article in parcel.letter.articles]
            with self.database.write() as connection:
                here = deliveries.c.id == parcel.delivery.id
                connection.execute(update(deliveries).where(here).values(state=DeliveryState(became).value))
        return found


def _new(contents: object, reader: object, had: object) -> list[Article]:
    assert isinstance(contents, list | tuple)
    assert isinstance(had, set | frozenset)
    return [article for article in contents if article.id not in had]


@pytest.fixture
def press(where: Where) -> Iterator[Press]:
    press = Press(where)
    press.people.save([ANN])
    yield press
    press.database.close()


def test_a_change_to_a_cadence_that_comes_more_often_brings_what_came_between(press: Press) -> None:
    a, b, c, d = press.write("a", "b", "c", "d")

    assert press.letter(WEEKLY, 0, [a]) == {"ann": ["a"]}
    assert press.letter(DAILY, 0, [a]) == {}
    assert press.letter(DAILY, 1, [b]) == {}
    assert press.letter(DAILY, 2, [c]) == {}
    press.people.save([replace(ANN, cadence=DAILY)])

    assert press.letter(DAILY, 3, [d]) == {"ann": ["d", "c", "b"]}
    (e,) = press.write("e")
    assert press.letter(DAILY, 4, [e]) == {"ann": ["e"]}


def test_a_change_to_a_cadence_that_comes_less_often_brings_nothing_twice(press: Press) -> None:
    a, b, c, d = press.write("a", "b", "c", "d")
    press.people.save([replace(ANN, cadence=DAILY)])

    assert press.letter(WEEKLY, 0, [a]) == {}
    assert press.letter(DAILY, 0, [a]) == {"ann": ["a"]}
    assert press.letter(DAILY, 1, [b]) == {"ann": ["b"]}
    press.people.save([ANN])
    assert press.letter(DAILY, 2, [c]) == {}

    assert press.letter(WEEKLY, 7, [b, c, d]) == {"ann": ["c", "d"]}


def test_after_a_pause_the_next_letter_brings_what_went_by(press: Press) -> None:
    a, b, c, d = press.write("a", "b", "c", "d")
    press.people.save([replace(ANN, cadence=DAILY)])
    assert press.letter(DAILY, 0, [a]) == {"ann": ["a"]}
    press.people.save([replace(ANN, cadence=DAILY, paused_until=MONDAY + 2.5 * DAY)])

    assert press.letter(DAILY, 1, [b]) == {}
    assert press.letter(DAILY, 2, [c]) == {}
    assert press.letter(DAILY, 3, [d]) == {"ann": ["d", "c", "b"]}


def test_what_went_by_a_month_ago_is_in_the_archive_only(press: Press) -> None:
    a, b, c, d = press.write("a", "b", "c", "d")
    daily = replace(ANN, cadence=DAILY)
    press.people.save([daily])
    assert press.letter(DAILY, 0, [a]) == {"ann": ["a"]}
    press.people.save([replace(daily, paused_until=MONDAY + 60 * DAY)])

    assert press.letter(DAILY, 20, [b]) == {}
    assert press.letter(DAILY, 40, [c]) == {}
    assert press.letter(DAILY, 60, [d]) == {"ann": ["d", "c"]}


def test_a_letter_that_failed_for_good_is_made_up_for(press: Press) -> None:
    a, b, c = press.write("a", "b", "c")
    press.people.save([replace(ANN, cadence=DAILY)])
    press.letter(DAILY, 0, [a])
    press.letter(DAILY, 1, [b], became="failed")

    assert press.letter(DAILY, 2, [c]) == {"ann": ["c", "b"]}


def test_one_of_which_nobody_knows_is_not(press: Press) -> None:
    a, b, c = press.write("a", "b", "c")
    press.people.save([replace(ANN, cadence=DAILY)])
    press.letter(DAILY, 0, [a])
    press.letter(DAILY, 1, [b], became="unknown")

    assert press.letter(DAILY, 2, [c]) == {"ann": ["c"]}


def test_a_new_subscriber_gets_nothing_of_what_was_before(press: Press) -> None:
    a, b = press.write("a", "b")
    press.people.save([replace(ANN, id="new", address="n@a.example", cadence=DAILY, confirmed=MONDAY + DAY)])

    assert press.letter(DAILY, 0, [a]) == {}
    assert press.letter(DAILY, 2, [b]) == {"new": ["b"]}


def test_who_came_back_gets_nothing_of_the_time_between(press: Press) -> None:
    a, b, c = press.write("a", "b", "c")
    daily = replace(ANN, cadence=DAILY)
    press.people.save([daily])
    press.letter(DAILY, 0, [a])
    press.people.save([replace(daily, status=Status.ENDED)])
    press.letter(DAILY, 1, [b])
    press.people.save([replace(daily, confirmed=MONDAY + 1.5 * DAY)])

    assert press.letter(DAILY, 2, [c]) == {"ann": ["c"]}


def test_an_issue_that_the_owner_skipped_is_not_made_up_for(press: Press) -> None:
    a, b, c = press.write("a", "b", "c")
    press.people.save([replace(ANN, cadence=DAILY)])
    press.letter(DAILY, 0, [a])
    press.close(DAILY, 1, [b], IssueState.SKIPPED)

    assert press.letter(DAILY, 2, [c]) == {"ann": ["c"]}
