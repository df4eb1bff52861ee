"""Telling everyone of a challenge what came of it, in one statement."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from challenges.models import Challenge
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.tenancy.models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH

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
# The public id only has to be unique; the subquery names the member, or the planner would make one id for all rows.
_NOTIFY: Final = """
    INSERT INTO inbox_notification (organization_id, member_id, event_id, reason, created_at, public_id)
    SELECT audience.organization_id, audience.member_id, %(event)s, %(reason)s, %(at)s,
        (SELECT string_agg(substr(%(alphabet)s, 1 + floor(random() * length(%(alphabet)s))::int, 1), '')
         FROM generate_series(1, %(length)s) WHERE audience.member_id IS NOT NULL)
    FROM audience
    ON CONFLICT DO NOTHING
"""
_COUNT: Final = "SELECT count(*) FROM audience"


def notify_audience(event: Event) -> int:
    """Tell everyone whom the event's challenge concerns, but for the actor; return how many had not been told."""
    parameters: dict[str, Any] = {
        "event": event.pk,
        "reason": Reason.ASKED,
        "at": event.occurred_at,
        "challenge": event.challenge_id,
        "actor": event.actor_id,
        "alphabet": PUBLIC_ID_ALPHABET,
        "length": PUBLIC_ID_LENGTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AUDIENCE + _NOTIFY, parameters)
        return int(cursor.rowcount)


def audience_size(challenge: Challenge, *, actor_id: int) -> int:
    """Return how many people a report on the challenge would reach."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIENCE + _COUNT, {"challenge": challenge.pk, "actor": actor_id})
        return int(cursor.fetchone()[0])
