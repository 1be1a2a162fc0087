"""What a source says of itself, and what its failures mean, decide when it is asked again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch import __version__
from chaffinch.errors import Blocked, ChaffinchError, FetchError, Gone, ReadError
from chaffinch.fetch.condition import condition_of
from chaffinch.fetch.polling import NEVER, interval, next_visit, recalled
from chaffinch.fetch.rhythm import Rhythm, rhythm_of
from chaffinch.model import Condition, Moving, Page, Source, SourceKind, SourceState, Validators
from chaffinch.sources import feed
from chaffinch.sources.visit import visit

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://news.example/feed"


def visited(state: SourceState | None = None, **kwargs: Any) -> datetime:
    wanted: dict[str, Any] = {"changed": False, "failures": 0, "retry_after": None, "jitter": lambda: 0.5}
    wanted |= {name: kwargs.pop(name) for name in list(kwargs) if name in (*wanted, "condition")}
    source = Source(**{"slug": "a", "kind": SourceKind.FEED, "location": URL, **kwargs})
    return next_visit(source, state or SourceState(), now=NOW, **wanted)


def every(between: timedelta, *, hours: range = range(24), days: int = 20) -> tuple[datetime, ...]:
    moments = (NOW - between * number for number in range(1, int(days * DAY / between)))
    return tuple(moment for moment in moments if moment.hour in hours)


# ---------------------------------------------------------------------------------------------- hours


def test_a_source_with_office_hours_is_visited_seldom_at_night() -> None:
    published = every(timedelta(minutes=20), hours=range(8, 18))
    rhythm = rhythm_of(published, changed=False, now=NOW)

    at_noon = interval(rhythm, "normal", NOW)
    at_night = interval(rhythm, "normal", NOW.replace(hour=21))

    assert at_night > 3 * at_noon
    assert rhythm.by_hour[12] > 5 * rhythm.by_hour[0]


def test_the_last_visit_of_the_night_ends_when_the_morning_begins() -> None:
    rhythm = Rhythm(1e-3, (0.0,) * 8 + (1e-3,) * 10 + (0.0,) * 6)

    assert interval(rhythm, "normal", NOW.replace(hour=6)) == pytest.approx(2 * 3600 + (3600.0 / 1e-3) ** 0.5)


def test_hours_in_which_nobody_has_looked_yet_are_taken_for_the_mean() -> None:
    rhythm = rhythm_of(every(timedelta(minutes=10), days=1), changed=False, now=NOW)

    assert max(rhythm.by_hour) == min(rhythm.by_hour) == rhythm.mean


@given(
    st.lists(st.floats(0, 400).map(lambda days: NOW - timedelta(days=days)), max_size=50),
    st.integers(0, 86_399).map(lambda seconds: NOW + timedelta(seconds=seconds)),
    st.sampled_from(["fast", "normal", "slow"]),
)
def test_an_interval_is_of_five_minutes_to_six_hours_and_no_rate_is_negative(
    published: list[datetime], now: datetime, freshness: str
) -> None:
    rhythm = rhythm_of(published, changed=False, now=now)

    assert min(rhythm.by_hour) > 0
    assert 300 <= interval(rhythm, freshness, now) <= 6 * 3600


@given(st.floats(1e-7, 0.1), st.floats(1.0, 3.0), st.integers(0, 86_399))
def test_who_publishes_more_is_never_visited_later(rate: float, factor: float, second: int) -> None:
    now = NOW + timedelta(seconds=second)

    less = interval(Rhythm(rate, (rate,) * 24), "normal", now)
    more = interval(Rhythm(rate * factor, (rate * factor,) * 24), "normal", now)

    assert more <= less + 1e-6


# ------------------------------------------------------------------------------------- hours to be skipped

RSS = (
    '<rss version="2.0"><channel><title>A</title><link>https://news.example/</link><description>x</description>'
    "%s<item><title>One</title><link>https://news.example/1</link></item></channel></rss>"
)


def listed(channel: str) -> SourceState:
    page = Page(URL, (RSS % channel).encode(), "application/rss+xml", fetched=NOW)
    source = Source(slug="a", kind=SourceKind.FEED, location=URL)
    return feed.read(source, SourceState(), Web(page)).state


def test_a_feed_says_which_hours_and_days_are_to_be_skipped() -> None:
    state = listed(
        "<skipHours><hour>0</hour><hour> 13 </hour><hour>24</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    )

    assert (sorted(state.skip_hours), sorted(state.skip_days)) == ([0, 13], [6])


@pytest.mark.parametrize(
    "channel", ["", "<skipHours></skipHours>", "<skipHours><hour>x</hour>", "<skipDays><day/></skipDays>"]
)
def test_what_says_no_hour_skips_none(channel: str) -> None:
    state = listed(channel)

    assert not state.skip_hours | state.skip_days


def test_skipped_hours_and_days_are_passed_over_but_not_by_the_owner() -> None:
    hours = SourceState(skip_hours=frozenset(range(13, 22)))
    days = SourceState(skip_days=frozenset({0, 1, 2}))

    assert visited(hours).hour == 22
    assert visited(days).date() == (NOW + 3 * DAY).date()
    assert visited(hours, every=2 * HOUR) == NOW + 2 * HOUR


@given(st.frozensets(st.integers(0, 23)), st.frozensets(st.integers(0, 6)), st.floats(0, 1))
def test_no_visit_is_planned_into_a_skipped_hour_unless_all_are(
    hours: frozenset[int], days: frozenset[int], jitter: float
) -> None:
    at = visited(SourceState(skip_hours=hours, skip_days=days), jitter=lambda: jitter)

    assert NOW < at <= NOW + 9 * DAY
    assert at.hour not in hours or len(hours) == 24
    assert at.weekday() not in days or len(days) == 7


# ------------------------------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    ("problem", "since", "condition"),
    [
        (None, None, Condition.WELL),
        (Gone("x", status=410), NOW, Condition.GONE),
        (Blocked("x", status=403), NOW, Condition.BLOCKED),
        (FetchError("x", status=404), NOW - 13 * DAY, Condition.WELL),
        (FetchError("x", status=404), NOW - 14 * DAY, Condition.BROKEN),
        (FetchError("x", status=500), NOW - 99 * DAY, Condition.WELL),
        (ReadError("x"), NOW - 99 * DAY, Condition.WELL),
    ],
)
def test_what_a_failure_means(problem: ChaffinchError | None, since: datetime | None, condition: Condition) -> None:
    assert condition_of(problem, since, NOW) is condition


def test_what_is_gone_is_visited_no_more_though_the_owner_gave_an_interval() -> None:
    assert visited(failures=1, condition=Condition.GONE) == NEVER
    assert visited(failures=1, condition=Condition.GONE, every=HOUR) == NEVER


@pytest.mark.parametrize("jitter", [0.0, 1.0])
def test_what_is_blocked_is_tried_once_or_twice_a_day_and_what_is_broken_once_a_week(jitter: float) -> None:
    blocked = visited(failures=1, condition=Condition.BLOCKED, every=HOUR, jitter=lambda: jitter)
    broken = visited(failures=20, condition=Condition.BROKEN, jitter=lambda: jitter)

    assert NOW + DAY / 2 <= blocked <= NOW + DAY
    assert NOW + 6 * DAY <= broken <= NOW + 7 * DAY


# ------------------------------------------------------------------------------------------- validators


def test_validators_are_left_out_every_fourteen_days_and_for_another_version() -> None:
    state = SourceState(validators={URL: Validators("e")}, whole_at=NOW - 13 * DAY, read_by=__version__)

    assert recalled(state, NOW) == state
    assert recalled(state, NOW + 2 * DAY).validators == {}
    assert recalled(SourceState(validators=state.validators), NOW).validators == {}
    assert recalled(SourceState(validators=state.validators, whole_at=NOW, read_by="0"), NOW).validators == {}
    assert recalled(state, NOW - 30 * DAY).validators == {}, "a clock that jumped back"


# ---------------------------------------------------------------------------------------------- redirects


class Web:
    def __init__(self, page: Page) -> None:
        self.page = page

    def get(self, url: str, validators: Validators | None = None) -> Page:
        return self.page


def sighted(*after: timedelta, to: str = "https://new.example/feed") -> SourceState:
    state = SourceState()
    for wait in after:
        state = visit(URL, state, Web(Page(to, b"x", fetched=NOW + wait, moved=to))).state
    return state


def test_a_permanent_redirect_is_followed_for_good_after_three_sightings_and_a_day() -> None:
    assert sighted(0 * HOUR, HOUR).location == ""
    assert sighted(0 * HOUR, HOUR, 23 * HOUR).location == ""
    assert sighted(0 * HOUR, 25 * HOUR).location == ""
    assert sighted(0 * HOUR, HOUR, 24 * HOUR).location == "https://new.example/feed"
    assert sighted(0 * HOUR, HOUR, 2 * HOUR, 3 * HOUR, 26 * HOUR).location == "https://new.example/feed"


def test_a_redirect_elsewhere_or_none_begins_the_count_anew() -> None:
    state = sighted(0 * HOUR, HOUR)
    elsewhere = visit(
        URL, state, Web(Page("https://b.example/", b"x", fetched=NOW + 2 * DAY, moved="https://b.example/"))
    )
    none = visit(URL, state, Web(Page(URL, b"x", fetched=NOW + 2 * DAY)))

    assert elsewhere.state.moving == Moving("https://b.example/", NOW + 2 * DAY)
    assert (none.state.moving, none.state.location) == (None, "")
