"""Reads of notifications and preferences that have a name."""

from __future__ import annotations

from typing import Final

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from challenges.queries import challenges_visible_to
from crowdhub.activity.enums import Verb
from crowdhub.inbox.models import Mute, Notification, Preference
from crowdhub.people.models import Member
from ideas.models import JoinRequest
from ideas.queries import ASKED_OF_MEMBER, ideas_visible_to, open_comments

# What the words of a notification are made of; these tables are wide, and every column costs time.
_SUBJECTS: Final = ("event__actor", "event__challenge", "event__idea__challenge", "event__comment__idea__challenge")
_NEEDED: Final = (
    *("public_id", "reason", "created_at", "written_at", "read_at", "member_id", "event__verb", "event__data"),
    *("event__actor__name", "event__actor__erased_at"),
    *("event__challenge__public_id", "event__challenge__title", "event__challenge__language"),
    *("event__comment__public_id", "event__comment__state", "event__comment__author_id"),
    *(
        f"event__{path}{field}"
        for path in ("idea__", "comment__idea__")
        for field in (
            *("public_id", "title", "language"),
            *("challenge__public_id", "challenge__title", "challenge__language"),
        )
    ),
)


def notifications_of(member: Member) -> QuerySet[Notification]:
    """Return the member's notifications whose subject they can still see, the newest first, with what words need.

    `invitation` is the id of what an author asks of the member, in the line that tells it, until it is answered.
    """
    # One idea or none stands behind each event, so that what is visible is asked once.
    about = Coalesce("event__idea", "event__comment__idea")
    idea_is_visible = Q(about__in=ideas_visible_to(member).values("pk"))
    challenge_is_visible = Q(event__challenge__in=challenges_visible_to(member).values("pk"))
    comment_is_open = Q(event__comment=None) | open_comments(member, "event__comment__")
    visible = challenge_is_visible | (idea_is_visible & comment_is_open)
    notifications = Notification.objects.filter(member=member).alias(about=about).filter(visible)
    asked = JoinRequest.objects.filter(ASKED_OF_MEMBER, idea=OuterRef("event__idea"), member=member)
    invitation = When(event__verb=Verb.JOIN_INVITED, then=Subquery(asked.values("public_id")[:1]))
    return with_subjects(notifications).annotate(invitation=Case(invitation)).order_by("-created_at", "-pk")


def with_subjects(notifications: QuerySet[Notification]) -> QuerySet[Notification]:
    """Bring along everything that a notification's words are made of, and nothing else."""
    return notifications.select_related(*_SUBJECTS).only(*_NEEDED)


def preference_of(member: Member) -> Preference:
    """Return what the member has chosen; for one who never did, what everyone begins with, unsaved."""
    return Preference.objects.filter(member=member).first() or Preference(member=member)


def mutes_of(member: Member) -> QuerySet[Mute]:
    """Return what the member has muted and can still see, the newest first, with its idea or challenge."""
    seen = Q(idea__in=ideas_visible_to(member).values("pk")) | Q(
        challenge__in=challenges_visible_to(member).values("pk")
    )
    return Mute.objects.filter(seen, member=member).select_related("idea", "challenge").order_by("-created_at", "-pk")
