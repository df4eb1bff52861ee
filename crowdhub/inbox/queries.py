"""Reads of notifications and preferences that have a name."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from challenges.queries import challenges_visible_to
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.models import Notification, Preference
from crowdhub.people.models import Member
from ideas.queries import comments_visible_to, ideas_visible_to


def notifications_of(member: Member) -> QuerySet[Notification]:
    """Return the member's notifications whose subject they can still see, the newest first, with what words need."""
    visible = (
        Q(event__challenge__in=challenges_visible_to(member).values("pk"))
        | Q(event__idea__in=ideas_visible_to(member).values("pk"))
        | Q(event__comment__in=comments_visible_to(member).values("pk"))
    )
    return with_subjects(Notification.objects.filter(visible, member=member)).order_by("-created_at", "-pk")


def with_subjects(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    """Bring along everything that a notification's words are made of, without the long texts."""
    return notifications.select_related(
        "event__actor", "event__challenge", "event__idea__challenge", "event__comment__idea__challenge"
    ).defer(
        "event__idea__body",
        "event__idea__body_html",
        "event__comment__body",
        "event__comment__body_html",
        "event__comment__idea__body",
        "event__comment__idea__body_html",
    )


def digest_frequency(member: Member) -> Frequency:
    """Return how often the member wants the digest; daily for one who never said."""
    preference = Preference.objects.filter(member=member).first()
    return Frequency(preference.digest) if preference else Frequency.DAILY
