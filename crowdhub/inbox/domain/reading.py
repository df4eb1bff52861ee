"""What members do with their notifications and how often they want a digest.

What somebody has read is on no record: it is nobody's business but theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.models import Notification, Preference
from crowdhub.people.models import Member


def mark_read(member: Member, public_ids: Collection[str], *, now: datetime | None = None) -> int:
    """Mark these of the member's own notifications as read; returns how many were not."""
    unread = Notification.objects.filter(member=member, public_id__in=public_ids, read_at=None)
    return unread.update(read_at=now or timezone.now())


def mark_unread(member: Member, public_ids: Collection[str]) -> int:
    """Mark these of the member's own notifications as not read; returns how many were."""
    return Notification.objects.filter(member=member, public_id__in=public_ids, read_at__isnull=False).update(
        read_at=None
    )


def mark_all_read(member: Member, *, now: datetime | None = None) -> int:
    """Mark everything of the member's as read, also what they can no longer see; returns how many were not."""
    return Notification.objects.filter(member=member, read_at=None).update(read_at=now or timezone.now())


def set_digest_frequency(member: Member, frequency: Frequency, *, now: datetime | None = None) -> bool:
    """Keep how often the member wants the digest; returns whether that is a change."""
    now = now or timezone.now()
    with transaction.atomic():
        preference, _is_new = Preference.objects.select_for_update().get_or_create(
            member=member, defaults={"organization_id": member.organization_id, "updated_at": now}
        )
        if preference.digest == frequency:
            return False
        preference.digest, preference.updated_at = frequency, now
        preference.save(update_fields=["digest", "updated_at"])
        record(Verb.MEMBER_CHANGED, subject=member, actor=member, data={"fields": ["digest"]}, now=now)
    return True
