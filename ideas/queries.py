"""Reads of ideas that have a name. What a member may not see is not in the result."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from challenges.models import Challenge, ChallengeManager, TermsAcceptance
from challenges.queries import challenges_visible_to
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Contributor, Idea

# What was handed in, for those whose work it is to read it before it is published.
HANDED_IN = (IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED, IdeaState.PUBLISHED, IdeaState.REJECTED)


def contributed_by(member: Member) -> Exists:
    return Exists(Contributor.objects.filter(idea=OuterRef("pk"), member=member))


def ideas_of(member: Member) -> QuerySet[Idea]:
    """Return the ideas that the member contributes to, drafts included."""
    return Idea.objects.filter(contributed_by(member))


def ideas_visible_to(member: Member) -> QuerySet[Idea]:
    """Return published ideas within reach, the member's own, and what moderators and managers have to read.

    An author keeps their idea even when the invitation is withdrawn.
    """
    within_reach = Q(challenge__in=challenges_visible_to(member).values("pk"))
    handed_in = Q(state__in=HANDED_IN)
    visible = Q(contributed_by(member)) | (within_reach & Q(state=IdeaState.PUBLISHED))
    if member.roles & {Role.MODERATOR, Role.AUDITOR}:
        visible |= handed_in
    else:
        managed = ChallengeManager.objects.filter(challenge=OuterRef("challenge"), member=member)
        visible |= handed_in & Exists(managed)
    return Idea.objects.filter(visible)


def published_ideas(challenge: Challenge) -> QuerySet[Idea]:
    """Return the ideas of a challenge that everyone with access can read."""
    return Idea.objects.filter(challenge=challenge, state=IdeaState.PUBLISHED)


def comments_visible_to(member: Member) -> QuerySet[Comment]:
    """Return comments on visible ideas; a hidden one only to its author, moderators and auditors."""
    comments = Comment.objects.filter(idea__in=ideas_visible_to(member).values("pk"))
    if member.roles & {Role.MODERATOR, Role.AUDITOR}:
        return comments
    return comments.filter(Q(state=CommentState.VISIBLE) | Q(author=member))


def has_accepted_terms(challenge: Challenge, member: Member) -> bool:
    """Tell whether the member accepted the challenge's present terms, or there are none to accept."""
    if challenge.terms_id is None:
        return True
    return TermsAcceptance.objects.filter(terms=challenge.terms_id, challenge=challenge, member=member).exists()


@dataclass(frozen=True)
class AnswerRate:
    """How far the promise was kept: ideas that deserve an answer, those that got one, and those that got it in time."""

    asked: int
    answered: int
    in_time: int

    @property
    def percent(self) -> int | None:
        """Answered ideas in per cent, rounded down so that 100 means all; None when nobody asked."""
        return self.answered * 100 // self.asked if self.asked else None

    @property
    def in_time_percent(self) -> int | None:
        """Of the answered ideas, those answered in time, in per cent rounded down; None when there is no answer."""
        return self.in_time * 100 // self.answered if self.answered else None


def answer_rate(challenge: Challenge) -> AnswerRate:
    """Return how many ideas of a challenge were answered, in one query.

    Published ideas count, and rejected ones as answered, since they got a reason.
    """
    ideas = Idea.objects.filter(challenge=challenge, state__in=(IdeaState.PUBLISHED, IdeaState.REJECTED))
    answered = Q(answered_at__isnull=False)
    in_time = answered & (Q(answer_due_at=None) | Q(answered_at__lte=F("answer_due_at")))
    return AnswerRate(
        **ideas.aggregate(asked=Count("pk"), answered=Count("pk", filter=answered), in_time=Count("pk", filter=in_time))
    )
