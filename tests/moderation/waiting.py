from __future__ import annotations

from challenges.models import Challenge
from crowdhub.people.models import Member
from ideas.domain.writing import submit_idea
from ideas.enums import IdeaState
from moderation.models import Case
from tests import factories


def waiting(challenge: Challenge, author: Member, title: str = "Close the gates") -> Case:
    """Hand in an idea and return the case that waits for a moderator."""
    draft = factories.idea(challenge, author, state=IdeaState.DRAFT, title=title)
    return Case.objects.get(idea=submit_idea(draft, actor=author))
