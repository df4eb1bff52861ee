"""Who had which idea before their eyes: what fair order and scores are divided by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization
from ideas.models import Exposure, Idea

_COUNT = """
    UPDATE ideas_idea SET seen_count = counted.members
    FROM (
        SELECT idea.id, count(exposure.id) AS members
        FROM ideas_idea idea LEFT JOIN ideas_exposure exposure ON exposure.idea_id = idea.id GROUP BY idea.id
    ) counted
    WHERE counted.id = ideas_idea.id AND ideas_idea.organization_id = %s
        AND ideas_idea.seen_count <> counted.members
"""
# By then what is new has been counted: the workers count every two minutes.
COUNTED_AFTER: Final = timedelta(minutes=5)

_TALK = """
    FROM ideas_idea every LEFT JOIN (
        SELECT comment.idea_id, count(DISTINCT comment.author_id) AS members
        FROM ideas_comment comment
        WHERE comment.state = 'visible' AND NOT EXISTS (
            SELECT FROM ideas_contributor own WHERE own.idea_id = comment.idea_id AND own.member_id = comment.author_id
        )
        GROUP BY comment.idea_id
    ) counted ON counted.idea_id = every.id
"""
_COUNT_TALK = f"""
    UPDATE ideas_idea SET talk_count = coalesce(counted.members, 0) {_TALK}
    WHERE every.id = ideas_idea.id AND ideas_idea.organization_id = %s
        AND ideas_idea.talk_count <> coalesce(counted.members, 0)
"""  # noqa: S608  constants
_WRONG_TALK = f"""
    SELECT every.id, every.talk_count, coalesce(counted.members, 0) {_TALK}
    WHERE every.organization_id = %s AND NOT every.id = ANY(%s)
        AND every.talk_count <> coalesce(counted.members, 0)
    ORDER BY every.id
"""


def note_exposure(idea: Idea, member: Member) -> None:
    """Note that the member saw the idea; once is enough. One statement."""
    note_exposures([idea], member)


def note_exposures(ideas: Iterable[Idea], member: Member) -> None:
    """Note that the member saw these ideas, in one statement (none for no ideas)."""
    Exposure.objects.bulk_create(
        [Exposure(organization_id=idea.organization_id, idea=idea, member=member) for idea in ideas],
        ignore_conflicts=True,
    )


def count_exposures() -> int:
    """Count again who saw what in the open organization, in one statement; returns how many ideas changed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [current_organization().pk])
        return int(cursor.rowcount)


def wrong_seen_counts(*, now: datetime | None = None) -> list[tuple[int, int, int]]:
    """Return (id of the idea, stored, due) where the stored count is not that of the exposures.

    Exposures of the last minutes may be counted in it, or not yet.
    """
    before = (now or timezone.now()) - COUNTED_AFTER
    counted = Idea.objects.annotate(
        due=Count("exposures"), due_by_now=Count("exposures", filter=Q(exposures__created_at__lte=before))
    )
    wrong = counted.filter(Q(seen_count__lt=F("due_by_now")) | Q(seen_count__gt=F("due")))
    return list(wrong.order_by("pk").values_list("pk", "seen_count", "due"))


def count_talk() -> int:
    """Count again who beside its authors talks about which idea, in one statement; returns how many ideas changed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_TALK, [current_organization().pk])
        return int(cursor.rowcount)


def wrong_talk_counts(*, now: datetime | None = None) -> list[tuple[int, int, int]]:
    """Return (id of the idea, stored, due) where the stored count of who talks about it is not that of its comments.

    What happened to an idea or its comments in the last minutes may be counted in it, or not yet.
    """
    before = (now or timezone.now()) - COUNTED_AFTER
    lately = Event.objects.filter(occurred_at__gt=before).annotate(about=Coalesce("idea_id", "comment__idea_id"))
    uncounted = lately.exclude(about=None).values_list("about", flat=True).distinct()
    with connection.cursor() as cursor:
        cursor.execute(_WRONG_TALK, [current_organization().pk, list(uncounted)])
        return [(pk, stored, due) for pk, stored, due in cursor.fetchall()]
