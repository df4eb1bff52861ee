"""Sending the digests that were claimed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from structlog import get_logger

from crowdhub.inbox.digest_content import Content, collect
from crowdhub.inbox.digest_mail import digest_mail
from crowdhub.inbox.domain.digests import IS_SETTLED, digest_day
from crowdhub.inbox.models import Digest
from crowdhub.tenancy.hosts import organization_url
from crowdhub.tenancy.models import Organization

log = get_logger(__name__)

BATCH: Final = 100  # mails of one task


def send_digests(organization: Organization, digest_ids: Sequence[int], *, now: datetime | None = None) -> int:
    """Send these digests, and mark those with nothing to say as empty; return how many mails went out.

    A mail that cannot be written, or that a server refuses, stays unsent and is tried again with the same Message-ID;
    others go on. Digests of another day stay unsent for good, however late their task comes: the next one covers what
    they do.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = Digest.objects.filter(~IS_SETTLED, pk__in=digest_ids, day=digest_day(organization, now))
        digests = list(due.select_related("member"))
        contents = collect(digests, now=now)
        silent = [digest.pk for digest in digests if not _speaks(digest, contents)]
        Digest.objects.filter(pk__in=silent).update(is_empty=True)
        base_url = organization_url(organization.pk)
    to_send = [digest for digest in digests if digest.pk not in set(silent)]
    connection = get_connection()
    try:
        return sum(_send(digest, contents[digest.member_id], organization, base_url, connection) for digest in to_send)
    finally:
        connection.close()


def _speaks(digest: Digest, contents: dict[int, Content]) -> bool:
    content = contents.get(digest.member_id)
    return digest.member.is_active and content is not None and content.is_worth_a_mail


def _send(
    digest: Digest, content: Content, organization: Organization, base_url: str, connection: BaseEmailBackend
) -> bool:
    """Send one, holding its row: another worker passes it by, and a crash leaves it to be sent again."""
    with transaction.atomic():
        row = Digest.objects.select_for_update(skip_locked=True).filter(pk=digest.pk, sent_at=None).first()
        if row is None:
            return False
        try:
            connection.open()
            digest_mail(digest, content, organization, base_url, connection=connection).send()
        except Exception:  # a backend raises what it likes, and one mail must not keep the others
            log.exception("digest not sent", digest=digest.pk)
            connection.close()
            return False
        row.sent_at = timezone.now()
        row.save(update_fields=["sent_at"])
    return True
