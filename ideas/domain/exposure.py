"""Who had which idea before their eyes: what fair order and scores are divided by."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization
from ideas.models import Exposure, Idea

_COUNT = """
    UPDATE ideas_idea SET seen_count = counted.members
    FROM (
        SELECT exposure.idea_id, count(*) AS members
        FROM ideas_exposure exposure GROUP BY exposure.idea_id
    ) counted
    WHERE counted.idea_id = ideas_idea.id AND ideas_idea.organization_id = %s
        AND ideas_idea.seen_count <> counted.members
"""

_COUNT_TALK = """
    UPDATE ideas_idea SET talk_count = coalesce(counted.members, 0)
    FROM ideas_idea every LEFT JOIN (
        SELECT comment.idea_id, count(DISTINCT comment.author_id) AS members
        FROM ideas_comment comment
        WHERE comment.state = 'visible' AND NOT EXISTS (
            SELECT FROM ideas_contributor own WHERE own.idea_id = comment.idea_id AND own.member_id = comment.author_id
        )
        GROUP BY comment.idea_id
    ) counted ON counted.idea_id = every.id
    WHERE every.id = ideas_idea.id AND ideas_idea.organization_id = %s
        AND ideas_idea.talk_count <> coalesce(counted.members, 0)
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


def count_talk() -> int:
    """Count again who beside its authors talks about which idea, in one statement; returns how many ideas changed."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_TALK, [current_organization().pk])
        return int(cursor.rowcount)
