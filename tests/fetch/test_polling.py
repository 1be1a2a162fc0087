"""How often a source is visited."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaffinch.fetch import next_visit
from chaffinch.model import Source, SourceKind, SourceState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def wait(state: SourceState | None = None, **kwargs: Any) -> timedelta:
    """How long after NOW the next visit is, in the middle of the jitter."""
    wanted: dict[str, Any] = {"changed": False, "failures": 0, "retry_after": None, "jitter": lambda: 0.5}
    wanted |= {name: kwargs.pop(name) for name in list(kwargs) if name in wanted}
    kwargs = {"kind": SourceKind.FEED, "location": "https://a.example/feed", **kwargs}
    source = Source(slug="a", **kwargs)
    return next_visit(source, state or SourceState(), now=NOW, **wanted) - NOW


def rhythm(*, per_day: float, articles: int = 50) -> SourceState:
    between = timedelta(days=1) / per_day
    return SourceState(published_at=tuple(NOW - between * number for number in range(articles)))


def test_a_source_of_which_nothing_is_known_is_taken_for_one_article_a_day() -> None:
    assert timedelta(hours=4.8) < wait() < timedelta(hours=5)


def test_a_source_that_publishes_more_is_visited_oftener() -> None:
    waits = [wait(rhythm(per_day=rate)) for rate in (0.05, 1, 10, 100, 2000)]

    assert waits == sorted(waits, reverse=True)
    assert waits[0] == 6 * HOUR
    assert waits[-1] < timedelta(minutes=25)
    assert timedelta(minutes=25) < waits[3] < timedelta(minutes=50)


def test_nobody_is_visited_oftener_than_every_five_minutes() -> None:
    burst = SourceState(published_at=(NOW,) * 50)

    assert wait(burst, freshness="fast", jitter=lambda: 0.5) == timedelta(minutes=5)


def test_a_source_that_fell_asleep_is_visited_seldom() -> None:
    asleep = SourceState(published_at=tuple(NOW - timedelta(days=200 + day) for day in range(50)))

    assert wait(asleep) == 6 * HOUR


def test_what_changed_without_dates_counts() -> None:
    assert wait(changed=True) < wait(changed=False)


def test_freshness_is_a_matter_of_choice() -> None:
    state = rhythm(per_day=5)

    fast, normal, slow = (wait(state, freshness=choice) for choice in ("fast", "normal", "slow"))

    assert fast * 1.7 < normal * 1.0
    assert normal * 1.9 < slow * 1.0


def test_the_owners_every_wins_over_rhythm_and_ttl() -> None:
    state = SourceState(ttl=timedelta(hours=3))

    assert wait(state, every=timedelta(minutes=7)) == timedelta(minutes=7)


def test_a_ttl_is_kept_up_to_a_day() -> None:
    busy = rhythm(per_day=500)

    assert wait(SourceState(ttl=2 * HOUR, published_at=busy.published_at)) == 2 * HOUR
    assert wait(SourceState(ttl=timedelta(days=3650))) == timedelta(days=1)


def test_retry_after_is_kept_whatever_else_is_said() -> None:
    assert wait(retry_after=7200.0, every=timedelta(minutes=1)) == 2 * HOUR
    assert wait(retry_after=1e12, failures=1) == timedelta(days=1)


def test_a_folder_is_looked_at_every_minute_even_when_it_is_away() -> None:
    assert wait(kind=SourceKind.FOLDER, location="/srv/articles") == timedelta(minutes=1)
    assert wait(kind=SourceKind.FOLDER, location="/srv/articles", failures=9) == timedelta(minutes=1)


@pytest.mark.parametrize(("failures", "longest"), [(1, 10), (2, 20), (3, 40), (9, 1440), (5000, 1440)])
def test_failures_back_off_with_full_jitter(failures: int, longest: int) -> None:
    assert wait(failures=failures, jitter=lambda: 0.0) == timedelta(minutes=5)
    assert wait(failures=failures, jitter=lambda: 1.0) == timedelta(minutes=longest)


@given(
    st.lists(st.floats(-5000, 20_000).map(lambda days: NOW - timedelta(days=days)), max_size=50),
    st.booleans(),
    st.integers(0, 10**6),
    st.none() | st.floats(0, 1e9),
    st.floats(0, 1),
)
def test_whatever_is_known_the_next_visit_is_in_minutes_to_a_day(
    published_at: list[datetime], changed: bool, failures: int, retry_after: float | None, jitter: float
) -> None:
    state = SourceState(published_at=tuple(published_at))

    waited = wait(state, changed=changed, failures=failures, retry_after=retry_after, jitter=lambda: jitter)

    assert timedelta(minutes=4) < waited <= timedelta(days=1)
