"""Calendar months, each named by its first day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crowdhub.tenancy.models import Organization

MOST_MONTHS = 36  # in one report


def month_of(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return month_of(month + timedelta(days=31))


def month_before(month: date) -> date:
    return month_of(month - timedelta(days=1))


def last_day_of(month: date) -> date:
    return next_month(month) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the months from the first to the last one, both included."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)


def last_full_month(organization: Organization, now: datetime) -> date:
    """Return the latest month that is over where the organization is."""
    return month_before(month_of(now.astimezone(ZoneInfo(organization.timezone)).date()))


def choosable_months(organization: Organization, now: datetime) -> list[date]:
    """Return the full months that a report can be about, the latest first."""
    months = [last_full_month(organization, now)]
    while len(months) < MOST_MONTHS:
        months.append(month_before(months[-1]))
    return months


def bounds_of(month: date, organization: Organization) -> tuple[datetime, datetime]:
    """Return when a month begins and ends where the organization is; the end is not part of it."""
    zone = ZoneInfo(organization.timezone)
    begins, ends = (datetime.combine(day, time(), zone) for day in (month, next_month(month)))
    return begins, ends
