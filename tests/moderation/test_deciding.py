from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.domain.publishing import IdeaNotWaiting
from ideas.domain.writing import submit_idea, withdraw_idea
from ideas.enums import CommentState, IdeaState
from ideas.models import Idea
from moderation.domain import deciding
from moderation.domain.claiming import claim_case, held_by_another
from moderation.domain.deciding import decide_case, undo_decision
from moderation.domain.reporting import report_comment, report_idea
from moderation.enums import CaseKind, CaseOutcome, CaseState, ReportReason
from moderation.models import Case
from tests import factories
from tests.harness.cast import Cast

REASON = "Please say in which hall this happens."


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.fixture
def idea(in_acme: Cast, challenge: Challenge) -> Idea:
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    return submit_idea(draft, actor=in_acme.alice)


@pytest.fixture
def case(idea: Idea) -> Case:
    return Case.objects.get(idea=idea)


@pytest.fixture
def bella(in_acme: Cast) -> Member:
    """A second moderator."""
    bella = factories.member("Bella")
    factories.grant(bella, Role.MODERATOR)
    return bella


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_an_idea_that_is_handed_in_opens_a_case_due_in_three_working_days(in_acme, challenge):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    friday_at_three = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
    factories.phase(challenge, "submission", starts_in=-400, ends_in=400)

    idea = submit_idea(draft, actor=in_acme.alice, now=friday_at_three)

    case = Case.objects.get(idea=idea)
    assert (case.kind, case.state) == (CaseKind.TRIAGE, CaseState.OPEN)
    assert case.due_at == datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def test_withdrawing_an_idea_cancels_its_case(in_acme, idea, case):
    withdraw_idea(idea, actor=in_acme.alice)

    case.refresh_from_db()
    assert case.state == CaseState.CANCELLED
    with pytest.raises(deciding.CaseAlreadyDecided):
        decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)


@pytest.mark.parametrize(
    ("outcome", "state", "verb"),
    [
        (CaseOutcome.APPROVED, IdeaState.PUBLISHED, Verb.IDEA_PUBLISHED),
        (CaseOutcome.CHANGES_REQUESTED, IdeaState.CHANGES_REQUESTED, Verb.IDEA_CHANGES_REQUESTED),
        (CaseOutcome.REJECTED, IdeaState.REJECTED, Verb.IDEA_REJECTED),
    ],
)
def test_a_decision_does_what_it_says_and_is_recorded(in_acme, idea, case, outcome, state, verb):
    decision = decide_case(case, outcome=outcome, reason=REASON, actor=in_acme.bob)

    idea.refresh_from_db()
    case.refresh_from_db()
    assert (idea.state, case.state, case.claimed_by) == (state, CaseState.DECIDED, None)
    assert decision.reason_html == f"<p>{REASON}</p>\n"
    assert verbs() == [Verb.IDEA_SUBMITTED, Verb.CASE_DECIDED, verb]
    assert Event.objects.get(verb=Verb.CASE_DECIDED).data == {"decision": decision.pk, "outcome": outcome}


@pytest.mark.parametrize("outcome", [CaseOutcome.CHANGES_REQUESTED, CaseOutcome.REJECTED])
@pytest.mark.parametrize("reason", ["", "   no      ", "x" * 4_001])
def test_all_but_an_approval_needs_a_reason(in_acme, idea, case, outcome, reason):
    with pytest.raises(deciding.ReasonMissing) as refusal:
        decide_case(case, outcome=outcome, reason=reason, actor=in_acme.bob)

    idea.refresh_from_db()
    assert refusal.value.field == "reason"
    assert idea.state == IdeaState.SUBMITTED


@pytest.mark.parametrize("outcome", [CaseOutcome.HIDDEN, CaseOutcome.KEPT, "nonsense"])
def test_an_outcome_of_another_kind_is_refused(in_acme, case, outcome):
    with pytest.raises(deciding.OutcomeNotPossible):
        decide_case(case, outcome=outcome, reason=REASON, actor=in_acme.bob)


def test_of_two_moderators_the_second_is_told(in_acme, bella, case):
    same_case = Case.objects.get(pk=case.pk)
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)

    with pytest.raises(deciding.CaseAlreadyDecided):
        decide_case(same_case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=bella)


def test_nobody_decides_about_their_own_idea(in_acme, challenge):
    draft = factories.idea(challenge, in_acme.bob, state=IdeaState.DRAFT)
    case = Case.objects.get(idea=submit_idea(draft, actor=in_acme.bob))

    with pytest.raises(deciding.OwnContent):
        decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)


