"""The number at the inbox is that of what the inbox shows, also when what was told can no longer be read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.domain.invitations import withdraw_invitation
from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.domain.notifying import DECISIONS, settle_hidden
from crowdhub.inbox.queries import notifications_of
from crowdhub.people.authentication import OrganizationBackend
from crowdhub.people.models import Member
from ideas.domain.discussion import post_comment
from ideas.domain.writing import withdraw_idea
from ideas.models import Comment, Follow, Idea
from moderation.domain.deciding import decide_case, undo_decision
from moderation.domain.reporting import report_comment, report_idea
from moderation.enums import CaseOutcome
from moderation.models import Case
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers

REASON = "Please say it without the names."


@pytest.fixture
def idea(in_acme: Cast) -> Idea:
    """Alice's idea, which Ed follows."""
    challenge = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    for member in (in_acme.alice, in_acme.ed, in_acme.grace):
        factories.invitation(challenge, member)
    idea = factories.idea(challenge, in_acme.alice)
    Follow.objects.create(organization=idea.organization, idea=idea, member=in_acme.ed)
    return idea


@pytest.fixture
def comment(in_acme: Cast, idea: Idea) -> Comment:
    comment = post_comment(idea, actor=in_acme.grace, body="It was Otto, as ever.")
    run_consumers()
    return comment


def badge_of(member: Member) -> int:
    """Return the number at the inbox, and see that the inbox shows as many."""
    number: int = OrganizationBackend().get_user(member.pk).unread_count  # type: ignore[union-attr, attr-defined]
    assert number == notifications_of(member).filter(read_at=None).count()
    return number


def hide(cast: Cast, case: Case) -> Case:
    decide_case(case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=cast.bob)
    run_consumers()
    return case


def withdraw(cast: Cast, comment: Comment) -> None:
    withdraw_idea(comment.idea, actor=cast.alice)


def take_idea_down(cast: Cast, comment: Comment) -> None:
    hide(cast, report_idea(comment.idea, reporter=cast.grace, reason="offensive").case)


def uninvite(cast: Cast, comment: Comment) -> None:
    withdraw_invitation(comment.idea.challenge.invitations.get(member=cast.ed), actor=cast.carol)


def hide_comment(cast: Cast, comment: Comment) -> None:
    hide(cast, report_comment(comment, reporter=cast.alice, reason="offensive").case)


@pytest.mark.parametrize("happens", [hide_comment, take_idea_down, withdraw, uninvite])
def test_what_a_follower_can_no_longer_read_is_not_counted(in_acme, comment, happens: Callable[..., Any]):
    assert badge_of(in_acme.ed) == 1

    happens(in_acme, comment)
    run_consumers()

    assert badge_of(in_acme.ed) == 0


def test_whoever_can_still_read_it_keeps_it_unread(in_acme, comment):
    take_idea_down(in_acme, comment)

    assert badge_of(in_acme.alice) == 2  # the comment, and what was decided


@pytest.mark.parametrize("is_idea", [True, False])
def test_a_decision_that_is_undone_makes_it_news_again(in_acme, comment, is_idea):
    case = (
        report_idea(comment.idea, reporter=in_acme.grace, reason="offensive")
        if is_idea
        else report_comment(comment, reporter=in_acme.alice, reason="offensive")
    ).case
    hide(in_acme, case)
    assert badge_of(in_acme.ed) == 0

    undo_decision(case, actor=in_acme.bob)
    run_consumers()

    assert badge_of(in_acme.ed) == 1


def test_the_page_counts_nothing_that_it_does_not_show(in_acme, comment, as_member):
    hide_comment(in_acme, comment)

    page = as_member(in_acme.ed).get(reverse("inbox:list"))

    assert [item.badge for item in page.context["nav"] if item.url == reverse("inbox:list")] == [0]


def withdrawn(*ideas: Idea) -> list[Event]:
    """Return the withdrawals in this order, with a follower who has read nothing of these ideas."""
    events = []
    for idea in ideas:
        post_comment(idea, actor=idea.challenge.created_by, body="Good.")
        run_consumers()
        withdraw_idea(idea, actor=idea.contributors.get().member)
        events.append(Event.objects.get(idea=idea, verb=Verb.IDEA_WITHDRAWN))
    return events


@pytest.mark.parametrize("number", [1, 4])
def test_ideas_that_vanish_together_are_locked_together_in_one_order(in_acme, number):
    challenge = factories.challenge(in_acme.carol)
    ideas = [factories.idea(challenge, in_acme.alice) for _number in range(number)]
    for idea in ideas:
        Follow.objects.create(organization=idea.organization, idea=idea, member=in_acme.ed)
    events = withdrawn(*reversed(ideas))

    with CaptureQueriesContext(connection) as captured:
        settle_hidden(events)

    queries = [query["sql"] for query in captured]
    [lock] = [sql for sql in queries if "FOR NO KEY UPDATE" in sql]
    assert "ORDER BY 1 ASC" in lock  # by their ids
    assert len(queries) <= 12 + number  # one update for each moment at which some of it vanished
    assert badge_of(in_acme.ed) == 0


def test_undoing_brings_back_what_vanished_together_with_something_earlier(in_acme, comment):
    case = report_idea(comment.idea, reporter=in_acme.grace, reason="offensive").case
    decide_case(case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)
    decided = Event.objects.get(idea=comment.idea, verb__in=DECISIONS)
    earlier = Event(
        verb=Verb.CONTRIBUTOR_REMOVED, idea=comment.idea, occurred_at=decided.occurred_at - timedelta(minutes=1)
    )
    settle_hidden([earlier, decided])
    assert badge_of(in_acme.ed) == 0

    undo_decision(case, actor=in_acme.bob)
    run_consumers()

    assert badge_of(in_acme.ed) == 1
