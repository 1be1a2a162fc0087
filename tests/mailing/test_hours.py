"""One letter on each of a reader's days, wherever they and the digest live, on every night that changes clocks."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaffinch.mailing.cadence import next_slot, parse
from chaffinch.mailing.hours import leaves_at
from chaffinch.model import Digest, Issue, IssueState, Subscription

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 3653
HOURS = (0, 59, 150, 419, 420, 421, 720, 1020, 1199, 1200, 1380, 1439)
HOMES = ("UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The days of ten years in which the zone's clocks are changed."""
    there = ZoneInfo(zone)
    noons = [BEGIN + timedelta(days=day, hours=12) for day in range(DAYS)]
    offsets = [noon.astimezone(there).utcoffset() for noon in noons]
    return tuple(noon for noon, before, now in zip(noons[1:], offsets, offsets[1:], strict=False) if before != now)


@cache
def clocks() -> Sequence[str]:
    """One zone for each way of setting clocks in these years."""
    found: dict[object, str] = {}
    for zone in ZONES:
        found.setdefault((changes(zone), BEGIN.astimezone(ZoneInfo(zone)).utcoffset()), zone)
    return tuple(found.values())


def nights(*zones: str) -> Iterator[datetime]:
    """A few days before each night that changes clocks in one of the zones; days in between are all alike."""
    for changed in sorted({day for zone in zones for day in changes(zone)}):
        yield changed - timedelta(days=4)


def letters(home: str, cadence: str, zone: str, hour: int | None, begin: datetime, count: int) -> list[datetime]:
    """When the letters of so many issues leave."""
    digest = Digest("d", "D", (), (cadence,), timezone=home)
    reader = Subscription("s", "a@b.example", hour=hour, timezone=zone)
    wanted, slot, leaving = parse(cadence), begin, []
    for number in range(count):
        slot = next_slot(wanted, home, slot)
        leaving.append(leaves_at(reader, digest, Issue(number, "d", cadence, slot, number, IssueState.OPEN, slot)))
    return leaving


def days(leaving: Sequence[datetime], zone: str) -> list[date]:
    return [moment.astimezone(ZoneInfo(zone)).date() for moment in leaving]


def one_a_day(home: str, minute: int, zone: str, hour: int, begin: datetime) -> None:
    cadence = f"daily {minute // 60:02}:{minute % 60:02}"
    found = days(letters(home, cadence, zone, hour, begin, 8), zone)

    assert found == [found[0] + timedelta(days=n) for n in range(8)], (home, cadence, zone, hour, begin)


@pytest.mark.parametrize("home", HOMES)
def test_a_daily_subscriber_anywhere_has_one_letter_on_each_of_their_days(home: str) -> None:
    chance = random.Random(home)

    for zone in clocks():
        for begin in chance.sample(list(nights(home, zone)) or [BEGIN], 1):
            for _ in range(6):
                one_a_day(home, chance.choice(HOURS), zone, chance.choice(HOURS), begin)


@pytest.mark.soak
def test_that_holds_for_all_zones_on_every_night_of_ten_years() -> None:
    chance = random.Random(5)

    for home in clocks():
        for zone in clocks():
            for begin in nights(home, zone):
                one_a_day(home, chance.randrange(1440), zone, chance.randrange(1440), begin)


@pytest.mark.parametrize(
    ("home", "minute", "zone", "hour"),
    [
        ("Europe/Vienna", 420, "UTC", 330),  # the hour is before the closing in winter, after it in summer
        ("UTC", 330, "Europe/Vienna", 390),
        ("Europe/Vienna", 1410, "America/New_York", 1050),
        ("Europe/Vienna", 330, "America/New_York", 1410),  # late would be the next day
        ("Europe/London", 90, "Europe/London", 90),  # the hour itself is skipped and repeated
        ("America/Santiago", 0, "America/Santiago", 0),  # midnight itself is
        ("Australia/Sydney", 1200, "America/New_York", 300),  # clocks go opposite ways
    ],
)
def test_the_whole_of_ten_years_has_one_letter_a_day(home: str, minute: int, zone: str, hour: int) -> None:
    cadence = f"daily {minute // 60:02}:{minute % 60:02}"

    found = days(letters(home, cadence, zone, hour, BEGIN, DAYS), zone)

    assert found == [found[0] + timedelta(days=n) for n in range(DAYS)]


