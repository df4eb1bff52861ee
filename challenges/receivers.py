"""What this app does when something happened."""

from __future__ import annotations

from challenges.domain import inviting
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit


@after_commit("challenges.invite", Verb.CHALLENGE_LAUNCHED)
def invite_audiences(events: list[Event]) -> None:
    """Invite the audience of every challenge that was launched, each member with the reason why."""
    inviting.invite_audiences({event.challenge_id for event in events if event.challenge_id is not None})


@after_commit(
    "challenges.match", Verb.MEMBER_SKILLS_CHANGED, Verb.MEMBER_CHANGED, Verb.MEMBER_INVITED, Verb.GROUP_JOINED
)
def invite_later_matches(events: list[Event]) -> None:
    """Invite members who match an open challenge since they, their groups or their skills changed."""
    inviting.invite_later_matches({event.member_id for event in events if event.member_id is not None})
