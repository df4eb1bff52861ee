from __future__ import annotations

from celery import shared_task
from django.db import transaction

from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import organization_ids
from crowdhub.tenancy.tasks import tenant_task
from ideas.domain import exposure, files


@shared_task
def count_exposures() -> None:
    """Start the count for every organization; beat calls this."""
    for organization_id in organization_ids():
        count_exposures_of.delay(organization_id)


@tenant_task
def count_exposures_of(organization: Organization) -> None:
    """Bring the stored counts of one organization up to date with its exposures and comments."""
    with transaction.atomic():
        exposure.count_exposures()
        exposure.count_talk()


@shared_task
def forget_stray_files() -> None:
    """Start the search for every organization; beat calls this."""
    for organization_id in organization_ids():
        forget_stray_files_of.delay(organization_id)


@tenant_task
def forget_stray_files_of(organization: Organization) -> None:
    """Delete those of one organization's stored files that belong to nothing."""
    files.forget_stray_files()