@given(st.integers(0, 1439), st.sampled_from(HOMES), st.integers(0, 1439), st.sampled_from(ZONES), st.integers(0, DAYS))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_a_letter_leaves_at_its_readers_hour_or_a_little_later(
    minute: int, home: str, hour: int, zone: str, day: int
) -> None:
    cadence = f"daily {minute // 60:02}:{minute % 60:02}"
    begin = BEGIN + timedelta(days=day)

    leaves = letters(home, cadence, zone, hour, begin, 1)[0]

    closes = next_slot(parse(cadence), home, begin)
    local = leaves.astimezone(ZoneInfo(zone))
    late = (local.hour * 60 + local.minute - hour) % 1440
    assert closes <= leaves <= closes + timedelta(hours=28)
    assert late <= 240


def test_a_zone_that_skips_a_day_has_a_letter_on_each_day_that_took_place() -> None:
    found = days(
        letters("UTC", "daily 07:00", "Pacific/Apia", 480, datetime(2011, 12, 27, tzinfo=UTC), 6), "Pacific/Apia"
    )

    assert [day.isoformat() for day in found] == [
        "2011-12-27", "2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02",
    ]  # fmt: skip


def test_a_digest_whose_zone_skips_a_day_has_a_letter_on_each_day_of_its_readers() -> None:
    begin = datetime(2011, 12, 27, tzinfo=UTC)

    found = days(letters("Pacific/Apia", "daily 07:00", "UTC", 480, begin, 6), "UTC")

    assert found == [found[0] + timedelta(days=n) for n in range(6)]


@pytest.mark.parametrize(
    "cadence", ["weekly mon 07:00", "monthly 31 07:00", "monthly last fri 23:30", "weekdays 02:30"]
)
def test_other_cadences_have_one_letter_for_each_issue_in_order(cadence: str) -> None:
    for home in HOMES:
        for zone in HOMES:
            found = days(letters(home, cadence, zone, 150, BEGIN, 60), zone)

            assert found == sorted(set(found)), (home, zone)


def test_a_cadence_of_hours_has_no_hour_of_its_readers_own() -> None:
    begin = datetime(2026, 3, 28, tzinfo=UTC)

    assert letters("Europe/Vienna", "every 6h", "Asia/Tokyo", 420, begin, 9) == letters(
        "Europe/Vienna", "every 6h", "Asia/Tokyo", None, begin, 9
    )


def opened(slot: datetime, released: datetime, cadence: str = "daily 07:00") -> Issue:
    return Issue(1, "d", cadence, slot, 1, IssueState.OPEN, released, released_at=released)


SLOT = datetime(2026, 11, 22, 7, tzinfo=UTC)
SEVEN = Subscription("s", "a@b.example", hour=420)
NINE = Subscription("s", "a@b.example", hour=540)


def test_a_few_seconds_of_closing_do_not_make_a_letter_a_day_late() -> None:
    digest = Digest("d", "D", (), ("daily 07:00",))

    leaves = leaves_at(SEVEN, digest, opened(SLOT, SLOT + timedelta(seconds=3)))

    assert leaves == SLOT + timedelta(seconds=3)


@pytest.mark.parametrize(("hours", "leaves"), [(1, 2), (4, 4), (13, 13), (15, 26)])
def test_an_issue_that_is_released_late_goes_out_at_once_the_same_day(hours: int, leaves: int) -> None:
    digest = Digest("d", "D", (), ("daily 07:00",), approve=True)

    found = leaves_at(NINE, digest, opened(SLOT, SLOT + timedelta(hours=hours)))

    assert found == SLOT + timedelta(hours=leaves)


def test_the_owners_time_to_look_counts_as_part_of_the_closing() -> None:
    digest = Digest("d", "D", (), ("daily 07:00",), hold=timedelta(hours=2))

    assert leaves_at(NINE, digest, opened(SLOT, SLOT + timedelta(hours=2, seconds=5))) == SLOT + timedelta(
        hours=2, seconds=5
    )
    assert leaves_at(SEVEN, digest, opened(SLOT, SLOT + timedelta(hours=2))) == SLOT + timedelta(hours=24)


def test_what_the_owner_closes_by_hand_leaves_at_the_next_such_hour() -> None:
    digest = Digest("d", "D", (), ("daily 07:00",))
    by_hand = SLOT + timedelta(hours=1, minutes=13)

    assert leaves_at(NINE, digest, opened(by_hand, by_hand)) == SLOT + timedelta(hours=2)
    assert leaves_at(SEVEN, digest, opened(by_hand, by_hand)) == SLOT + timedelta(hours=24)
