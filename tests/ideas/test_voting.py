"""Votes and follows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.templatetags.times import short_day
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas.domain import voting
from ideas.domain.writing import IdeaNotPublished
from ideas.enums import IdeaState
from ideas.models import Follow, Idea, Vote
from tests import factories


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_vote_twice_counts_once(in_acme, idea):
    cast_now = [voting.cast_vote(idea, actor=in_acme.ed) for _attempt in range(2)]

    assert cast_now == [True, False]
    assert Vote.objects.count() == 1
    assert verbs() == [Verb.VOTE_CAST]


def test_withdraw_vote_twice_is_one_event(in_acme, idea):
    voting.cast_vote(idea, actor=in_acme.ed)

    withdrawn = [voting.withdraw_vote(idea, actor=in_acme.ed) for _attempt in range(2)]

    assert withdrawn == [True, False]
    assert not Vote.objects.exists()
    assert verbs() == [Verb.VOTE_CAST, Verb.VOTE_WITHDRAWN]


def test_vote_on_own_idea_is_refused(in_acme, idea):
    with pytest.raises(voting.OwnIdea):
        voting.cast_vote(idea, actor=in_acme.alice)

    assert not Vote.objects.exists()


def test_vote_outside_of_voting_is_refused(in_acme, challenge, idea):
    factories.phase(challenge, PhaseKind.VOTING, starts_in=1)

    with pytest.raises(voting.VotingClosed):
        voting.cast_vote(idea, actor=in_acme.ed)


def test_vote_is_kept_when_voting_has_closed(in_acme, challenge, idea):
    voting.cast_vote(idea, actor=in_acme.ed)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    fresh = Idea.objects.get()

    with pytest.raises(voting.VotingClosed):
        voting.withdraw_vote(fresh, actor=in_acme.ed)

    assert Vote.objects.count() == 1


def test_vote_on_unpublished_idea_is_refused(in_acme, challenge):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)

    with pytest.raises(IdeaNotPublished):
        voting.cast_vote(waiting, actor=in_acme.ed)


def test_follow_and_unfollow_are_recorded_once_each(in_acme, idea):
    followed = [voting.follow_idea(idea, actor=in_acme.ed) for _attempt in range(2)]
    left = [voting.unfollow_idea(idea, actor=in_acme.ed) for _attempt in range(2)]

    assert (followed, left) == ([True, False], [True, False])
    assert not Follow.objects.exists()
    assert verbs() == [Verb.IDEA_FOLLOWED, Verb.IDEA_UNFOLLOWED]


def test_concurrent_votes_are_exact(committed_db):
    """Eight voters press twice each, all at once: eight votes and eight events."""
    acme = factories.organization("acme")
    with tenant(acme), transaction.atomic():
        idea = factories.idea(factories.challenge(factories.member()), factories.member())
        voters = [factories.member() for _number in range(8)]

    def vote(voter: Member) -> bool:
        try:
            with tenant(acme), transaction.atomic():
                return voting.cast_vote(Idea.objects.get(pk=idea.pk), actor=voter)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        results = list(pool.map(vote, voters * 2))

    with tenant(acme), transaction.atomic():
        assert sorted(results) == [False] * 8 + [True] * 8
        assert Vote.objects.count() == 8
        assert Event.objects.filter(verb=Verb.VOTE_CAST).count() == 8


def test_page_says_when_voting_opens(in_acme, as_member):
    challenge = factories.challenge(in_acme.carol)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=9, ends_in=20)
    idea = factories.idea(challenge, in_acme.bob)
    opens_on = short_day(timezone.localdate(timezone.now() + timedelta(days=9)))

    page = as_member(in_acme.alice).get(idea.get_absolute_url()).content.decode()

    assert f"Voting opens on {opens_on}." in page
