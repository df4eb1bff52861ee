from __future__ import annotations

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from crowdhub.people.domain import bulk
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import organization_ids
from crowdhub.tenancy.tasks import tenant_task


@shared_task
def discard_outdated_changes() -> None:
    """Start the search for every organization; beat calls this."""
    for organization_id in organization_ids():
        discard_outdated_changes_of.delay(organization_id)


@tenant_task
def discard_outdated_changes_of(organization: Organization) -> None:
    """Forget whom those changes of many people were about that were never confirmed."""
    with transaction.atomic():
        bulk.discard_outdated_changes(now=timezone.now())
