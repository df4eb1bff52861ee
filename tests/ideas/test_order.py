"""The order of ideas, what a card may tell, and similar ideas."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db.models import prefetch_related_objects
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.activity.models import Event
from ideas.domain import exposure, voting
from ideas.domain.answering import answer_idea
from ideas.domain.publishing import hide_comment
from ideas.enums import IdeaState
from ideas.ordering import Order, ideas_in_fair_order, order_of
from ideas.queries import similar_ideas
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


def test_tiers_take_the_place_of_ranks_after_voting(in_acme, challenge):
    for views in range(20):
        factories.idea(challenge, in_acme.alice, title=f"{views}", seen_count=views)
    loved = factories.idea(challenge, in_acme.alice, title="Loved", seen_count=1)
    voting.cast_vote(loved, actor=in_acme.ed)
    close_voting(challenge)
    now = timezone.now()

    first, again = (list(ideas_in_fair_order(challenge, in_acme.ed, now=now)) for _attempt in range(2))
    of_bob = ideas_in_fair_order(challenge, in_acme.bob, now=now)

    assert titles(first) == titles(again) != titles(of_bob)
    tiers = [idea.tier for idea in first]
    assert tiers == sorted(tiers)
    assert {tier: tiers.count(tier) for tier in (1, 2, 3)} == {1: 3, 2: 8, 3: 10}
    assert {idea.title: idea.tier for idea in first} == {idea.title: idea.tier for idea in of_bob}
    by_score = sorted(first, key=lambda idea: -idea.score)
    assert [idea.tier for idea in by_score] == tiers
    assert by_score[0].title == "Loved"


def test_equal_scores_share_a_tier(in_acme, challenge):
    for _number in range(20):
        factories.idea(challenge, in_acme.alice)
    close_voting(challenge)

    assert {idea.tier for idea in ideas_in_fair_order(challenge, in_acme.ed)} == {1}


def under_way(challenge, share: float, kind: PhaseKind = PhaseKind.VOTING) -> datetime:
    """Let 100 days of a phase be over by this share in the morning of the moment that is returned, at noon."""
    challenge.phases.all().delete()
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    phase = factories.phase(challenge, kind)
    phase.starts_at = noon - timedelta(hours=12, days=share * 100)
    phase.ends_at = phase.starts_at + timedelta(days=100)
    phase.save()
    return noon


@pytest.mark.parametrize("kind", [PhaseKind.SUBMISSION, PhaseKind.VOTING])
@pytest.mark.parametrize(("share", "order"), [(0, "least_seen"), (0.59, "least_seen"), (0.6, "mixed"), (0.99, "mixed")])
def test_least_seen_for_the_first_part_of_a_phase_then_the_mix(challenge, kind, share, order):
    assert order_of(challenge, now=under_way(challenge, share, kind)) == order


def test_order_stays_for_a_day(challenge):
    noon = under_way(challenge, 0.6)

    assert {order_of(challenge, now=noon + timedelta(hours=hours)) for hours in (-11, 0, 11)} == {Order.MIXED}
    assert order_of(challenge, now=noon - timedelta(days=1)) == Order.LEAST_SEEN


def test_no_phase_and_a_phase_of_answers_leave_the_least_seen_first(challenge):
    assert order_of(challenge, now=under_way(challenge, 0.9, PhaseKind.REVIEW)) == Order.LEAST_SEEN


def test_the_mix_takes_the_least_seen_by_turns_with_what_is_drawn(in_acme, challenge):
    seen = [factories.idea(challenge, in_acme.alice, title=f"{n}", seen_count=100 + n) for n in range(30)]
    talked = [factories.idea(challenge, in_acme.alice, seen_count=900, talk_count=800 - n) for n in range(5)]
    now = under_way(challenge, 0.8)

    ideas = list(ideas_in_fair_order(challenge, in_acme.ed, now=now))

    assert ideas[:10:2] == seen[:5]
    assert set(ideas[1:10:2]) == set(talked)  # nobody but them is talked about; which is first is chance
    assert set(ideas) == {*seen, *talked}
    assert len(ideas) == 35


def test_the_mix_stays_for_a_member_and_a_day_page_after_page(in_acme, challenge):
    for n in range(50):
        factories.idea(challenge, in_acme.alice, seen_count=n % 4, talk_count=n % 3)
    now = under_way(challenge, 0.8)

    whole = list(ideas_in_fair_order(challenge, in_acme.ed, now=now))
    pages = [list(ideas_in_fair_order(challenge, in_acme.ed, now=now)[at : at + 20]) for at in (0, 20, 40)]

    assert [idea for page in pages for idea in page] == whole
    assert len(set(whole)) == 50
    assert list(ideas_in_fair_order(challenge, in_acme.bob, now=now)) != whole
    assert list(ideas_in_fair_order(challenge, in_acme.ed, now=now + timedelta(days=1))) != whole


@pytest.mark.parametrize("share", [0.1, 0.8])
def test_votes_have_no_part_in_any_order_while_they_are_secret(in_acme, challenge, share):
    ideas = [factories.idea(challenge, in_acme.alice, seen_count=9) for _number in range(12)]
    now = under_way(challenge, share)
    readers = (in_acme.ed, in_acme.grace)
    before = [titles(ideas_in_fair_order(challenge, reader, now=now)) for reader in readers]

    for voter in (in_acme.bob, in_acme.dave, in_acme.erin):
        voting.cast_vote(ideas[7], actor=voter)
    exposure.count_talk()

    assert [titles(ideas_in_fair_order(challenge, reader, now=now)) for reader in readers] == before


def test_talk_is_of_others_than_its_authors_and_of_what_is_visible(in_acme, challenge, idea):
    quiet = factories.idea(challenge, in_acme.alice, talk_count=3)
    for author in (in_acme.alice, in_acme.ed, in_acme.ed, in_acme.grace):
        factories.comment(idea, author)
    hide_comment(factories.comment(idea, in_acme.bob), actor=in_acme.bob)

    changed = [exposure.count_talk() for _attempt in range(2)]

    idea.refresh_from_db()
    quiet.refresh_from_db()
    assert (idea.talk_count, quiet.talk_count, changed) == (2, 0, [2, 0])


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
@pytest.mark.parametrize("order", Order)
def test_cards_take_two_queries(in_acme, challenge, django_assert_num_queries, count, order):
    for _number in range(count):
        factories.idea(challenge, in_acme.alice)
    now = under_way(challenge, {Order.LEAST_SEEN: 0.1, Order.MIXED: 0.8, Order.TIERS: 1.2}[order])
    prefetch_related_objects([challenge], "phases")
    assert order_of(challenge, now=now) == order

    with django_assert_num_queries(2):  # ideas, contributors
        for idea in ideas_in_fair_order(challenge, in_acme.ed, now=now)[:20]:
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
