"""Home: asked of you, your ideas, news. Nothing else competes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from challenges.enums import PhaseKind, Visibility
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.templatetags.times import short_day
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Notification
from crowdhub.people.enums import Role
from crowdhub.people.models import RoleGrant, Skill
from ideas.enums import IdeaState
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome
from tests import factories
from tests.challenges.shared import BUDGET
from tests.harness.queries import page_and_queries
from tests.moderation.waiting import waiting

SAVEPOINT = 2  # a request inside a test's transaction sets and releases one


@pytest.fixture
def home(in_acme, as_member):
    browser = as_member(in_acme.alice)
    return lambda: browser.get(reverse("pages:home"))


def asked_titles(response):
    return [item.invitation.challenge.title for item in response.context["asked"]]


def test_invited_member_is_asked_with_the_reason(in_acme, home):
    challenge = factories.challenge(in_acme.carol, title="Tight joints", visibility=Visibility.INVITED)
    invitation = factories.invitation(challenge, in_acme.alice)
    invitation.reason = [["skill", in_acme.welding.pk, 4]]
    invitation.save()

    response = home()

    assert asked_titles(response) == ["Tight joints"]
    assert "You are asked because you know Welding (level 4)." in response.content.decode()


def test_most_urgent_challenge_is_first(in_acme, home):
    for title, days in (("Later", 9), ("Soon", 2), ("Latest", 30)):
        challenge = factories.challenge(in_acme.carol, title=title)
        factories.phase(challenge, PhaseKind.SUBMISSION, ends_in=days)
        factories.invitation(challenge, in_acme.alice)

    assert asked_titles(home()) == ["Soon", "Later", "Latest"]


def test_withdrawn_closed_and_answered_challenges_are_not_asked(in_acme, home):
    withdrawn, over, answered = (factories.challenge(in_acme.carol) for _ in range(3))
    for challenge in (withdrawn, over, answered):
        factories.invitation(challenge, in_acme.alice)
    withdrawn.invitations.update(withdrawn_at=timezone.now())
    factories.phase(over, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)
    factories.idea(answered, in_acme.alice)

    assert asked_titles(home()) == []


def test_draft_keeps_the_challenge_asked(in_acme, home):
    challenge = factories.challenge(in_acme.carol)
    factories.invitation(challenge, in_acme.alice)
    factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)

    response = home()

    assert [item.has_draft for item in response.context["asked"]] == [True]
    assert "Continue your draft" in response.content.decode()


def test_idea_that_was_returned_is_first(in_acme, home):
    challenge = factories.challenge(in_acme.carol)
    for title, state in (("Fine", IdeaState.PUBLISHED), ("Returned", IdeaState.CHANGES_REQUESTED)):
        factories.idea(challenge, in_acme.alice, title=title, state=state)

    assert [idea.title for idea in home().context["ideas"]] == ["Returned", "Fine"]


def test_news_are_what_is_unread(in_acme, home):
    challenge = factories.challenge(in_acme.carol)
    idea = factories.idea(challenge, in_acme.alice, title="Sleep at night")
    event = record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    Notification.objects.create(organization=in_acme.acme, member=in_acme.alice, event=event, reason=Reason.CONTRIBUTOR)

    response = home()

    assert [line.text for line in response.context["news"]] == ["Your idea is published"]


def test_head_says_in_short_what_waits(in_acme, home):
    for _number in range(2):
        factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)
    factories.idea(factories.challenge(in_acme.carol), in_acme.alice, state=IdeaState.CHANGES_REQUESTED)
    due_at = timezone.now() + timedelta(days=40)
    factories.idea(factories.challenge(in_acme.carol), in_acme.alice, answer_due_at=due_at)

    assert home().context["in_short"] == [
        "2 questions are waiting for you.",
        "You were asked to change one of your ideas.",
        f"You will have your next answer by {short_day(timezone.localdate(due_at))}.",
    ]


def test_head_counts_what_is_not_shown_too(in_acme, home):
    for _number in range(8):
        factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)
    challenge, now = factories.challenge(in_acme.carol), timezone.now()
    for _number in range(7):
        factories.idea(challenge, in_acme.alice, state=IdeaState.CHANGES_REQUESTED)
    # The ones that were saved long ago, below all that is shown: their answers are due first.
    for days, state in ((30, IdeaState.PUBLISHED), (3, IdeaState.SUBMITTED), (-1, IdeaState.PUBLISHED)):
        due_at = now + timedelta(days=days)
        factories.idea(
            challenge, in_acme.alice, state=state, answer_due_at=due_at, saved_at=now - timedelta(days=200 + days)
        )
    factories.idea(challenge, in_acme.alice, answer_due_at=now - timedelta(days=9), answered_at=now)
    factories.idea(challenge, in_acme.ed, answer_due_at=now - timedelta(days=9))

    response = home()

    assert response.context["in_short"] == [
        "8 questions are waiting for you.",
        "You were asked to change 7 of your ideas.",
        "The answer to one of your ideas is overdue.",
        f"You will have your next answer by {short_day(timezone.localdate(now + timedelta(days=3)))}.",
    ]
    assert (len(response.context["asked"]), len(response.context["ideas"])) == (6, 6)


def test_head_of_a_home_where_nothing_waits(home):
    assert home().context["in_short"] == ["Nothing is waiting for you today."]


def in_short(client):
    return client.get(reverse("pages:home")).context["in_short"]


def test_moderators_are_told_of_open_cases_each_of_their_own(in_acme, as_member):
    challenge, elsewhere = factories.challenge(in_acme.carol), factories.challenge(in_acme.carol)
    factories.moderator(challenge, in_acme.ed)
    idea = factories.idea(challenge, in_acme.alice)
    comment = factories.comment(idea, in_acme.alice)
    report_comment(comment, reporter=in_acme.grace, reason="offensive")
    waiting(challenge, in_acme.alice)
    waiting(elsewhere, in_acme.alice)

    assert in_short(as_member(in_acme.bob)) == ["3 cases wait for you in moderation."]
    assert in_short(as_member(in_acme.ed)) == ["2 cases wait for you in moderation."]
    for other in (in_acme.frank, in_acme.grace):
        assert in_short(as_member(other)) == ["Nothing is waiting for you today."]


def test_moderators_are_not_told_of_cases_that_are_decided(in_acme, as_member):
    case = waiting(factories.challenge(in_acme.carol), in_acme.alice)
    bob = as_member(in_acme.bob)
    assert in_short(bob) == ["One case waits for you in moderation."]

    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)

    assert in_short(bob) == ["Nothing is waiting for you today."]


@pytest.mark.parametrize(
    ("days", "one", "two"),
    [
        (None, "One idea waits for your answer.", "2 ideas wait for your answer."),
        (
            3,
            "One idea waits for your answer, which is due on {}.",
            "2 ideas wait for your answer; the first is due on {}.",
        ),
        (
            -3,
            "One idea waits for your answer, which was due on {}.",
            "2 ideas wait for your answer; the first was due on {}.",
        ),
    ],
)
def test_managers_are_told_of_ideas_without_an_answer_and_of_the_first_day(in_acme, as_member, days, one, two):
    due_at = None if days is None else timezone.now() + timedelta(days=days)
    day = short_day(timezone.localdate(due_at)) if due_at else ""
    challenge = factories.challenge(in_acme.carol)
    factories.idea(challenge, in_acme.alice, answer_due_at=due_at)
    factories.idea(challenge, in_acme.alice, answered_at=timezone.now())
    factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)
    factories.idea(factories.challenge(in_acme.erin), in_acme.alice, answer_due_at=timezone.now() - timedelta(days=9))
    carol = as_member(in_acme.carol)
    assert in_short(carol) == [one.format(day)]

    factories.idea(factories.challenge(in_acme.carol), in_acme.ed, answer_due_at=due_at and due_at + timedelta(days=1))

    assert in_short(carol) == [two.format(day)]


def test_managers_are_not_told_of_their_own_ideas_nor_without_the_role(in_acme, as_member):
    factories.idea(factories.challenge(in_acme.carol), in_acme.carol)
    factories.idea(factories.challenge(in_acme.ed), in_acme.alice)
    RoleGrant.objects.filter(member=in_acme.ed).delete()

    assert in_short(as_member(in_acme.ed)) == ["Nothing is waiting for you today."]
    assert not [sentence for sentence in in_short(as_member(in_acme.carol)) if "your answer" in sentence]


def test_home_of_somebody_with_every_duty_stays_within_the_budget(in_acme, as_member):
    erin = in_acme.erin
    factories.grant(erin, Role.MODERATOR)
    Skill.objects.all().delete()  # one of the first steps
    challenge = factories.challenge(erin)
    invitation = factories.invitation(factories.challenge(in_acme.carol), erin)
    invitation.reason = [["department", in_acme.operations.pk]]
    invitation.save()
    factories.idea(challenge, in_acme.alice)
    waiting(challenge, in_acme.alice)
    browser = as_member(erin)
    browser.get("/")  # the visit is noted

    page, queries = page_and_queries(browser, "/")

    assert len(queries) <= BUDGET
    assert "Getting started" in page
    assert "One case waits for you in moderation. One idea waits for your answer." in page
    assert "1 case to decide" in page
    assert "1 idea to answer" in page


def test_empty_home_says_what_will_be_there(home):
    page = home().content.decode()

    assert "Nothing is asked of you right now" in page
    assert "You have not written an idea yet" in page
    assert "Nothing new" in page


@pytest.mark.parametrize("count", [1, 3])
def test_number_of_queries_stays(in_acme, as_member, count, django_assert_num_queries: DjangoAssertNumQueries):
    for _number in range(count):
        challenge = factories.challenge(in_acme.carol)
        invitation = factories.invitation(challenge, in_acme.alice)
        invitation.reason = [["skill", in_acme.welding.pk, 4]]
        invitation.save()
        idea = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
        event = record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
        Notification.objects.create(
            organization=in_acme.acme, member=in_acme.alice, event=event, reason=Reason.CONTRIBUTOR
        )
    browser = as_member(in_acme.alice)

    browser.get("/")  # the process learns the host; the visit is noted
    with django_assert_num_queries(7 + SAVEPOINT):
        browser.get("/")
