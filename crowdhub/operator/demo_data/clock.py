from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crowdhub.common.working_days import is_working_day
from crowdhub.tenancy.models import Organization

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Clock:
    """Places what the texts call "day -24, 7:43" in time, seen from the day of loading.

    What falls on a day off happens on the next working day; what is past stays past.
    """

    now: datetime
    zone: ZoneInfo
    region: str

    @classmethod
    def of(cls, organization: Organization, now: datetime) -> Clock:
        return cls(now=now, zone=ZoneInfo(organization.timezone), region=organization.holiday_region)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def day(self, offset: int) -> date:
        """Return the working day at an offset from today, or the next one after it."""
        return self._working_day(self.today + offset * ONE_DAY, ONE_DAY)

    def at(self, offset: int, hour: int = 9, minute: int = 0) -> datetime:
        """Return a time on a working day; an offset up to today never gives the future."""
        moment = self._on(self.day(offset), time(hour, minute))
        if offset > 0 or moment < self.now:
            return moment
        before = self._on(self._working_day(self.today + offset * ONE_DAY, -ONE_DAY), time(hour, minute))
        if before < self.now:
            return before
        return self._on(self._working_day(self.today - ONE_DAY, -ONE_DAY), time(hour, minute))

    def end_of(self, offset: int) -> datetime:
        """Return the end of a working day."""
        return self._on(self.day(offset) + ONE_DAY, time())

    def after(self, start: datetime, minutes: float) -> datetime:
        """Return a moment some minutes after a past one, on a working day, after `start` and not in the future."""
        moment = (start + timedelta(minutes=minutes)).astimezone(self.zone)
        moment = self._on(self._working_day(moment.date(), ONE_DAY), moment.timetz().replace(tzinfo=None))
        return self.between(moment, start, self.now)

    def between(self, moment: datetime, start: datetime, end: datetime) -> datetime:
        """Return the moment, moved to the middle of `start` and `end` when it is not strictly between them."""
        return moment if start < moment < end else start + (end - start) / 2

    def _working_day(self, day: date, step: timedelta) -> date:
        while not is_working_day(day, self.region):
            day += step
        return day

    def _on(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone)
