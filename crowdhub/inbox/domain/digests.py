"""When a digest is due, and for whom. The row is written before the mail is sent, so that nobody gets two."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from crowdhub.common.working_days import is_working_day
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.models import Digest, Preference
from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization

SEND_FROM: Final = time(7)
# What could not be sent by then, because workers or the mail server were down for longer, the next digest covers.
SEND_UNTIL: Final = time(10)
# What the first digest of a member looks back on.
FIRST_COVERS: Final = timedelta(days=30)
# A mail that was not sent by then lost its worker, or the mail server was down.
RESEND_AFTER: Final = timedelta(minutes=15)
BATCH: Final = 2_000  # rows in one INSERT


# Sent, or found to have nothing to say: what it covers need not be told again.
IS_SETTLED: Final = Q(sent_at__isnull=False) | Q(is_empty=True)


def digest_day(organization: Organization, now: datetime) -> date:
    """Return the day on the organization's calendar: that of the digests that may go out now."""
    return now.astimezone(ZoneInfo(organization.timezone)).date()


def is_digest_time(organization: Organization, now: datetime) -> bool:
    """Tell whether digests go out at this moment: from seven on the organization's clock, on working days."""
    local = now.astimezone(ZoneInfo(organization.timezone))
    return SEND_FROM <= local.time() < SEND_UNTIL and is_working_day(local.date(), organization.holiday_region)


def claim_digests(organization: Organization, *, now: datetime, members: QuerySet[Member] | None = None) -> list[int]:
    """Write today's digest rows of everyone who wants one today and has none, and return what is to be sent.

    That includes earlier rows of today whose mail was never sent. A digest tells what was written after the last one
    that was sent or had nothing to say, until it was claimed, both by the database's clock. `members` limits it to some
    people.
    """
    day = digest_day(organization, now)
    with transaction.atomic():
        _lock_claims(organization.pk, "pg_advisory_xact_lock")  # one claim at a time for each organization
        claimed_at = database_time()
        unsent = Digest.objects.filter(~IS_SETTLED, day=day, created_at__lte=claimed_at - RESEND_AFTER)
        left = list(unsent.values_list("pk", flat=True))
        wanting = _wanting(organization, day, now, members)
        new = Digest.objects.bulk_create(
            (
                Digest(
                    organization_id=organization.pk,
                    member_id=member_id,
                    day=day,
                    covers_since=since,
                    created_at=claimed_at,
                )
                for member_id, since in wanting.values_list("pk", "covers_since")
            ),
            batch_size=BATCH,
        )
        return [digest.pk for digest in new] + left


def hold_claims(organization_id: int) -> None:
    """Let no digest of the organization be claimed until the commit.

    What is written meanwhile is there when the next digest is claimed, or was written after the one that was claimed
    before: it falls into none of the gaps between two. Many can hold at once.
    """
    _lock_claims(organization_id, "pg_advisory_xact_lock_shared")


def _lock_claims(organization_id: int, lock: str) -> None:
    with connection.cursor() as cursor:
        name = f"digests of {organization_id}"
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [name])


def database_time() -> datetime:
    """Return the time of the clock that also says when a notification was written; workers have others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: tuple[datetime] = cursor.fetchone()
    return row[0]


def _wanting(organization: Organization, day: date, now: datetime, members: QuerySet[Member] | None) -> QuerySet[Any]:
    members = Member.objects.all() if members is None else members
    frequencies = [Frequency.DAILY, *([Frequency.WEEKLY] if _begins_week(day, organization.holiday_region) else [])]
    chosen = Preference.objects.filter(member=OuterRef("pk")).values("digest")
    # A digest that was never sent hands what it should have covered on to the next one.
    told_until = Case(When(IS_SETTLED, then=F("created_at")), default=F("covers_since"))
    before = Digest.objects.filter(member=OuterRef("pk")).order_by("-day").values_list(told_until)[:1]
    return (
        members.filter(is_active=True, erased_at=None)
        .exclude(Exists(Digest.objects.filter(member=OuterRef("pk"), day=day)))
        .annotate(frequency=Coalesce(Subquery(chosen), Value(Frequency.DAILY.value)))
        .annotate(covers_since=Coalesce(Subquery(before), Value(now - FIRST_COVERS)))
        .filter(frequency__in=frequencies)
        .order_by("pk")
    )


def _begins_week(day: date, region: str) -> bool:
    """Tell whether it is Monday, or the first working day of a week whose Monday is a holiday."""
    monday = day - timedelta(days=day.weekday())
    return not any(is_working_day(monday + timedelta(days=n), region) for n in range(day.weekday()))
