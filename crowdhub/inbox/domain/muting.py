"""Muting an idea or a challenge, and hearing of it again. Who does not want to hear of what is on no record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.inbox.models import Mute, Notification
from crowdhub.inbox.wishes import OPTIONAL
from crowdhub.people.models import Member
from ideas.models import Idea


def mute(member: Member, subject: Idea | Challenge, *, now: datetime | None = None) -> Mute:
    """Spare the member the talk about an idea, or about all of a challenge; what is unread of it counts as read.

    The digest no longer asks them to answer a muted challenge either, which home and inbox still do.
    Muting again returns the mute that is there.
    """
    now = now or timezone.now()
    of = {"idea": subject} if isinstance(subject, Idea) else {"challenge": subject}
    with transaction.atomic():
        defaults = {"organization_id": member.organization_id, "created_at": now}
        found: Mute = Mute.objects.get_or_create(member=member, **of, defaults=defaults)[0]
        Notification.objects.filter(_spared(subject), member=member, read_at=None).update(read_at=now)
    return found


def unmute(muted: Mute) -> None:
    """Let the member hear of the subject again, from now on."""
    muted.delete()


def _spared(subject: Idea | Challenge) -> Q:
    if isinstance(subject, Idea):
        return OPTIONAL & (Q(event__idea=subject) | Q(event__comment__idea=subject))
    talk = OPTIONAL & (Q(event__idea__challenge=subject) | Q(event__comment__idea__challenge=subject))
    return talk | Q(event__challenge=subject, event__verb=Verb.CHALLENGE_REPORTED)
