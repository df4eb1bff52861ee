"""The order of ideas, what a card may tell, and similar ideas."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.activity.models import Event
from ideas.domain import exposure, voting
from ideas.domain.answering import answer_idea
from ideas.domain.publishing import hide_comment
from ideas.enums import IdeaState
from ideas.queries import ideas_in_fair_order, similar_ideas
from ideas.tasks import count_exposures_of
from tests import factories


def titles(ideas) -> list[str]:
    return [idea.title for idea in ideas]


def close_voting(challenge) -> None:
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)


def test_least_seen_is_first_whatever_the_votes(in_acme, challenge):
    loved = factories.idea(challenge, in_acme.alice, title="Loved", seen_count=9)
    factories.idea(challenge, in_acme.alice, title="Unseen", seen_count=0)
    factories.idea(challenge, in_acme.alice, title="Seldom", seen_count=2)
    for voter in (in_acme.ed, in_acme.bob, in_acme.dave):
        voting.cast_vote(loved, actor=voter)

    ideas = list(ideas_in_fair_order(challenge, in_acme.ed))

    assert titles(ideas) == ["Unseen", "Seldom", "Loved"]
    assert [idea.vote_count for idea in ideas] == [None, None, None]


def test_votes_do_not_move_anything_while_counts_are_hidden(in_acme, challenge):
    ideas = [factories.idea(challenge, in_acme.alice) for _number in range(12)]
    before = titles(ideas_in_fair_order(challenge, in_acme.ed))

    for voter in (in_acme.bob, in_acme.dave, in_acme.erin):
        voting.cast_vote(ideas[7], actor=voter)

    assert titles(ideas_in_fair_order(challenge, in_acme.ed)) == before


def test_ties_fall_differently_for_each_member_and_day(in_acme, challenge):
    for _number in range(12):
        factories.idea(challenge, in_acme.alice)
    now = timezone.now()

    mine = titles(ideas_in_fair_order(challenge, in_acme.ed, now=now))

    assert titles(ideas_in_fair_order(challenge, in_acme.ed, now=now)) == mine
    assert titles(ideas_in_fair_order(challenge, in_acme.bob, now=now)) != mine
    assert titles(ideas_in_fair_order(challenge, in_acme.ed, now=now + timedelta(days=1))) != mine


def test_after_voting_the_score_decides_and_counts_are_told(in_acme, challenge):
    rare, famous = (
        factories.idea(challenge, in_acme.alice, title=title, seen_count=seen)
        for title, seen in (("Two of three", 3), ("Five of forty", 40))
    )
    factories.idea(challenge, in_acme.alice, title="None of twenty", seen_count=20)
    for idea, votes in ((rare, 2), (famous, 5)):
        for _number in range(votes):
            voting.cast_vote(idea, actor=factories.member())
    close_voting(challenge)

    ideas = list(ideas_in_fair_order(challenge, in_acme.ed))

    assert [(idea.title, idea.vote_count) for idea in ideas] == [
        ("Two of three", 2),
        ("Five of forty", 5),
        ("None of twenty", 0),
    ]
    mean = 7 / 63
    assert ideas[0].score == pytest.approx((2 + 10 * mean) / (3 + 10))


def test_score_without_any_view_is_zero(in_acme, challenge):
    factories.idea(challenge, in_acme.alice)
    close_voting(challenge)

    assert [idea.score for idea in ideas_in_fair_order(challenge, in_acme.ed)] == [0]


def test_card_tells_what_the_member_did_and_what_was_answered(in_acme, challenge, idea):
    voting.cast_vote(idea, actor=in_acme.ed)
    voting.follow_idea(idea, actor=in_acme.ed)
    factories.comment(idea, in_acme.bob)
    hide_comment(factories.comment(idea, in_acme.bob), actor=in_acme.bob)
    answer_idea(idea, outcome="not_now", reasons="Later.", actor=in_acme.carol)
    answer_idea(
        idea, outcome="selected", reasons="Now.", actor=in_acme.carol, now=timezone.now() + timedelta(seconds=1)
    )

    (card,) = ideas_in_fair_order(challenge, in_acme.ed)
    (other,) = ideas_in_fair_order(challenge, in_acme.bob)

    assert (card.comment_count, card.my_vote, card.following, card.outcome) == (1, True, True, "selected")
    assert (other.my_vote, other.following) == (False, False)
    assert card.excerpt == "Turn it off at night."


def test_only_published_ideas_are_listed(in_acme, challenge, idea):
    for state in IdeaState:
        if state != IdeaState.PUBLISHED:
            factories.idea(challenge, in_acme.ed, state=state)

    assert titles(ideas_in_fair_order(challenge, in_acme.ed)) == [idea.title]


@pytest.mark.parametrize("count", [1, 20])
@pytest.mark.parametrize("closed", [False, True])
def test_cards_take_three_queries_at_most(in_acme, challenge, django_assert_num_queries, count, closed):
    for _number in range(count):
        factories.idea(challenge, in_acme.alice)
    if closed:
        close_voting(challenge)

    with django_assert_num_queries(3):  # phases of the challenge, ideas, contributors
        for idea in ideas_in_fair_order(challenge, in_acme.ed)[:20]:
            assert [one.member.name for one in idea.contributors.all()] == ["Alice"]


def test_exposures_are_noted_once_and_counted(in_acme, challenge, idea):
    other = factories.idea(challenge, in_acme.alice)
    exposure.note_exposure(idea, in_acme.ed)
    exposure.note_exposures([idea, other], in_acme.ed)
    exposure.note_exposures([idea], in_acme.bob)
    exposure.note_exposures([], in_acme.bob)

    changed = [exposure.count_exposures() for _attempt in range(2)]

    idea.refresh_from_db()
    other.refresh_from_db()
    assert (idea.seen_count, other.seen_count) == (2, 1)
    assert changed == [2, 0]
    assert not Event.objects.exists()


def test_exposures_of_another_organization_are_left_alone(in_acme, idea):
    exposure.note_exposure(idea, in_acme.ed)

    count_exposures_of(in_acme.globex.pk)

    idea.refresh_from_db()
    assert idea.seen_count == 0


def test_similar_ideas_share_words_of_the_title(in_acme, challenge, idea):
    factories.idea(challenge, in_acme.ed, title="Bicycle racks for everyone")
    factories.idea(challenge, in_acme.ed, title="Switch the presses off early", state=IdeaState.DRAFT)
    factories.idea(factories.challenge(in_acme.carol), in_acme.ed, title="Switch the presses off too")

    assert titles(similar_ideas(challenge, "switching presses off")) == [idea.title]
    assert titles(similar_ideas(challenge, "switching presses off", leave_out=idea)) == []
    assert titles(similar_ideas(challenge, "")) == []
