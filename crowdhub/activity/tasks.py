from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from celery import shared_task
from django.db import connections, transaction
from django.utils import timezone
from structlog import get_logger

from crowdhub.activity.domain import consume
from crowdhub.activity.models import OutboxRow
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.tasks import tenant_task

log = get_logger(__name__)

BATCH = 100  # events that one consumer gets at once
SWEEP = 2_000  # rows that one sweep hands out
MAX_ATTEMPTS = 12
# Above the time that a batch takes, or it would be sent twice while it is worked on (harmless, but wasted).
RESEND_AFTER = timedelta(seconds=20)
KEEP_DONE = timedelta(days=7)

_CLAIM = """
    UPDATE activity_outboxrow SET
        attempts = attempts + 1,
        next_attempt_at = now() + make_interval(secs => %(resend)s * power(2, least(attempts, 8))),
        parked_at = CASE WHEN attempts >= %(max)s THEN now() END
    WHERE id IN (
        SELECT id FROM activity_outboxrow
        WHERE done_at IS NULL AND parked_at IS NULL AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    )
    RETURNING id, organization_id, consumer, parked_at IS NOT NULL
"""


@shared_task
def sweep_outbox() -> int:
    """Send every waiting outbox row to its consumer; rows that were sent and never closed are sent again.

    Returns the number of rows sent. When the broker refuses, nothing is marked as sent.
    """
    batches: dict[tuple[int, str], list[int]] = defaultdict(list)
    with transaction.atomic(using="relay"):
        with connections["relay"].cursor() as cursor:
            cursor.execute(_CLAIM, {"resend": RESEND_AFTER.total_seconds(), "max": MAX_ATTEMPTS, "limit": SWEEP})
            for row_id, organization_id, consumer, parked in cursor.fetchall():
                if parked:
                    log.error("outbox row parked", row=row_id, consumer=consumer)
                else:
                    batches[organization_id, consumer].append(row_id)
        for (organization_id, consumer), ids in batches.items():
            ids.sort()
            for start in range(0, len(ids), BATCH):
                consume_events.delay(organization_id, consumer, ids[start : start + BATCH])
    return sum(map(len, batches.values()))


@tenant_task
def consume_events(organization: Organization, consumer: str, row_ids: list[int]) -> None:
    """Let a consumer work on its outbox rows."""
    try:
        consume(consumer, row_ids)
    except Exception as error:
        if len(row_ids) == 1:
            note_failure(row_ids[0], error)
            raise
        # One bad event must not hold up the others of its batch.
        for row_id in row_ids:
            consume_events.delay(organization.pk, consumer, [row_id])


def note_failure(row_id: int, error: Exception) -> None:
    """Write beside the row why its consumer failed, for the operator who may have to replay it."""
    with transaction.atomic():
        OutboxRow.objects.filter(pk=row_id).update(last_error=f"{type(error).__name__}: {error}"[:2000])


@shared_task
def purge_outbox() -> None:
    """Delete rows that were done a week ago."""
    with connections["relay"].cursor() as cursor:
        cursor.execute("DELETE FROM activity_outboxrow WHERE done_at < %s", [timezone.now() - KEEP_DONE])
