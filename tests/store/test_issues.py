"""Issues: closed once, numbered, planned for each reader."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from chaffinch.model import Article, DeliveryState, Issue, IssueState, Status, Subscription
from chaffinch.store.articles import insert_article
from chaffinch.store.database import Database
from chaffinch.store.issues import Issues
from chaffinch.store.schema import articles, deliveries, letters
from chaffinch.store.subscriptions import Subscriptions
from tests.databases import Where

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
A_DAY = timedelta(days=1)
DAILY = ("daily", "daily 07:00")


def article(number: int) -> Article:
    return Article(
        id=f"tag:example.org,2026:{number}",
        key=f"a{number}",
        url=f"https://news.example.org/{number}",
        sources=("wire",),
        title=f"Story {number}",
        published=NOW - timedelta(hours=number),
        updated=NOW,
        first_seen=NOW,
        text="Words.",
        tags=("town",),
    )


def reader(name: str, **changed: object) -> Subscription:
    person = Subscription(
        name, f"{name}@example.net", *DAILY, Status.CONFIRMED, created=NOW - A_DAY, confirmed=NOW - A_DAY
    )
    return replace(person, **changed)  # type: ignore[arg-type]  # a test names the fields it cares for


def at_once(person: Subscription, issue: Issue) -> datetime:
    return issue.closed_at


def all_new(contents: Sequence[Article], person: Subscription, had: Collection[str]) -> Sequence[Article]:
    return [one for one in contents if one.id not in had]


@pytest.fixture
def database(where: Where) -> Iterator[Database]:
    database = Database(where)
    with database.write() as connection:
        for number in range(1, 6):
            insert_article(connection, article(number))
    yield database
    database.close()


@pytest.fixture
def issues(database: Database) -> Issues:
    return Issues(database)


@pytest.fixture
def people(database: Database) -> Subscriptions:
    return Subscriptions(database)


@pytest.fixture
def close(issues: Issues) -> Callable[..., Issue | None]:
    def closed(*numbers: int, slot: datetime = NOW, state: IssueState = IssueState.OPEN) -> Issue | None:
        return issues.close(*DAILY, slot, [article(number) for number in numbers], state, slot)

    return closed


Close = Callable[..., Issue | None]


def test_an_issue_is_kept_as_it_stood(issues: Issues, close: Close, database: Database) -> None:
    issue = close(2, 1)

    with database.write() as connection:
        connection.execute(update(articles).values(title="changed since"))
    assert issue is not None
    assert (issue.number, issue.state, issue.released_at) == (1, IssueState.OPEN, NOW)
    assert issue.articles == (article(2), article(1))
    assert issues.get("daily", 1) == issue == issues.latest("daily") == issues.by_id(issue.id)


def test_a_slot_closes_once(issues: Issues, close: Close) -> None:
    first = close(1)

    assert first is not None
    assert close(2) is None
    assert close(2, slot=NOW - A_DAY) is None
    assert issues.closed(*DAILY) == NOW
    assert [issue.number for issue in issues.list("daily")] == [1]


def test_a_slot_without_articles_is_closed_without_a_number(issues: Issues, close: Close) -> None:
    assert close() is None
    assert close(1) is None
    later = close(1, slot=NOW + A_DAY)

    assert later is not None
    assert later.number == 1


def test_numbers_go_up_by_digest_whatever_the_cadence(issues: Issues) -> None:
    daily = issues.close("daily", "daily 07:00", NOW, [article(1)], IssueState.OPEN, NOW)
    weekly = issues.close("daily", "weekly mon 07:00", NOW, [article(1)], IssueState.OPEN, NOW)
    other = issues.close("other", "daily 07:00", NOW, [article(1)], IssueState.OPEN, NOW)

    assert [issue and issue.number for issue in (daily, weekly, other)] == [1, 2, 1]


def test_what_issues_have_held_is_known_by_cadence(issues: Issues, close: Close) -> None:
    issue = close(1, 2)

    assert issue is not None
    issues.skip(issue.id)
    assert issues.already(*DAILY) == {article(1).id, article(2).id}
    assert issues.already("daily", "weekly mon 07:00") == frozenset()


def test_a_withdrawn_article_says_so_in_the_archive(issues: Issues, close: Close, database: Database) -> None:
    close(1, 2)

    with database.write() as connection:
        connection.execute(update(articles).where(articles.c.key == "a1").values(hidden=True))
    issue = issues.get("daily", 1)

    assert issue is not None
    assert [one.hidden for one in issue.articles] == [True, False]


def test_issues_are_paged_newest_first(issues: Issues, close: Close) -> None:
    for number in range(5):
        close(number + 1, slot=NOW + number * A_DAY)

    assert [issue.number for issue in issues.list("daily", limit=2)] == [5, 4]
    assert [issue.number for issue in issues.list("daily", limit=2, before=4)] == [3, 2]
    assert issues.count("daily") == 5
    assert issues.list("daily", state=IssueState.HELD) == []


def test_a_held_issue_is_released_by_the_owner(issues: Issues, close: Close) -> None:
    issue = close(1, state=IssueState.HELD)
    assert issue is not None

    assert issues.with_due_deliveries(NOW) == []
    assert issues.enqueue(issue, at_once, all_new, NOW) == 0
    assert issues.release(issue.id, NOW + A_DAY)
    assert issues.annotate(issue.id, "A word from the desk")
    released = issues.by_id(issue.id)

    assert released is not None
    assert (released.state, released.released_at, released.note) == (
        IssueState.OPEN,
        NOW + A_DAY,
        "A word from the desk",
    )
    assert issues.with_due_deliveries(NOW) == [issue.id]
    assert not issues.release(999, NOW)


def test_everyone_whose_subscription_stood_has_one_delivery(
    issues: Issues, people: Subscriptions, close: Close
) -> None:
    people.save(
        [
            reader("ann"),
            reader("ben"),
            reader("pending", status=Status.PENDING, confirmed=None),
            reader("ended", status=Status.ENDED, ended=NOW),
            reader("weekly", cadence="weekly mon 07:00"),
            reader("elsewhere", digest="other"),
            reader("late", confirmed=NOW + timedelta(seconds=1)),
        ]
    )
    issue = close(1, 2)
    assert issue is not None

    assert issues.enqueue(issue, at_once, all_new, NOW) == 2
    assert issues.enqueue(issue, at_once, all_new, NOW) == 0
    assert issues.letters("daily") == {DeliveryState.QUEUED: 2}
    assert issues.with_due_deliveries(NOW) == [issue.id]


def test_a_plan_that_was_stopped_in_the_middle_goes_on(
    issues: Issues, people: Subscriptions, close: Close, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.save(reader(f"reader{number:03}") for number in range(7))
    monkeypatch.setattr("chaffinch.store.planning.CHUNK", 3)
    issue = close(1)
    assert issue is not None
    calls = []

    def killed(person: Subscription, opened: Issue) -> datetime:
        calls.append(person.id)
        if len(calls) > 4:
            raise KeyboardInterrupt
        return opened.closed_at

    with pytest.raises(KeyboardInterrupt):
        issues.enqueue(issue, killed, all_new, NOW)

    assert issues.letters("daily") == {DeliveryState.QUEUED: 3}
    assert issues.enqueue(issue, at_once, all_new, NOW) == 4
    assert issues.letters("daily") == {DeliveryState.QUEUED: 7}


def test_who_reads_the_same_shares_one_letter(
    issues: Issues, people: Subscriptions, close: Close, database: Database
) -> None:
    people.save([reader("ann"), reader("ben"), reader("cleo", topics=("sport",)), reader("dan", topics=("sport",))])
    issue = close(1, 2)
    assert issue is not None

    issues.enqueue(issue, at_once, all_new, NOW)

    with database.read() as connection:
        shared = connection.execute(
            select(deliveries.c.letter, func.count()).group_by(deliveries.c.letter).order_by(deliveries.c.letter)
        ).all()
        topics = connection.execute(select(letters.c.topics).order_by(letters.c.id)).scalars().all()
    assert [number for _, number in shared] == [2, 2]
    assert topics == [[], ["sport"]]


@pytest.mark.parametrize(
    ("state", "again"), [("sent", False), ("unknown", False), ("queued", False), ("failed", True), ("skipped", True)]
)
def test_nobody_gets_an_article_twice(
    issues: Issues, people: Subscriptions, close: Close, database: Database, state: str, again: bool
) -> None:
    people.save([reader("ann")])
    first, second = close(1, 2), close(2, 3, slot=NOW + A_DAY)
    assert first is not None
    assert second is not None
    seen: list[list[str]] = []

    def choose(contents: Sequence[Article], person: Subscription, had: Collection[str]) -> Sequence[Article]:
        seen.append(sorted(had))
        return all_new(contents, person, had)

    issues.enqueue(first, at_once, choose, NOW)
    with database.write() as connection:
        connection.execute(update(deliveries).values(state=state))
    issues.enqueue(second, at_once, choose, NOW)

    assert seen == [[], [] if again else [article(2).id]]


def test_who_has_had_everything_gets_no_letter(issues: Issues, people: Subscriptions, close: Close) -> None:
    people.save([reader("ann")])
    first, second = close(1), close(1, slot=NOW + A_DAY)
    assert first is not None
    assert second is not None

    assert issues.enqueue(first, at_once, all_new, NOW) == 1
    assert issues.enqueue(second, at_once, all_new, NOW) == 0
    assert issues.with_due_deliveries(NOW + A_DAY) == [first.id]
