"""Inviting audiences. Safe to call again, and by several workers at once: the challenge's row is the queue."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from challenges.audience_sql import invite_all
from challenges.enums import ChallengeState
from challenges.models import Challenge, Invitation
from challenges.queries import phases_to_take_part_in
from crowdhub.activity.domain import record_for_each
from crowdhub.activity.enums import Verb


def invite_audiences(challenge_ids: Collection[int], *, now: datetime | None = None) -> int:
    """Invite the audience of each of these challenges that was launched and has not invited it yet.

    When it returns the invitations exist, whoever wrote them. Returns how many it wrote itself.
    """
    now = now or timezone.now()
    with transaction.atomic():
        waiting = Challenge.objects.select_for_update().filter(
            pk__in=challenge_ids, state=ChallengeState.LAUNCHED, invited_at=None
        )
        challenges = list(waiting.order_by("pk"))
        ids = [challenge.pk for challenge in challenges]
        written = invite_all(ids, now=now) if ids else 0
        Challenge.objects.filter(pk__in=ids).update(invited_at=now)
        record_for_each(Verb.CHALLENGE_INVITED, subjects=challenges, actor=None, now=now)
    return written


def invite_later_matches(member_ids: Collection[int], *, now: datetime | None = None) -> int:
    """Invite those of these members who by now match a challenge that still takes, or will take, ideas or votes.

    Nobody loses an invitation. Returns how many it wrote.
    """
    now = now or timezone.now()
    still_open = Challenge.objects.filter(
        Exists(phases_to_take_part_in(OuterRef("pk"), at=now)), state=ChallengeState.LAUNCHED
    )
    with transaction.atomic():
        # Locked, so that no challenge is closed in between; ideas may be written to it meanwhile.
        ids = list(still_open.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        written = invite_all(ids, now=now, member_ids=member_ids) if ids else 0
        if written:
            new = Invitation.objects.filter(created_at=now, member_id__in=member_ids)
            asking = list(Challenge.objects.filter(pk__in=new.values("challenge")).order_by("pk"))
            record_for_each(Verb.CHALLENGE_INVITED, subjects=asking, actor=None, now=now)
    return written