def test_a_claim_keeps_others_out_for_a_quarter_of_an_hour(in_acme, bella, case):
    now = timezone.now()
    claim_case(case.public_id, actor=in_acme.bob, now=now)
    claim_case(case.public_id, actor=bella, now=now + timedelta(minutes=14))
    case.refresh_from_db()

    assert held_by_another(case, bella, now=now + timedelta(minutes=14))
    with pytest.raises(deciding.CaseHeldByAnother):
        decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=bella, now=now + timedelta(minutes=14))

    claim_case(case.public_id, actor=bella, now=now + timedelta(minutes=15))
    case.refresh_from_db()
    assert case.claimed_by == bella


def test_opening_the_next_case_lets_the_last_one_go(in_acme, challenge, case):
    draft = factories.idea(challenge, in_acme.ed, state=IdeaState.DRAFT)
    other = Case.objects.get(idea=submit_idea(draft, actor=in_acme.ed))
    claim_case(case.public_id, actor=in_acme.bob)

    claim_case(other.public_id, actor=in_acme.bob)

    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.claimed_by, other.claimed_by) == (None, in_acme.bob)


@pytest.mark.parametrize("outcome", [CaseOutcome.APPROVED, CaseOutcome.CHANGES_REQUESTED, CaseOutcome.REJECTED])
def test_undo_puts_the_idea_back_into_the_queue(in_acme, idea, case, outcome):
    decision = decide_case(case, outcome=outcome, reason=REASON, actor=in_acme.bob)

    undo_decision(case, actor=in_acme.bob)

    idea.refresh_from_db()
    case.refresh_from_db()
    decision.refresh_from_db()
    assert (idea.state, case.state) == (IdeaState.SUBMITTED, CaseState.OPEN)
    assert decision.undone_at is not None
    assert verbs()[-1] == Verb.CASE_REOPENED


def test_undo_after_a_minute_is_refused(in_acme, case):
    now = timezone.now()
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob, now=now)

    with pytest.raises(deciding.UndoTooLate):
        undo_decision(case, actor=in_acme.bob, now=now + timedelta(seconds=61))


def test_undo_by_another_moderator_is_refused(in_acme, bella, case):
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)

    with pytest.raises(deciding.NotYourDecision):
        undo_decision(case, actor=bella)


def test_undo_twice_is_refused(in_acme, case):
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    undo_decision(case, actor=in_acme.bob)

    with pytest.raises(deciding.UndoTooLate):
        undo_decision(case, actor=in_acme.bob)


def test_undo_when_the_author_has_handed_in_again_is_refused(in_acme, idea, case):
    decide_case(case, outcome=CaseOutcome.CHANGES_REQUESTED, reason=REASON, actor=in_acme.bob)
    submit_idea(idea, actor=in_acme.alice)

    with pytest.raises(deciding.UndoOvertaken):
        undo_decision(case, actor=in_acme.bob)

    assert Case.objects.filter(idea=idea, state=CaseState.OPEN).count() == 1


def test_hiding_a_reported_comment_and_undoing_it(in_acme, challenge):
    comment = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed)
    report = report_comment(comment, reporter=in_acme.alice, reason=ReportReason.OFFENSIVE)

    decide_case(report.case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)
    comment.refresh_from_db()
    assert comment.state == CommentState.HIDDEN

    undo_decision(report.case, actor=in_acme.bob)
    comment.refresh_from_db()
    assert comment.state == CommentState.VISIBLE


def test_hiding_a_reported_idea_and_undoing_it(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.alice)
    report = report_idea(idea, reporter=in_acme.ed, reason=ReportReason.PERSONAL_DATA)

    decide_case(report.case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)
    idea.refresh_from_db()
    assert idea.state == IdeaState.REJECTED

    undo_decision(report.case, actor=in_acme.bob)
    idea.refresh_from_db()
    assert idea.state == IdeaState.PUBLISHED


def test_keeping_reported_content_changes_nothing(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.alice)
    report = report_idea(idea, reporter=in_acme.ed, reason=ReportReason.OFF_TOPIC)

    decide_case(report.case, outcome=CaseOutcome.KEPT, reason="", actor=in_acme.bob)

    idea.refresh_from_db()
    assert idea.state == IdeaState.PUBLISHED


def test_a_decision_about_an_idea_that_has_moved_on_is_refused_whole(in_acme, idea, case):
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.WITHDRAWN)

    with pytest.raises(IdeaNotWaiting):
        decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert not case.decisions.exists()
