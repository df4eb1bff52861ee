"""Answers of the organization, and the answer rate of a challenge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain import answering, publishing
from ideas.domain.writing import IdeaNotPublished
from ideas.enums import IdeaState, Outcome
from ideas.queries import AnswerRate, answer_rate
from tests import factories

REASONS = "The pilot showed it *works*."


def test_answer_is_kept_with_its_reasons_and_recorded(in_acme, idea):
    answer = answering.answer_idea(idea, outcome=Outcome.SELECTED, reasons=REASONS, actor=in_acme.carol)

    idea.refresh_from_db()
    assert idea.answered_at == answer.created_at
    assert answer.reasons_html == "<p>The pilot showed it <em>works</em>.</p>\n"
    assert list(Event.objects.values_list("verb", "data")) == [
        (Verb.IDEA_ANSWERED, {"answer": answer.pk, "outcome": "selected"})
    ]


@pytest.mark.parametrize("reasons", ["", "  \n", "x" * 1_000_000])
def test_answer_without_or_with_endless_reasons_is_refused(in_acme, idea, reasons):
    with pytest.raises(answering.AnswerRefused) as refusal:
        answering.answer_idea(idea, outcome=Outcome.DECLINED, reasons=reasons, actor=in_acme.carol)

    assert refusal.value.field == "reasons"


@pytest.mark.parametrize(
    "outcomes",
    [
        ["selected", "implemented"],
        ["not_now", "selected", "implemented"],
        ["declined", "selected"],
        ["not_now", "declined"],
    ],
)
def test_answers_that_may_follow_each_other(in_acme, idea, outcomes):
    for outcome in outcomes:
        answering.answer_idea(idea, outcome=outcome, reasons=REASONS, actor=in_acme.carol)

    assert list(idea.answers.values_list("outcome", flat=True)) == outcomes


@pytest.mark.parametrize(
    "outcomes",
    [["implemented"], ["selected", "selected"], ["selected", "declined"], ["not_now", "implemented"], ["bogus"]],
)
def test_last_of_these_answers_is_refused(in_acme, idea, outcomes):
    *given, refused = outcomes
    for outcome in given:
        answering.answer_idea(idea, outcome=outcome, reasons=REASONS, actor=in_acme.carol)

    with pytest.raises(answering.AnswerRefused) as refusal:
        answering.answer_idea(idea, outcome=refused, reasons="In other words.", actor=in_acme.carol)

    assert refusal.value.field == "outcome"
    assert list(idea.answers.values_list("outcome", flat=True)) == given


def test_same_answer_once_more_is_a_second_press(in_acme, idea):
    first, second = (
        answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.carol) for _press in range(2)
    )

    assert first == second
    assert idea.answers.count() == Event.objects.count() == 1


def test_same_words_of_another_manager_or_under_a_later_answer_are_refused(in_acme, idea):
    factories.grant(in_acme.ed, "manager")
    idea.challenge.managers.create(organization=in_acme.acme, member=in_acme.ed)
    answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.carol)

    with pytest.raises(answering.AnswerRefused):
        answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.ed)
    answering.answer_idea(idea, outcome="implemented", reasons=REASONS, actor=in_acme.carol)
    with pytest.raises(answering.AnswerRefused):
        answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.carol)


def test_first_answer_sets_the_time_once(in_acme, idea):
    first = timezone.now()
    answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.carol, now=first)

    answering.answer_idea(
        idea, outcome="implemented", reasons=REASONS, actor=in_acme.carol, now=first + timedelta(days=9)
    )

    assert idea.answered_at == first


def test_answer_by_someone_who_does_not_manage_the_challenge_is_refused(in_acme, idea):
    with pytest.raises(answering.NotYoursToAnswer):
        answering.answer_idea(idea, outcome="selected", reasons=REASONS, actor=in_acme.bob)


def test_answer_to_unpublished_idea_is_refused(in_acme, challenge):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)

    with pytest.raises(IdeaNotPublished):
        answering.answer_idea(waiting, outcome="selected", reasons=REASONS, actor=in_acme.carol)


def test_answer_rate_counts_what_everyone_reads_and_apart_what_was_not_published(in_acme, challenge):
    now = timezone.now()
    on_time, late, _open = (
        factories.idea(challenge, in_acme.alice, answer_due_at=now + timedelta(days=days)) for days in (1, -1, 1)
    )
    rejected = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED, answer_due_at=now)
    for state in IdeaState:
        if state not in (IdeaState.PUBLISHED, IdeaState.REJECTED):
            factories.idea(challenge, in_acme.alice, state=state)  # of which none counts
    for idea in (on_time, late):
        answering.answer_idea(idea, outcome="declined", reasons=REASONS, actor=in_acme.carol, now=now)
    publishing.reject_idea(rejected, actor=in_acme.bob, now=now)

    rate = answer_rate(challenge)

    assert rate == AnswerRate(published=3, answered=2, in_time=1, not_published=1)
    assert rate.waiting == 1


def test_answer_rate_of_a_challenge_without_ideas_is_nothing_of_nothing(in_acme, challenge):
    assert answer_rate(challenge) == AnswerRate(published=0, answered=0, in_time=0, not_published=0)
