"""Days as many languages and calendars write them."""

from datetime import datetime

import pytest

from chaffinch.extract import calendars, dates, months


@pytest.mark.parametrize(
    ("written", "language", "day"),
    [
        ("ngày 23 tháng 6 năm 2022", months.UNKNOWN, "2022-06-23"),
        ("2023. 7. 9. 오전 10:20", "ko", "2023-07-09"),
        ("2024. március 8., péntek", months.UNKNOWN, "2024-03-08"),
        ("18.jun.2024 às 10h", "pt", "2024-06-18"),
        ("3rd of May 2023", "en", "2023-05-03"),
        ("22. Jänner 2025", "de", "2025-01-22"),
        ("14.03.23", "de", "2023-03-14"),
        ("19 VIII 2023", "pl", "2023-08-19"),
        ("१४ मार्च २०२३", "hi", "2023-03-14"),
        ("14 มีนาคม 2566", "th", "2023-03-14"),
        ("16 листопада 2021", "uk", "2021-11-16"),
        ("21 Αυγούστου 2022", "el", "2022-08-21"),
        ("16 בפברואר 2021", "he", "2021-02-16"),
        ("12 تشرين الثاني 2023", "ar", "2023-11-12"),
        ("21 جانفي 2020", "ar", "2020-01-21"),
        ("12 نوفمبر/تشرين الثاني 2023", "ar", "2023-11-12"),
        ("۳ اسفند ۱۴۰۱", "fa", "2023-02-22"),
        ("۱۴۰۱/۱۲/۰۳", "fa", "2023-02-22"),
        ("۱۱ عقرب ۱۳۹۸", "fa", "2019-11-02"),
        ("27 اگست 2023", "fa", "2023-08-27"),
        ("令和5年3月26日", "ja", "2023-03-26"),
        ("民國112年3月4日", "zh", "2023-03-04"),
    ],
)
def test_a_day_is_read_as_its_language_writes_it(written: str, language: str, day: str) -> None:
    assert [f"{moment:%Y-%m-%d}" for _, _, moment in dates.each(written, language)] == [day]


@pytest.mark.parametrize("written", ["14.03.23", "19 VIII 2023", "14 มีนาคม 2566", "3rd of May 2023", "۳ اسفند ۱۴۰۱"])
def test_where_no_language_is_known_such_are_no_days(written: str) -> None:
    assert list(dates.each(written)) == []


def test_the_persian_year_has_a_leap_day_where_its_cycle_says_so() -> None:
    days = [calendars.persian(1399, 12, 30), calendars.persian(1400, 1, 1), calendars.persian(1403, 12, 30)]

    assert [str(day) for day in days] == ["2021-03-20", "2021-03-21", "2025-03-20"]


@pytest.mark.parametrize("day", [(1402, 13, 1), (1402, 1, 32), (1402, 7, 31), (700, 1, 1)])
def test_a_day_that_no_calendar_has_is_none(day: tuple[int, int, int]) -> None:
    assert calendars.persian(*day) is None


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-11-14T08:30:00+01:00", "2026-11-14T08:30:00+01:00"),
    ("2026-11-14T08:30Z", "2026-11-14T08:30:00+00:00"),
    ("2026-11-14 08:30 PM", None),
    ("2026-11-14 12:10-13:00", None),
    ("2026-11-14", None),
])  # fmt: skip
def test_a_time_is_told_with_a_day_only_as_iso_8601_has_it(text: str, moment: str | None) -> None:
    found = dates.with_time(f"on {text}", 3)

    assert (found.isoformat() if found else None) == moment


def test_a_clock_west_of_greenwich_is_behind() -> None:
    assert dates.offset(datetime.fromisoformat("2026-11-14T08:30:00-03:30")) == -210
