"""What readers are told about an idea, in words."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.enums import Action, Visibility
from challenges.rules import has_open, next_opening, takes_part
from crowdhub.common.templatetags.times import short_day
from crowdhub.people.models import Member
from ideas import rules
from ideas.models import Idea


def vote_note(member: Member, idea: Idea) -> str:
    """Return the sentence beside the vote: why there is none, or no count."""
    found: Any = idea
    if found.vote_count is not None:
        return ""
    if rules.contributes(member, idea):
        return _("You cannot vote for an idea that you have a part in.")
    if not has_open(idea.challenge, Action.VOTE):
        return _when_voting_opens(idea)
    if idea.challenge.visibility != Visibility.ORGANIZATION and not takes_part(member, idea.challenge):
        return _("Only those who are asked in this challenge can vote.")
    return _("Counts are shown when voting has closed.")


def why_not_to_vote(member: Member, idea: Idea) -> str:
    """Return what keeps the member from voting for the idea: `rules.vote_on_idea` in words."""
    return vote_note(member, idea) or _("Voting has closed.")


def _when_voting_opens(idea: Idea) -> str:
    opens_at = next_opening(idea.challenge, Action.VOTE)
    if opens_at is None:
        return _("Voting is not open.")
    return _("Voting opens on %s.") % short_day(timezone.localdate(opens_at))
