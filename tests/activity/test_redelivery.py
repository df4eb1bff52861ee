"""Every consumer may get an event twice: what it has done already stays as it is."""

from __future__ import annotations

import pytest

from challenges.domain.reporting_back import send_report
from challenges.enums import ChallengeState
from crowdhub.activity.models import OutboxRow
from crowdhub.inbox.models import Notification
from ideas.domain.answering import answer_idea
from ideas.domain.discussion import post_comment
from ideas.domain.joining import ask_to_join, decline_join, invite_colleague
from ideas.domain.linking import link_ideas
from ideas.domain.teams import add_contributor, remove_contributor
from ideas.domain.voting import cast_vote, follow_idea
from ideas.enums import LinkKind
from ideas.models import JoinRequest
from moderation.domain.deciding import decide_case, undo_decision
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome, ReportReason
from moderation.models import Case
from tests import factories
from tests.harness.outbox import run_consumers
from tests.moderation.waiting import waiting
from tests.tenancy.rows import changed, rows_of


def much_happens(cast) -> None:
    """Let nearly everything happen that a consumer works on."""
    challenge = factories.challenge(cast.carol)
    case = waiting(challenge, cast.alice)
    decide_case(case, outcome=CaseOutcome.REJECTED, reason="Please say in which hall.", actor=cast.bob)
    run_consumers()
    undo_decision(case, actor=cast.bob)
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=cast.bob)
    idea = case.idea
    follow_idea(idea, actor=cast.grace)
    cast_vote(idea, actor=cast.ed)
    link_ideas(idea, factories.idea(challenge, cast.dave), LinkKind.BUILDS_ON, actor=cast.alice)
    ask_to_join(idea, actor=cast.dave)
    decline_join(JoinRequest.objects.get(member=cast.dave), actor=cast.alice)
    invite_colleague(idea, cast.erin, actor=cast.alice)
    add_contributor(idea, cast.frank, actor=cast.alice, share=20)
    remove_contributor(idea, cast.frank, actor=cast.alice)
    comment = post_comment(idea, actor=cast.ed, body="It was Otto.")
    run_consumers()
    report_comment(comment, reporter=cast.grace, reason=ReportReason.OTHER, text="A name.")
    decide_case(
        Case.objects.get(comment=comment), outcome=CaseOutcome.HIDDEN, reason="Without the name.", actor=cast.bob
    )
    answer_idea(idea, outcome="selected", reasons="It pays.", actor=cast.carol)
    over = factories.challenge(cast.carol, state=ChallengeState.CLOSED)
    factories.invitation(over, cast.ed)
    send_report(over, body="We build it.", known_version=0, actor=cast.carol)


def without_the_outbox(rows: dict[str, str]) -> dict[str, str]:
    return {table: content for table, content in rows.items() if table != "activity_outboxrow"}


def deliver_all_at_once() -> None:
    OutboxRow.objects.update(done_at=None)
    assert run_consumers() > 20


def deliver_each_alone_the_latest_first() -> None:
    for row in OutboxRow.objects.order_by("-event_id"):
        OutboxRow.objects.filter(pk=row.pk).update(done_at=None)
        assert run_consumers() == 1


@pytest.mark.parametrize("deliver_again", [deliver_all_at_once, deliver_each_alone_the_latest_first])
def test_what_is_delivered_again_changes_nothing(in_acme, deliver_again):
    much_happens(in_acme)
    run_consumers()
    assert Notification.objects.values("event__verb").distinct().count() >= 8
    before = rows_of(in_acme.acme)

    deliver_again()

    assert changed(without_the_outbox(before), rows_of(in_acme.acme)) == []
