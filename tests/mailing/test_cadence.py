"""Cadences, across every change of clocks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaffinch.errors import ConfigError
from chaffinch.mailing.cadence import FORMS, Cadence, first_at, last_slot, next_slot, parse

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 20 * 365 * 86400).map(lambda s: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
MINUTES = st.integers(0, 1439)
CADENCES = st.one_of(
    st.builds(lambda m: f"daily {m // 60:02}:{m % 60:02}", MINUTES),
    st.builds(lambda m: f"weekdays {m // 60:02}:{m % 60:02}", MINUTES),
    st.builds(lambda d, m: f"weekly {d} {m // 60:02}:{m % 60:02}", st.sampled_from(["mon", "sun"]), MINUTES),
    st.builds(lambda d, m: f"monthly {d} {m // 60:02}:{m % 60:02}", st.integers(1, 31), MINUTES),
    st.builds(lambda d, m: f"monthly last {d} {m // 60:02}:{m % 60:02}", st.sampled_from(["fri", "sun"]), MINUTES),
    st.builds(lambda h: f"every {h}h", st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24])),
).map(parse)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_we_name_is_accepted(form: str) -> None:
    assert parse(form).text == form


@pytest.mark.parametrize(
    ("written", "means"),
    [("Daily 7:05", "daily 07:05"), ("weekly  Monday 07:00", "weekly mon 07:00"), ("every 6 h", "every 6h")],
)
def test_one_cadence_has_one_way_to_write_it(written: str, means: str) -> None:
    assert parse(written).text == means


@pytest.mark.parametrize(
    "written",
    ["", "hourly", "daily", "daily 24:00", "daily 7", "weekly 07:00", "weekly foo 07:00", "weekly monkey 07:00",
     "monthly 0 07:00", "monthly 32 07:00", "monthly first mon 07:00", "every 0h", "every h", "daily ٠٧:٠٠", "\n"],
)  # fmt: skip
def test_a_text_that_is_no_cadence_is_told_the_accepted_forms(written: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse(written)

    assert "monthly last fri 07:00" in str(raised.value)
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize("hours", [5, 7, 25, 48])
def test_hours_that_do_not_divide_a_day_are_refused(hours: int) -> None:
    with pytest.raises(ConfigError, match="divide a day"):
        parse(f"every {hours}h")


@pytest.mark.parametrize(
    ("cadence", "zone", "after", "slot"),
    [
        ("daily 07:00", "Europe/Vienna", "2026-11-22T05:59", "2026-11-22T06:00"),
        ("daily 07:00", "Europe/Vienna", "2026-11-22T06:00", "2026-11-23T06:00"),
        ("daily 02:30", "Europe/Vienna", "2026-03-29T00:00", "2026-03-29T01:30"),  # skipped: it is 03:30
        ("daily 02:30", "Europe/Vienna", "2026-10-24T23:00", "2026-10-25T00:30"),  # twice: the first
        ("daily 02:30", "Europe/Vienna", "2026-10-25T00:30", "2026-10-26T01:30"),  # and not again
        ("daily 23:30", "America/Nuuk", "2026-03-28T20:00", "2026-03-29T00:30"),  # 23:00 to midnight is skipped
        ("weekdays 07:00", "UTC", "2026-11-20T07:00", "2026-11-23T07:00"),
        ("weekly mon 07:00", "UTC", "2026-11-22T00:00", "2026-11-23T07:00"),
        ("monthly 31 07:00", "UTC", "2026-02-01T00:00", "2026-02-28T07:00"),
        ("monthly 31 07:00", "UTC", "2028-02-01T00:00", "2028-02-29T07:00"),
        ("monthly 1 07:00", "UTC", "2026-11-22T00:00", "2026-12-01T07:00"),
        ("monthly last fri 07:00", "UTC", "2026-11-22T00:00", "2026-11-27T07:00"),
        ("every 6h", "UTC", "2026-11-22T06:00", "2026-11-22T12:00"),
        ("every 6h", "Asia/Kathmandu", "2026-11-22T00:00", "2026-11-22T00:15"),
        ("daily 12:00", "Pacific/Apia", "2011-12-29T22:00", "2011-12-30T22:00"),  # the 30th did not take place
    ],
)
def test_the_next_slot(cadence: str, zone: str, after: str, slot: str) -> None:
    assert next_slot(parse(cadence), zone, utc(after)) == utc(slot)


def test_ten_years_of_daily_letters_have_one_on_each_local_day() -> None:
    seen: set[tuple[object, ...]] = set()

    for zone in ZONES:
        there = ZoneInfo(zone)
        changes = tuple(_changes(there))
        rules = (_offset(START, there), changes)
        if rules in seen:
            continue  # another name for the same clocks
        seen.add(rules)
        for changed in changes:
            for minute in (0, 30, 90, 150, 1390, 1439):
                cadence = parse(f"daily {minute // 60}:{minute % 60:02}")
                moment = changed - timedelta(days=2)
                days = []
                for _ in range(4):
                    moment = next_slot(cadence, zone, moment)
                    days.append(moment.astimezone(there).date())

                assert days == [days[0] + timedelta(days=n) for n in range(4)], (zone, changed, minute)


@given(CADENCES, st.sampled_from(ZONES), MOMENTS)
@settings(max_examples=400, deadline=None)
def test_slots_follow_each_other_without_gap_or_repetition(cadence: Cadence, zone: str, moment: datetime) -> None:
    following = next_slot(cadence, zone, moment)
    before = last_slot(cadence, zone, moment)

    assert before <= moment < following
    assert next_slot(cadence, zone, before) == following
    assert last_slot(cadence, zone, following) == following
    assert last_slot(cadence, zone, following - timedelta(microseconds=1)) == before


@given(CADENCES, st.sampled_from(ZONES), MOMENTS)
@settings(max_examples=200, deadline=None)
def test_slots_fall_on_the_cadences_own_local_days(cadence: Cadence, zone: str, moment: datetime) -> None:
    slot = next_slot(cadence, zone, moment)

    assert slot.tzinfo is UTC
    assert cadence.falls_on(slot.astimezone(ZoneInfo(zone)).date())


@given(MINUTES, st.sampled_from(ZONES), MOMENTS)
@settings(max_examples=200, deadline=None)
def test_a_subscribers_own_hour_comes_within_a_day(minute: int, zone: str, moment: datetime) -> None:
    hour = first_at(minute, zone, moment)

    assert moment <= hour <= moment + timedelta(hours=49)
    assert first_at(minute, zone, hour) == hour


def _changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The hours, of ten years, in which the zone's clocks are changed."""
    before = START
    while before < START + timedelta(days=3653):
        after = before + timedelta(days=14)
        if _offset(before, zone) != _offset(after, zone):
            low, high = before, after
            while high - low > timedelta(hours=1):
                middle = low + (high - low) / 2
                low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
            yield high.replace(minute=0, second=0, microsecond=0)
        before = after


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
