from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from crowdhub.inbox.domain.digests import claim_digests, is_digest_time
from crowdhub.inbox.domain.sending import BATCH, send_digests
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import organization_ids
from crowdhub.tenancy.tasks import tenant_task


@shared_task
def send_due_digests() -> None:
    """Let every organization see whether its digests are due."""
    for organization_id in organization_ids():
        send_organization_digests.delay(organization_id)


@tenant_task
def send_organization_digests(organization: Organization) -> None:
    """Claim the digests that are due in the organization, and hand them out in batches."""
    now = timezone.now()
    if not is_digest_time(organization, now):
        return
    ids = claim_digests(organization, now=now)
    for start in range(0, len(ids), BATCH):
        send_digest_batch.delay(organization.pk, ids[start : start + BATCH])


@tenant_task
def send_digest_batch(organization: Organization, digest_ids: list[int]) -> None:
    """Send one batch of claimed digests."""
    send_digests(organization, digest_ids)
