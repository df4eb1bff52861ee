"""What this app does when something happened."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils import timezone

from challenges.audience_sql import invite_all
from challenges.enums import ChallengeState
from challenges.models import Challenge
from challenges.queries import phases_still_taking_ideas
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit


@after_commit("challenges.invite", Verb.CHALLENGE_LAUNCHED)
def invite_audiences(events: list[Event]) -> None:
    """Invite the audience of every challenge that was launched, each member with the reason why."""
    ids = [event.challenge_id for event in events if event.challenge_id is not None]
    launched = Challenge.objects.filter(pk__in=ids, state=ChallengeState.LAUNCHED)
    invite_all(list(launched.values_list("pk", flat=True)), now=timezone.now())
    launched.filter(invited_at=None).update(invited_at=timezone.now())


@after_commit("challenges.match", Verb.MEMBER_SKILLS_CHANGED, Verb.MEMBER_CHANGED, Verb.MEMBER_INVITED)
def invite_later_matches(events: list[Event]) -> None:
    """Invite members who match an open challenge since they or their skills changed; nobody loses an invitation."""
    members = {event.member_id for event in events if event.member_id is not None}
    open_challenges = Challenge.objects.filter(
        Exists(phases_still_taking_ideas(OuterRef("pk"))), state=ChallengeState.LAUNCHED
    )
    invite_all(list(open_challenges.values_list("pk", flat=True)), now=timezone.now(), member_ids=members)
