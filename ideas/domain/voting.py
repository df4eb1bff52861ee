"""Votes and follows. Whoever calls makes sure that the member can see the idea."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.enums import Action
from challenges.rules import has_open
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.people.models import Member
from ideas.domain.locking import hold
from ideas.domain.once import insert_once
from ideas.domain.writing import IdeaNotPublished, is_contributor
from ideas.enums import IdeaState
from ideas.models import Follow, Idea, Vote


class OwnIdea(Refusal):
    about = About.WHO_ASKS
    message = _("You cannot vote for an idea that you have a part in.")


class VotingClosed(Refusal):
    message = _("Voting is not open in this challenge.")


def cast_vote(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Vote for a published idea of others while voting is open; returns whether this vote is new.

    Many can vote for one idea at once; the unique key counts each member once.
    Raises OwnIdea, VotingClosed or IdeaNotPublished.
    """
    now = now or timezone.now()
    with transaction.atomic():
        hold(idea)
        _check_votable(idea, now)
        if is_contributor(idea, actor):
            raise OwnIdea
        is_new = insert_once(Vote, idea, actor, now)
        if is_new:
            record(Verb.VOTE_CAST, subject=idea, actor=actor, now=now)
    return is_new


def withdraw_vote(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Take one's vote back while voting is open; returns whether there was one.

    Raises VotingClosed or IdeaNotPublished.
    """
    now = now or timezone.now()
    with transaction.atomic():
        hold(idea)
        _check_votable(idea, now)
        deleted, _by_model = Vote.objects.filter(idea=idea, member=actor).delete()
        if deleted:
            record(Verb.VOTE_WITHDRAWN, subject=idea, actor=actor, now=now)
    return bool(deleted)


def follow_idea(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Hear what happens to a published idea; returns whether that is new. Raises IdeaNotPublished."""
    now = now or timezone.now()
    with transaction.atomic():
        hold(idea)
        if idea.state != IdeaState.PUBLISHED:
            raise IdeaNotPublished
        is_new = insert_once(Follow, idea, actor, now)
        if is_new:
            record(Verb.IDEA_FOLLOWED, subject=idea, actor=actor, now=now)
    return is_new


def unfollow_idea(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Stop following an idea, whatever its state; returns whether the member did."""
    with transaction.atomic():
        deleted, _by_model = Follow.objects.filter(idea=idea, member=actor).delete()
        if deleted:
            record(Verb.IDEA_UNFOLLOWED, subject=idea, actor=actor, now=now)
    return bool(deleted)


def _check_votable(idea: Idea, now: datetime) -> None:
    if idea.state != IdeaState.PUBLISHED:
        raise IdeaNotPublished
    if not has_open(idea.challenge, Action.VOTE, now=now):
        raise VotingClosed
