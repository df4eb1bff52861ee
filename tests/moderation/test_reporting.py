from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from challenges.enums import Visibility
from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain.publishing import hide_comment
from ideas.enums import IdeaState
from moderation.domain import reporting
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment, report_idea
from moderation.enums import CaseOutcome, ReportReason
from moderation.models import Case, Report
from tests import factories
from tests.harness.cast import Cast

MONDAY_AT_NINE = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # in Berlin


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.mark.parametrize("both", [True, False])
def test_a_case_is_about_one_thing(in_acme, challenge, both):
    idea = factories.idea(challenge, in_acme.alice)
    subjects = {"idea": idea, "comment": factories.comment(idea, in_acme.ed)} if both else {}

    with pytest.raises(IntegrityError, match="case_one_subject"), transaction.atomic():
        Case.objects.create(organization=in_acme.acme, kind="report", due_at=MONDAY_AT_NINE, **subjects)


@pytest.mark.parametrize(
    ("reason", "due_at"),
    [
        (ReportReason.SAFETY, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (ReportReason.PERSONAL_DATA, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        (ReportReason.OFF_TOPIC, datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
    ],
)
def test_the_graver_the_report_the_sooner_it_is_due(in_acme, challenge, reason, due_at):
    idea = factories.idea(challenge, in_acme.alice)

    report = report_idea(idea, reporter=in_acme.ed, reason=reason, now=MONDAY_AT_NINE)

    assert report.case.due_at == due_at
    assert Event.objects.get().verb == Verb.IDEA_REPORTED


def test_reports_on_one_content_share_a_case_and_the_gravest_sets_its_deadline(in_acme, challenge):
    comment = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.carol)
    report_comment(comment, reporter=in_acme.alice, reason=ReportReason.OFF_TOPIC, now=MONDAY_AT_NINE)

    report_comment(comment, reporter=in_acme.ed, reason=ReportReason.SAFETY, now=MONDAY_AT_NINE)

    assert Case.objects.get().due_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert Report.objects.count() == 2


def test_a_member_reports_once_until_it_is_decided(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.alice)
    first = report_idea(idea, reporter=in_acme.ed, reason=ReportReason.OFF_TOPIC)
    with pytest.raises(reporting.AlreadyReported):
        report_idea(idea, reporter=in_acme.ed, reason=ReportReason.SAFETY)
    decide_case(first.case, outcome=CaseOutcome.KEPT, reason="", actor=in_acme.bob)

    again = report_idea(idea, reporter=in_acme.ed, reason=ReportReason.SAFETY)

    assert again.case != first.case


def test_what_the_reporter_cannot_see_cannot_be_reported(in_acme):
    challenge = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    idea = factories.idea(challenge, in_acme.alice)
    comment = factories.comment(idea, in_acme.carol)

    with pytest.raises(reporting.NothingToReport):
        report_idea(idea, reporter=in_acme.ed, reason=ReportReason.SAFETY)
    with pytest.raises(reporting.NothingToReport):
        report_comment(comment, reporter=in_acme.ed, reason=ReportReason.SAFETY)


@pytest.mark.parametrize("state", [IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.REJECTED])
def test_only_published_ideas_can_be_reported(in_acme, challenge, state):
    idea = factories.idea(challenge, in_acme.alice, state=state)

    with pytest.raises(reporting.NothingToReport):
        report_idea(idea, reporter=in_acme.bob, reason=ReportReason.SAFETY)


def test_a_hidden_comment_cannot_be_reported(in_acme, challenge):
    comment = hide_comment(factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed), actor=None)

    with pytest.raises(reporting.NothingToReport):
        report_comment(comment, reporter=in_acme.bob, reason=ReportReason.SAFETY)


def test_nobody_reports_themselves(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.alice)
    comment = factories.comment(idea, in_acme.ed)

    with pytest.raises(reporting.OwnContentReported):
        report_idea(idea, reporter=in_acme.alice, reason=ReportReason.SAFETY)
    with pytest.raises(reporting.OwnContentReported):
        report_comment(comment, reporter=in_acme.ed, reason=ReportReason.SAFETY)


@pytest.mark.parametrize(
    ("reason", "text", "field"),
    [("nonsense", "", "reason"), (ReportReason.OTHER, "  ", "text"), (ReportReason.SAFETY, "x" * 1_001, "text")],
)
def test_a_report_that_says_nothing_is_refused(in_acme, challenge, reason, text, field):
    idea = factories.idea(challenge, in_acme.alice)

    with pytest.raises(reporting.ReportRefused) as refusal:
        report_idea(idea, reporter=in_acme.ed, reason=reason, text=text)

    assert refusal.value.field == field
    assert not Case.objects.exists()
