"""Telling everyone of a challenge what came of it, in one statement."""

from __future__ import annotations

from typing import Final

from django.db import connection

from challenges.models import Challenge
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.telling_sql import notify_members

# Those who are asked; where everyone can read the challenge also those who took part in it without being asked. Nobody
# is told of what they cannot open, or do not want to hear of.
_AUDIENCE: Final = """
    WITH told AS (
        SELECT member_id FROM challenges_invitation WHERE challenge_id = %(challenge)s AND withdrawn_at IS NULL
        UNION
        SELECT part.member_id FROM challenges_challenge challenge
        JOIN ideas_idea idea ON idea.challenge_id = challenge.id AND idea.state NOT IN ('draft', 'withdrawn')
        CROSS JOIN LATERAL (
            SELECT member_id FROM ideas_contributor WHERE idea_id = idea.id
            UNION ALL SELECT author_id FROM ideas_comment WHERE idea_id = idea.id AND state = 'visible'
            UNION ALL SELECT member_id FROM ideas_vote WHERE idea_id = idea.id
        ) part
        WHERE challenge.id = %(challenge)s AND challenge.visibility = 'organization'
    ), audience AS (
        SELECT member.organization_id, member.id AS member_id FROM told JOIN people_member member
        ON member.id = told.member_id
        WHERE member.is_active AND member.erased_at IS NULL AND member.id IS DISTINCT FROM %(actor)s
            AND NOT EXISTS (
                SELECT FROM inbox_mute mute WHERE mute.member_id = member.id AND mute.challenge_id = %(challenge)s
            )
    )
"""
_MEMBERS: Final = "SELECT organization_id, member_id FROM audience"
_COUNT: Final = "SELECT count(*) FROM audience"


def notify_audience(event: Event) -> int:
    """Tell everyone whom the event's challenge concerns, but for the actor; return how many had not been told."""
    return notify_members(_AUDIENCE + _MEMBERS, event, Reason.ASKED)


def audience_size(challenge: Challenge, *, actor_id: int) -> int:
    """Return how many people a report on the challenge would reach."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIENCE + _COUNT, {"challenge": challenge.pk, "actor": actor_id})
        return int(cursor.fetchone()[0])
