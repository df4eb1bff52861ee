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
_TAKE_BACK = """
    UPDATE activity_outboxrow SET attempts = attempts - 1, next_attempt_at = now()
    WHERE id = ANY(%s) AND done_at IS NULL AND attempts > 0
"""


@shared_task
def sweep_outbox() -> int:
    """Send every waiting outbox row to its consumer; rows that were sent and never closed are sent again.

    Returns the number of rows sent. When the broker refuses, what it did not take is not marked as sent.
    """
    batches = _claim()
    sent = 0
    # After the commit: a worker that is quick would find the rows locked, and pass them by. A sweep that dies here has
    # its rows sent again, as those whose message is lost.
    try:
        for batch in batches:
            consume_events.delay(*batch)
            sent += 1
    finally:
        _take_back([row_id for _organization, _consumer, ids in batches[sent:] for row_id in ids])
    return sum(len(ids) for _organization, _consumer, ids in batches)


def _claim() -> list[tuple[int, str, list[int]]]:
    """Mark waiting rows as sent and return them in batches, each of one organization and consumer."""
    rows: dict[tuple[int, str], list[int]] = defaultdict(list)
    with transaction.atomic(using="relay"), connections["relay"].cursor() as cursor:
        cursor.execute(_CLAIM, {"resend": RESEND_AFTER.total_seconds(), "max": MAX_ATTEMPTS, "limit": SWEEP})
        claimed = cursor.fetchall()
    for row_id, organization_id, consumer, parked in sorted(claimed):
        if parked:
            log.error("outbox row parked", row=row_id, consumer=consumer)
        else:
            rows[organization_id, consumer].append(row_id)
    return [
        (organization_id, consumer, ids[start : start + BATCH])
        for (organization_id, consumer), ids in rows.items()
        for start in range(0, len(ids), BATCH)
    ]


def _take_back(row_ids: list[int]) -> None:
    """Let rows wait as if they had never been sent."""
    if row_ids:
        with connections["relay"].cursor() as cursor:
            cursor.execute(_TAKE_BACK, [row_ids])


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
