"""By when a case is to be decided: the promise that moderators work against."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from crowdhub.common.working_days import WORKING_DAY, add_working_time
from crowdhub.tenancy.models import Organization
from moderation.enums import ReportReason

TRIAGE_TIME: Final = 3 * WORKING_DAY
REPORT_TIME: Final[dict[str, timedelta]] = {
    ReportReason.SAFETY: timedelta(hours=4),
    ReportReason.PERSONAL_DATA: WORKING_DAY,
}
OTHER_REPORT_TIME: Final = 2 * WORKING_DAY


def triage_due_at(opened_at: datetime, organization: Organization) -> datetime:
    """Return when a new idea has waited for three working days."""
    return _after(opened_at, TRIAGE_TIME, organization)


def report_due_at(reason: str, opened_at: datetime, organization: Organization) -> datetime:
    """Return when a report is overdue: after 4 working hours for a danger, a day for personal data, else two days."""
    return _after(opened_at, REPORT_TIME.get(reason, OTHER_REPORT_TIME), organization)


def _after(start: datetime, work: timedelta, organization: Organization) -> datetime:
    return add_working_time(start, work, region=organization.holiday_region, timezone=organization.timezone)
