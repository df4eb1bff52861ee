from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.working_days import (
    WORKING_DAY,
    add_working_days,
    add_working_time,
    is_working_day,
    working_time_between,
    working_time_left,
)

BERLIN = {"region": "DE-BE", "timezone": "Europe/Berlin"}
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(2035, 12, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")]),
)
places = st.sampled_from(
    [
        BERLIN,
        {"region": "DE-BY", "timezone": "Europe/Berlin"},
        {"region": "US", "timezone": "America/New_York"},
        {"region": "", "timezone": "Asia/Kathmandu"},
    ]
)


def berlin(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=ZoneInfo("Europe/Berlin"))  # type: ignore[arg-type,misc]  # year to minute


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (berlin(2026, 11, 23, 15), 1, berlin(2026, 11, 24, 15)),  # Monday to Tuesday
        (berlin(2026, 11, 20, 15), 1, berlin(2026, 11, 23, 15)),  # over a weekend
        (berlin(2026, 11, 21, 12), 1, berlin(2026, 11, 23, 17)),  # from a Saturday: all of Monday
        (berlin(2026, 11, 23, 22), 1, berlin(2026, 11, 24, 17)),  # late in the evening: all of the next day
        (berlin(2026, 12, 23, 10), 2, berlin(2026, 12, 28, 10)),  # over Christmas and a weekend
        (berlin(2026, 3, 6, 10), 1, berlin(2026, 3, 9, 10)),  # International Women's Day 2026 is a Sunday
        (berlin(2027, 3, 5, 10), 1, berlin(2027, 3, 9, 10)),  # and in 2027 a Monday, free in Berlin
        (berlin(2026, 10, 23, 10), 1, berlin(2026, 10, 26, 10)),  # the clock changes in between
        (berlin(2026, 11, 23, 15), 0, berlin(2026, 11, 23, 15)),
    ],
)
def test_add_working_days(start, days, due):
    assert add_working_days(start, days, **BERLIN) == due


def test_public_holidays_are_those_of_the_region():
    womens_day = date(2027, 3, 8)
    corpus_christi = date(2026, 6, 4)

    assert [is_working_day(womens_day, region) for region in ("DE-BE", "DE-BY", "")] == [False, True, True]
    assert [is_working_day(corpus_christi, region) for region in ("DE-BE", "DE-BY")] == [True, False]


def test_weekends_are_never_working_days():
    assert not is_working_day(date(2026, 11, 21), "DE-BE")
    assert not is_working_day(date(2026, 11, 22), "")


def test_nights_and_weekends_take_nothing_of_a_promise():
    friday_evening, monday_morning = berlin(2026, 11, 20, 17), berlin(2026, 11, 23, 9)

    assert working_time_between(friday_evening, monday_morning, **BERLIN) == timedelta()


def test_working_time_left_is_negative_when_late():
    due = berlin(2026, 11, 23, 12)

    assert working_time_left(due, now=berlin(2026, 11, 23, 10), **BERLIN) == timedelta(hours=2)
    assert working_time_left(due, now=berlin(2026, 11, 24, 10), **BERLIN) == -timedelta(hours=6)


def test_an_unknown_region_is_refused():
    with pytest.raises(ValueError, match="XX-YY"):
        add_working_days(berlin(2026, 11, 23, 15), 1, region="XX-YY", timezone="Europe/Berlin")


def test_time_cannot_be_taken_away():
    with pytest.raises(ValueError, match="only be added"):
        add_working_days(berlin(2026, 11, 23, 15), -1, **BERLIN)


@given(start=moments, days=st.integers(0, 60), place=places)
def test_what_was_added_lies_in_between(start, days, place):
    due = add_working_days(start, days, **place)

    assert working_time_between(start, due, **place) == days * WORKING_DAY
    assert working_time_between(due, start, **place) == -days * WORKING_DAY


@given(start=moments, first=st.integers(0, 4000), second=st.integers(0, 4000), place=places)
def test_a_pause_moves_a_deadline_by_its_own_length(start, first, second, place):
    together = add_working_time(start, timedelta(minutes=first + second), **place)
    one_by_one = add_working_time(
        add_working_time(start, timedelta(minutes=first), **place), timedelta(minutes=second), **place
    )

    assert one_by_one == together
