"""Telling the invited that they are asked, in one statement."""

from __future__ import annotations

from typing import Final

from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.telling_sql import notify_members

_NOT_TOLD: Final = """
    SELECT invitation.organization_id, invitation.member_id
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
"""


def notify_invitees(event: Event) -> int:
    """Tell the invited of the event's challenge who have not been told yet; return how many that were."""
    return notify_members(_NOT_TOLD, event, Reason.INVITED)
