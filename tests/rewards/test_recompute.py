from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from challenges.enums import PhaseKind
from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.domain.settings import change_settings
from ideas.domain.answering import answer_idea
from ideas.domain.discussion import post_comment
from ideas.domain.exposure import note_exposure
from ideas.domain.publishing import publish_idea, reject_idea, request_changes, return_to_queue
from ideas.domain.writing import submit_idea, withdraw_idea
from ideas.models import Exposure, Idea
from rewards.domain.recomputing import recompute
from rewards.models import LedgerEntry, Standing
from tests import factories
from tests.rewards.working import book_points


@pytest.fixture
def idea(in_acme):
    return factories.idea(factories.challenge(in_acme.carol), in_acme.alice)


REFUSAL = "ended: There are differences that were not put right."
MONDAY = datetime(2025, 6, 16, 8, tzinfo=UTC)  # ten o'clock in Berlin, with no holiday for months


def report(*arguments: str) -> list[str]:
    """Run the command and return its lines; differences that remain end it with an error."""
    out = StringIO()
    try:
        call_command("recompute_standings", *arguments, stdout=out)
    except CommandError as error:
        out.write(f"ended: {error}")
    return out.getvalue().splitlines()


def test_it_reports_nothing_when_everything_follows(in_acme, idea):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()

    assert report("acme") == ["acme: no differences"]
    assert report("--all") == ["acme: no differences", "globex: no differences"]


def test_it_reports_a_missing_entry_and_adds_it_only_when_told_to(in_acme, idea):
    vote = record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    line = f"acme: missing: +2 earned for member {in_acme.alice.pk} by event {vote.pk}"
    refusal = "ended: There are differences that were not put right."

    assert report("acme") == [line, refusal]
    assert LedgerEntry.objects.count() == 0
    assert report("acme", "--fix") == [f"{line} (added)"]
    assert Standing.objects.get(member=in_acme.alice).points == 2
    assert report("acme") == ["acme: no differences"]


def test_it_sets_a_wrong_standing_right(in_acme, idea):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()
    Standing.objects.filter(member=in_acme.alice).update(points=99)

    found = recompute(in_acme.acme, fix=True)

    assert found.standings == ((in_acme.alice.pk, 99, 2),)
    assert not recompute(in_acme.acme)


@pytest.mark.parametrize(("stored", "exposed"), [(5, 1), (0, 1), (3, 0)])
def test_it_sets_a_wrong_count_of_views_right(in_acme, idea, stored, exposed):
    for member in (in_acme.ed, in_acme.dave)[:exposed]:
        note_exposure(idea, member)
    Exposure.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    Idea.objects.filter(pk=idea.pk).update(seen_count=stored)
    line = f"acme: idea {idea.pk} counts as seen by {stored}, its exposures give {exposed}"

    assert report("acme") == [line, "ended: There are differences that were not put right."]
    assert report("acme", "--fix") == [f"{line} (set)"]
    assert report("acme") == ["acme: no differences"]


def test_a_view_that_the_workers_have_not_counted_yet_is_no_difference(in_acme, idea):
    note_exposure(idea, in_acme.ed)

    assert report("acme") == ["acme: no differences"]


@pytest.mark.parametrize("stored", [0, 7])
def test_it_sets_a_wrong_count_of_who_talks_about_an_idea_right(in_acme, idea, stored):
    for author in (in_acme.ed, in_acme.ed, in_acme.grace, in_acme.alice):
        factories.comment(idea, author)
    Idea.objects.filter(pk=idea.pk).update(talk_count=stored)
    line = f"acme: idea {idea.pk} counts as talked about by {stored}, its comments give 2"

    assert report("acme") == [line, REFUSAL]
    assert report("acme", "--fix") == [f"{line} (set)"]
    assert report("acme") == ["acme: no differences"]


def test_talk_that_the_workers_have_not_counted_yet_is_no_difference(in_acme, idea):
    post_comment(idea, actor=in_acme.ed, body="Which gas?")

    assert report("acme") == ["acme: no differences"]


