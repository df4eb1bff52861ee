from __future__ import annotations

from celery import shared_task
from django.db import transaction

from crowdhub.reports.domain import running
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import organization_ids
from crowdhub.tenancy.tasks import tenant_task


@tenant_task
def run_export(organization: Organization, export_id: int) -> None:
    """Make the file of an export."""
    running.run_export(organization, export_id)


@shared_task
def start_waiting_exports() -> int:
    """Start the exports of every organization that nobody works on; returns how many.

    The message about one is lost when the broker loses it, and a worker may die: the rows are the truth.
    """
    started = 0
    for organization_id in organization_ids():
        with tenant(Organization(pk=organization_id)), transaction.atomic():
            left = list(running.exports_left().values_list("pk", flat=True))
        for export_id in left:
            run_export.delay(organization_id, export_id)
        started += len(left)
    return started
