"""What members do with their notifications, what they want to hear of, and how often they want a digest.

What somebody has read is on no record: it is nobody's business but theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.enums import Channel, Frequency
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


def set_preferences(
    member: Member,
    *,
    digest: Frequency | None = None,
    talk: Channel | None = None,
    followed: Channel | None = None,
    now: datetime | None = None,
) -> bool:
    """Keep what the member wants and where; None leaves a choice as it is. Returns whether anything has changed."""
    now = now or timezone.now()
    chosen = {"digest": digest, "talk": talk, "followed": followed}
    with transaction.atomic():
        preference, _is_new = Preference.objects.select_for_update().get_or_create(
            member=member, defaults={"organization_id": member.organization_id, "updated_at": now}
        )
        changed = [name for name, choice in chosen.items() if choice not in {None, getattr(preference, name)}]
        if not changed:
            return False
        for name in changed:
            setattr(preference, name, chosen[name])
        preference.updated_at = now
        preference.save(update_fields=[*changed, "updated_at"])
        record(Verb.MEMBER_CHANGED, subject=member, actor=member, data={"fields": changed}, now=now)
    return True
