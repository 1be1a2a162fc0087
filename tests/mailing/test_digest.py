"""What an issue is made of, and when it is due."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chaffinch.errors import ConfigError
from chaffinch.mailing.digest import compose, due, state_at_closing, topical
from chaffinch.mailing.hours import leaves_at
from chaffinch.model import Article, Digest, Group, Issue, IssueState, Subscription

Make = Callable[..., Article]


def numbers(articles: tuple[Article, ...]) -> list[str]:
    return [article.key for article in articles]


def test_all_that_is_new_goes_in_however_little_a_letter_shows(digest: Digest, article: Make) -> None:
    small = replace(digest, max_articles=2)

    assert numbers(compose(small, map(article, (1, 2, 3)), set())) == ["a1", "a2", "a3"]


def test_what_an_earlier_issue_held_stays_out(digest: Digest, article: Make) -> None:
    assert numbers(compose(digest, map(article, (1, 2)), {article(1).id})) == ["a2"]


def test_the_same_article_twice_among_the_candidates_is_one(digest: Digest, article: Make) -> None:
    assert numbers(compose(digest, map(article, (1, 1)), set())) == ["a1"]


def test_hidden_articles_stay_out_always(digest: Digest, article: Make) -> None:
    assert compose(digest, [article(1, hidden=True)], set(), opening=True) == ()


def test_backfilled_articles_only_go_into_the_opening_issue(digest: Digest, article: Make) -> None:
    waiting = [article(1, backfilled=True)]

    assert compose(digest, waiting, set()) == ()
    assert numbers(compose(digest, waiting, set(), opening=True)) == ["a1"]


def test_too_few_articles_make_no_issue(digest: Digest, article: Make) -> None:
    assert compose(replace(digest, min_articles=2), [article(1)], set()) == ()
    assert compose(digest, [], set()) == ()


def test_groups_stand_where_their_newest_article_stands(digest: Digest, article: Make) -> None:
    mixed = [article(1, sources=("b",)), article(2, sources=("a",)), article(3, sources=("b",)), article(4, sources=())]

    assert numbers(compose(replace(digest, group_by=Group.SOURCE), mixed, set())) == ["a1", "a3", "a2", "a4"]
    assert numbers(compose(digest, mixed, set())) == ["a1", "a2", "a3", "a4"]


def test_a_slot_is_due_once(digest: Digest, now: datetime) -> None:
    slot = due(digest, "daily 07:00", None, now)

    assert slot == now
    assert due(digest, "daily 07:00", slot, now + timedelta(hours=23)) is None
    assert due(digest, "daily 07:00", slot, now + timedelta(hours=24)) == now + timedelta(hours=24)


def test_slots_that_were_slept_through_come_as_one(digest: Digest, now: datetime) -> None:
    assert due(digest, "daily 07:00", now, now + timedelta(days=9, hours=1)) == now + timedelta(days=9)


def test_a_cadence_that_is_none_is_said(digest: Digest, now: datetime) -> None:
    with pytest.raises(ConfigError, match="no cadence"):
        due(digest, "whenever", None, now)


@pytest.mark.parametrize(
    ("approve", "first", "transport", "state"),
    [
        (False, True, "smtp", IssueState.HELD),
        (False, False, "smtp", IssueState.OPEN),
        (False, True, "folder", IssueState.OPEN),
        (True, False, "folder", IssueState.HELD),
        (True, False, "smtp", IssueState.HELD),
    ],
)
def test_the_first_issue_over_smtp_waits_for_the_owner(
    digest: Digest, approve: bool, first: bool, transport: str, state: IssueState
) -> None:
    assert state_at_closing(replace(digest, approve=approve), first=first, transport=transport) is state


def test_a_subscriber_reads_their_topics_and_nothing_twice(article: Make) -> None:
    three = [article(1), article(2), article(3)]

    assert numbers(topical(three, {three[0].id}, None)) == ["a2", "a3"]
    assert numbers(topical(three, set(), {three[2].id})) == ["a3"]
    assert topical([article(1, hidden=True)], set(), None) == ()


@pytest.mark.parametrize(
    ("hour", "zone", "when"),
    [
        (None, None, datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        (420, None, datetime(2026, 11, 22, 6, 0, tzinfo=UTC)),
        (419, None, datetime(2026, 11, 23, 5, 59, tzinfo=UTC)),
        (420, "America/New_York", datetime(2026, 11, 22, 12, 0, tzinfo=UTC)),
        (420, "Asia/Tokyo", datetime(2026, 11, 22, 22, 0, tzinfo=UTC)),
    ],
)
def test_a_letter_leaves_at_the_subscribers_own_hour(
    digest: Digest, now: datetime, hour: int | None, zone: str | None, when: datetime
) -> None:
    reader = Subscription("s", "a@b.example", hour=hour, timezone=zone)

    assert leaves_at(reader, digest, Issue(1, "daily", "daily 07:00", now, 1, IssueState.OPEN, now)) == when
