from __future__ import annotations

from smtplib import SMTPException

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from crowdhub.people.domain import bulk, joining
from crowdhub.tenancy.models import Domain, Organization
from crowdhub.tenancy.tasks import tenant_task

MAIL_TRIES = 5
MAIL_PAUSE_SECONDS = 20


@shared_task
def discard_outdated_changes() -> None:
    """Start the search for every organization; beat calls this."""
    for organization_id in Domain.objects.values_list("organization_id", flat=True).distinct().order_by():
        discard_outdated_changes_of.delay(organization_id)


@tenant_task
def discard_outdated_changes_of(organization: Organization) -> None:
    """Forget whom those changes of many people were about that were never confirmed."""
    with transaction.atomic():
        bulk.discard_outdated_changes(now=timezone.now())


@tenant_task
def send_password_link(organization: Organization, member_id: int, tries: int = 1) -> None:
    """Mail a member the link to a new password; tries again for some minutes while the mail server is down."""
    try:
        with transaction.atomic():
            joining.mail_password_link(member_id)
    except (SMTPException, OSError):
        if tries >= MAIL_TRIES:
            raise
        again = (organization.pk, member_id, tries + 1)
        send_password_link.apply_async(again, countdown=MAIL_PAUSE_SECONDS * tries)
