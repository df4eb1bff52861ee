"""Telling an audience in one statement: it may be the whole of a large organization."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.tenancy.models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH

# The public id only has to be unique: a notification is found by its own member and by nobody else. The
# subquery names the invitation, or the planner would make one id for all rows.
_NOTIFY_SQL: Final = """
    INSERT INTO inbox_notification (organization_id, member_id, event_id, reason, created_at, public_id)
    SELECT invitation.organization_id, invitation.member_id, %(event)s, %(reason)s, %(at)s,
        (SELECT string_agg(substr(%(alphabet)s, 1 + floor(random() * length(%(alphabet)s))::int, 1), '')
         FROM generate_series(1, %(length)s) WHERE invitation.id IS NOT NULL)
    FROM challenges_invitation invitation
    JOIN people_member member ON member.id = invitation.member_id
    WHERE invitation.challenge_id = %(challenge)s AND invitation.withdrawn_at IS NULL
        AND member.is_active AND member.erased_at IS NULL
        AND invitation.member_id IS DISTINCT FROM %(actor)s
        AND NOT EXISTS (
            SELECT FROM challenges_challengemanager manager
            WHERE manager.challenge_id = invitation.challenge_id AND manager.member_id = invitation.member_id
        )
        AND NOT EXISTS (
            SELECT FROM inbox_notification told JOIN activity_event event ON event.id = told.event_id
            WHERE told.member_id = invitation.member_id AND told.reason = %(reason)s
                AND event.challenge_id = invitation.challenge_id
        )
    ON CONFLICT DO NOTHING
"""


def notify_invitees(event: Event) -> int:
    """Tell the invited of the event's challenge who have not been told yet; return how many that were."""
    parameters: dict[str, Any] = {
        "event": event.pk,
        "reason": Reason.INVITED,
        "at": event.occurred_at,
        "challenge": event.challenge_id,
        "actor": event.actor_id,
        "alphabet": PUBLIC_ID_ALPHABET,
        "length": PUBLIC_ID_LENGTH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTIFY_SQL, parameters)
        return int(cursor.rowcount)