class TestTimesOfIdeas:
    """When an answer is due and when it was given follow from submission, pauses, answers and rejections."""

    @pytest.fixture
    def challenge(self, in_acme) -> Challenge:
        challenge = factories.challenge(in_acme.carol, answer_within_days=10)
        factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-4000)
        return challenge

    @pytest.fixture
    def draft(self, in_acme, challenge) -> Idea:
        return factories.idea(challenge, in_acme.alice, state="draft", submitted_at=None, published_at=None)

    @pytest.fixture
    def idea(self, in_acme, draft) -> Idea:
        """Handed in on a Monday, sent back on Tuesday, handed in again on Thursday, published and answered twice."""
        submit_idea(draft, actor=in_acme.alice, now=MONDAY)
        request_changes(draft, actor=in_acme.bob, now=MONDAY + timedelta(days=1))
        submit_idea(draft, actor=in_acme.alice, now=MONDAY + timedelta(days=3))
        publish_idea(draft, actor=in_acme.bob, now=MONDAY + timedelta(days=4))
        answer_idea(draft, outcome="not_now", reasons="Later.", actor=in_acme.carol, now=MONDAY + timedelta(days=7))
        answer_idea(draft, outcome="selected", reasons="Now.", actor=in_acme.carol, now=MONDAY + timedelta(days=8))
        book_points()
        return draft

    @pytest.mark.parametrize(
        ("field", "due"), [("answer_due_at", timedelta(days=16)), ("answered_at", timedelta(days=7))]
    )
    @pytest.mark.parametrize("stored", [None, timedelta(days=2)])
    def test_it_sets_a_wrong_one_right(self, in_acme, idea, field, due, stored):
        wrong = None if stored is None else MONDAY + stored
        Idea.objects.filter(pk=idea.pk).update(**{field: wrong})
        told = "none" if wrong is None else wrong.isoformat()
        line = f"acme: idea {idea.pk} has {field} {told}, what it went through gives {(MONDAY + due).isoformat()}"

        assert report("acme") == [line, REFUSAL]
        assert report("acme", "--fix") == [f"{line} (set)"]
        assert report("acme") == ["acme: no differences"]
        idea.refresh_from_db()
        assert getattr(idea, field) == MONDAY + due

    def test_a_later_calendar_does_not_change_a_promise_that_was_given(self, in_acme, idea):
        changed = {"holiday_region": "US", "timezone": "America/New_York"}
        change_settings(in_acme.acme, changed, actor=in_acme.erin, now=MONDAY + timedelta(days=20))

        assert recompute(in_acme.acme).times == ()

    def test_each_pause_counts_by_the_calendar_of_its_end(self, in_acme, draft):
        submit_idea(draft, actor=in_acme.alice, now=MONDAY)
        request_changes(draft, actor=in_acme.bob, now=MONDAY + timedelta(days=1))
        changed = {"timezone": "America/New_York"}
        change_settings(in_acme.acme, changed, actor=in_acme.erin, now=MONDAY + timedelta(days=2))
        submit_idea(draft, actor=in_acme.alice, now=MONDAY + timedelta(days=3))

        assert draft.answer_due_at != MONDAY + timedelta(days=16)
        assert recompute(in_acme.acme).times == ()

    def test_a_rejection_in_force_is_the_answer_and_one_that_was_undone_is_none(self, in_acme, challenge, draft):
        undone = factories.idea(challenge, in_acme.alice, state="draft", submitted_at=None, published_at=None)
        for each in (draft, undone):
            submit_idea(each, actor=in_acme.alice, now=MONDAY)
            reject_idea(each, actor=in_acme.bob, now=MONDAY + timedelta(days=1))
        return_to_queue(undone)

        assert recompute(in_acme.acme).times == ()
        Idea.objects.update(answered_at=None)
        (wrong,) = recompute(in_acme.acme).times
        assert (wrong.idea_id, wrong.due) == (draft.pk, MONDAY + timedelta(days=1))

    def test_a_withdrawn_idea_and_an_imported_one_owe_no_answer(self, in_acme, challenge, draft):
        factories.idea(challenge, in_acme.alice)
        submit_idea(draft, actor=in_acme.alice, now=MONDAY)
        withdraw_idea(draft, actor=in_acme.alice, now=MONDAY + timedelta(days=1))

        assert recompute(in_acme.acme).times == ()


def test_an_entry_that_nothing_explains_is_reported_and_left_to_a_person(in_acme, idea):
    vote = record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()
    rule = LedgerEntry.objects.get().rule
    LedgerEntry.objects.create(
        organization=in_acme.acme,
        member=in_acme.ed,
        event=vote,
        rule=rule,
        kind="earned",
        points=500,
        occurred_at=timezone.now(),
    )

    lines = report("acme", "--fix")

    assert [line.startswith("acme: no event explains entry") for line in lines] == [True, False, False]
    assert recompute(in_acme.acme).unexplained[0].points == 500


@pytest.mark.parametrize("arguments", [[], ["acme", "--all"], ["initech"]])
def test_it_asks_for_one_organization_or_all(in_acme, arguments):
    with pytest.raises(CommandError):
        call_command("recompute_standings", *arguments)
