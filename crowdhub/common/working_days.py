"""Working days and working time, as the promise to answer every idea counts them.

A working day has eight hours, nine to five on the organization's clock, and is neither a weekend nor a
public holiday of its region. The clock of a promise stands still outside of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone as django_timezone
from holidays import HolidayBase, country_holidays

DAY_BEGINS: Final = time(9)
DAY_ENDS: Final = time(17)
WORKING_DAY: Final = timedelta(hours=8)
_ONE_DAY: Final = timedelta(days=1)
_NOTHING: Final = timedelta()


def add_working_days(start: datetime, days: int, *, region: str, timezone: str) -> datetime:
    """Return the moment until which `days` working days have gone by since `start`.

    Monday 15:00 and one day give Tuesday 15:00; Saturday and one day give the end of Monday.
    `region` is a country with an optional part of it ("DE-BE"; none if empty), `timezone` an IANA name.
    Raises ValueError for a region that is not known and for days below zero.
    """
    return add_working_time(start, days * WORKING_DAY, region=region, timezone=timezone)


def add_working_time(start: datetime, work: timedelta, *, region: str, timezone: str) -> datetime:
    """Return the moment at which `work` hours of working time have gone by since `start`, in the zone's clock.

    It is within working time always, or `start` itself for no work. Raises ValueError for negative work.
    """
    if work < _NOTHING:
        raise ValueError("Working time can only be added.")
    zone = ZoneInfo(timezone)
    local = start.astimezone(zone)
    if not work:
        return local
    for day in _working_days_from(local.date(), region):
        begins = max(local, datetime.combine(day, DAY_BEGINS, zone))
        available = datetime.combine(day, DAY_ENDS, zone) - begins
        if available >= work:
            return begins + work
        work -= max(available, _NOTHING)
    raise AssertionError("Working days do not end.")


def working_time_between(start: datetime, end: datetime, *, region: str, timezone: str) -> timedelta:
    """Return the working time from `start` to `end`; negative when `end` comes first."""
    if end < start:
        return -working_time_between(end, start, region=region, timezone=timezone)
    zone = ZoneInfo(timezone)
    first, last = start.astimezone(zone), end.astimezone(zone)
    total = _NOTHING
    for day in _working_days_from(first.date(), region):
        if day > last.date():
            break
        begins = max(first, datetime.combine(day, DAY_BEGINS, zone))
        ends = min(last, datetime.combine(day, DAY_ENDS, zone))
        total += max(ends - begins, _NOTHING)
    return total


def working_time_left(due_at: datetime, *, region: str, timezone: str, now: datetime | None = None) -> timedelta:
    """Return the working time that is left until `due_at`; negative when it has passed."""
    return working_time_between(now or django_timezone.now(), due_at, region=region, timezone=timezone)


@lru_cache(maxsize=8192)
def is_working_day(day: date, region: str) -> bool:
    """Tell whether people work on a day: not at a weekend, not on a public holiday of the region."""
    if not region:
        return day.weekday() < 5
    return _calendar(region).is_working_day(day)


def is_region(region: str) -> bool:
    """Tell whether there is a calendar for a region; for none at all, with weekends only, there is."""
    if not region:
        return True
    try:
        _calendar(region)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def _calendar(region: str) -> HolidayBase:
    country, _separator, part = region.partition("-")
    try:
        return country_holidays(country, subdiv=part or None)
    except NotImplementedError as error:
        raise ValueError(f"No public holidays are known for {region!r}.") from error


def _working_days_from(day: date, region: str) -> Iterator[date]:
    while True:
        if is_working_day(day, region):
            yield day
        day += _ONE_DAY
