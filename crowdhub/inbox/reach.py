"""Which of many members can read which of many ideas: ideas_visible_to, for crowds instead of one reader.

A test holds that both say the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from challenges.enums import ChallengeState, Visibility
from challenges.models import Challenge, ChallengeModerator, Invitation
from challenges.queries import ROLES_THAT_SEE_ALL
from challenges.rules import acting_managers
from crowdhub.activity.models import Event
from crowdhub.people.models import RoleGrant
from ideas.enums import HANDED_IN, JOINABLE, CommentState, IdeaState
from ideas.models import Comment, Contributor, Idea, JoinRequest
from ideas.queries import ASKED_OF_MEMBER


class Reach:
    """What the given members can read of the given ideas, of the comments on them, and of challenges; eight queries."""

    def __init__(
        self, idea_ids: Collection[int], member_ids: Collection[int], challenge_ids: Collection[int] = ()
    ) -> None:
        self._ideas = Idea.objects.select_related("challenge").defer("body", "body_html").in_bulk(list(idea_ids))
        self._challenges = {idea.challenge_id: idea.challenge for idea in self._ideas.values()}
        if missing := set(challenge_ids) - self._challenges.keys():
            self._challenges |= Challenge.objects.defer("report_back", "report_back_html").in_bulk(list(missing))
        challenges = set(self._challenges)
        self._contributors = _pairs(
            Contributor.objects.filter(idea__in=self._ideas, member__in=member_ids).values_list("idea_id", "member_id")
        )
        self._asked_to_write = _pairs(
            JoinRequest.objects.filter(ASKED_OF_MEMBER, idea__in=self._ideas, member__in=member_ids).values_list(
                "idea_id", "member_id"
            )
        )
        self._managers = _pairs(
            acting_managers()
            .filter(challenge__in=challenges, member__in=member_ids)
            .values_list("challenge_id", "member_id")
        )
        self._moderators = _pairs(
            ChallengeModerator.objects.filter(challenge__in=challenges, member__in=member_ids).values_list(
                "challenge_id", "member_id"
            )
        )
        self._invited = _pairs(
            Invitation.objects.filter(challenge__in=challenges, member__in=member_ids, withdrawn_at=None).values_list(
                "challenge_id", "member_id"
            )
        )
        self._see_all = set(
            RoleGrant.objects.filter(member__in=member_ids, role__in=ROLES_THAT_SEE_ALL).values_list(
                "member_id", flat=True
            )
        )

    def can_read(self, member_id: int, event: Event) -> bool:
        """Tell whether the member can read the event's subject; its comment has to be there."""
        if event.comment is not None:
            return self.can_read_comment(member_id, event.comment)
        if event.challenge_id is not None:
            return self.can_read_challenge(member_id, event.challenge_id)
        return event.idea_id is not None and self.can_read_idea(member_id, event.idea_id)

    def can_read_idea(self, member_id: int, idea_id: int) -> bool:
        idea = self._ideas.get(idea_id)
        if idea is None:
            return False
        if member_id in self._contributors[idea_id]:
            return True
        if idea.state in JOINABLE and member_id in self._asked_to_write[idea_id]:
            return self.can_read_challenge(member_id, idea.challenge_id)
        if self._moderates_or_audits(member_id, idea.challenge_id) or member_id in self._managers[idea.challenge_id]:
            return idea.state in HANDED_IN
        return idea.state == IdeaState.PUBLISHED and self._in_reach(member_id, idea.challenge)

    def can_read_challenge(self, member_id: int, challenge_id: int) -> bool:
        challenge = self._challenges.get(challenge_id)
        if challenge is None:
            return False
        if member_id in self._managers[challenge_id] or self._in_reach(member_id, challenge):
            return True
        return self._moderates_or_audits(member_id, challenge_id) and challenge.state != ChallengeState.DRAFT

    def can_read_comment(self, member_id: int, comment: Comment) -> bool:
        if not self.can_read_idea(member_id, comment.idea_id):
            return False
        if comment.state == CommentState.VISIBLE or comment.author_id == member_id:
            return True
        return self._moderates_or_audits(member_id, self._ideas[comment.idea_id].challenge_id)

    def _moderates_or_audits(self, member_id: int, challenge_id: int) -> bool:
        return member_id in self._see_all or member_id in self._moderators[challenge_id]

    def _in_reach(self, member_id: int, challenge: Challenge) -> bool:
        if challenge.state == ChallengeState.DRAFT:
            return False
        return challenge.visibility == Visibility.ORGANIZATION or member_id in self._invited[challenge.pk]


def _pairs(rows: Collection[tuple[int, int | None]]) -> dict[int, set[int | None]]:
    found: dict[int, set[int | None]] = defaultdict(set)
    for key, member_id in rows:
        found[key].add(member_id)
    return found
