from __future__ import annotations

from smtplib import SMTPException

from django.db import transaction

from crowdhub.people.domain import joining
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.tasks import tenant_task

MAIL_TRIES = 5
MAIL_PAUSE_SECONDS = 20


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
