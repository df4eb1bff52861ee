from __future__ import annotations

import pytest
from django.utils import timezone

from challenges.domain.invitations import invite_by_name, withdraw_invitation
from challenges.domain.inviting import invite_audiences
from challenges.enums import ClauseKind, Visibility
from challenges.models import AudienceClause, Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.domain import reading
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Notification
from crowdhub.inbox.queries import notifications_of
from crowdhub.inbox.reach import Reach
from crowdhub.inbox.words import line
from crowdhub.people.models import Member
from ideas.domain import joining, teams
from ideas.domain.answering import answer_idea
from ideas.domain.discussion import post_comment
from ideas.domain.publishing import hide_comment, publish_idea, reject_idea, request_changes
from ideas.domain.writing import submit_idea
from ideas.enums import CommentState, IdeaState, Outcome
from ideas.models import Comment, Follow, Idea, JoinRequest
from ideas.queries import comments_visible_to, ideas_visible_to
from moderation.domain.deciding import decide_case, undo_decision
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome, ReportReason
from moderation.models import Case
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers

REASON = "Please say in which hall this happens."


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.fixture
def idea(in_acme: Cast, challenge: Challenge) -> Idea:
    return factories.idea(challenge, in_acme.alice)


def follow(idea: Idea, member: Member) -> None:
    Follow.objects.create(organization=idea.organization, idea=idea, member=member)


def told() -> set[tuple[str, str, str]]:
    """Who was told what, and why."""
    run_consumers()
    rows = Notification.objects.values_list("member__name", "event__verb", "reason")
    return set(rows)


def audience_of(challenge: Challenge, *members: Member) -> None:
    for member in members:
        AudienceClause.objects.create(
            organization=challenge.organization, challenge=challenge, kind=ClauseKind.INCLUDE, member=member
        )


def test_a_launch_tells_the_invited_and_nobody_else(in_acme):
    challenge = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    audience_of(challenge, in_acme.alice, in_acme.carol)
    record(Verb.CHALLENGE_LAUNCHED, subject=challenge, actor=in_acme.carol)

    assert told() == {("Alice", Verb.CHALLENGE_INVITED, Reason.INVITED)}
    assert len(Notification.objects.get().public_id) == 10


def test_inviting_again_tells_only_those_who_were_not_told(in_acme, challenge):
    audience_of(challenge, in_acme.alice, in_acme.ed)
    invite_audiences([challenge.pk])
    run_consumers()
    invite_by_name(challenge, member=in_acme.grace, actor=in_acme.carol)

    assert told() == {
        ("Alice", Verb.CHALLENGE_INVITED, Reason.INVITED),
        ("Ed", Verb.CHALLENGE_INVITED, Reason.INVITED),
        ("Grace", Verb.CHALLENGE_CHANGED, Reason.INVITED),
    }


def test_another_change_of_a_challenge_tells_nobody(in_acme, challenge):
    factories.invitation(challenge, in_acme.alice)
    record(Verb.CHALLENGE_CHANGED, subject=challenge, actor=in_acme.carol)

    assert told() == set()


def test_every_invitee_gets_a_public_id_of_their_own(in_acme, challenge):
    for _ in range(20):
        factories.invitation(challenge, factories.member())
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)
    run_consumers()

    assert Notification.objects.values("public_id").distinct().count() == 20


def test_handing_in_tells_nobody_because_moderators_have_their_queue(in_acme, challenge):
    submit_idea(factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT), actor=in_acme.alice)

    assert told() == set()


@pytest.mark.parametrize(
    ("decide", "verb", "followers_hear"),
    [
        (publish_idea, Verb.IDEA_PUBLISHED, True),
        (request_changes, Verb.IDEA_CHANGES_REQUESTED, False),
        (reject_idea, Verb.IDEA_REJECTED, False),
    ],
)
def test_what_moderators_do_to_an_idea_its_contributors_hear(in_acme, challenge, decide, verb, followers_hear):
    idea = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)
    follow(idea, in_acme.ed)

    decide(idea, actor=in_acme.bob)

    expected = {("Alice", verb, Reason.CONTRIBUTOR)}
    assert told() == expected | ({("Ed", verb, Reason.FOLLOWER)} if followers_hear else set())


def test_an_answer_reaches_contributors_and_followers_once_each(in_acme, idea):
    follow(idea, in_acme.alice)
    follow(idea, in_acme.ed)

    answer_idea(idea, outcome=Outcome.SELECTED, reasons="It saves most.", actor=in_acme.carol)

    assert told() == {
        ("Alice", Verb.IDEA_ANSWERED, Reason.CONTRIBUTOR),
        ("Ed", Verb.IDEA_ANSWERED, Reason.FOLLOWER),
    }


def test_a_comment_reaches_authors_followers_and_the_one_it_replies_to(in_acme, idea):
    follow(idea, in_acme.grace)
    first = factories.comment(idea, in_acme.ed)

    post_comment(idea, actor=in_acme.dave, body="I agree.", parent=first)

    assert told() == {
        ("Alice", Verb.COMMENT_POSTED, Reason.CONTRIBUTOR),
        ("Ed", Verb.COMMENT_POSTED, Reason.PARENT),
        ("Grace", Verb.COMMENT_POSTED, Reason.FOLLOWER),
    }


def test_nobody_is_told_what_they_did_themselves(in_acme, idea):
    follow(idea, in_acme.alice)

    post_comment(idea, actor=in_acme.alice, body="More about this.", parent=factories.comment(idea, in_acme.alice))

    assert told() == set()


def test_hiding_a_comment_tells_its_author_only(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)
    report = report_comment(comment, reporter=in_acme.alice, reason=ReportReason.OFFENSIVE)

    decide_case(report.case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)

    assert told() == {("Ed", Verb.COMMENT_HIDDEN, Reason.AUTHOR)}


def test_a_follower_whose_invitation_was_withdrawn_hears_nothing_more(in_acme):
    challenge = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    idea = factories.idea(challenge, in_acme.alice)
    invitation = factories.invitation(challenge, in_acme.ed)
    follow(idea, in_acme.ed)
    first = factories.comment(idea, in_acme.ed)
    post_comment(idea, actor=in_acme.carol, body="Thank you.")
    assert ("Ed", Verb.COMMENT_POSTED, Reason.FOLLOWER) in told()

    withdraw_invitation(invitation, actor=in_acme.carol)
    post_comment(idea, actor=in_acme.carol, body="And again.", parent=first)
    answer_idea(idea, outcome=Outcome.NOT_NOW, reasons="Next year.", actor=in_acme.carol)

    assert {name for name, _verb, _reason in told()} == {"Alice"}


def test_a_comment_that_was_hidden_before_the_worker_came_is_told_to_nobody_else(in_acme, idea):
    follow(idea, in_acme.grace)
    comment = post_comment(idea, actor=in_acme.ed, body="Nonsense.")
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.HIDDEN)

    assert told() == set()


def test_people_who_have_left_are_told_nothing(in_acme, idea):
    Member.objects.filter(pk=in_acme.alice.pk).update(is_active=False)
    post_comment(idea, actor=in_acme.ed, body="Good.")

    assert told() == set()


@pytest.mark.parametrize("worker_came_between", [True, False])
def test_undoing_a_decision_takes_its_unread_notifications_back(in_acme, challenge, worker_came_between):
    idea = submit_idea(factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT), actor=in_acme.alice)
    case = Case.objects.get(idea=idea)
    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob)
    if worker_came_between:
        assert told() == {("Alice", Verb.IDEA_REJECTED, Reason.CONTRIBUTOR)}

    undo_decision(case, actor=in_acme.bob)

    assert told() == set()


def test_undoing_keeps_what_was_read_and_what_an_earlier_decision_said(in_acme, challenge):
    idea = submit_idea(factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT), actor=in_acme.alice)
    first = Case.objects.get(idea=idea)
    decide_case(first, outcome=CaseOutcome.CHANGES_REQUESTED, reason=REASON, actor=in_acme.bob)
    submit_idea(idea, actor=in_acme.alice)
    second = Case.objects.exclude(pk=first.pk).get(idea=idea)
    decide_case(second, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    run_consumers()
    reading.mark_read(in_acme.alice, [Notification.objects.get(event__verb=Verb.IDEA_PUBLISHED).public_id])

    undo_decision(second, actor=in_acme.bob)

    assert {verb for _name, verb, _reason in told()} == {Verb.IDEA_CHANGES_REQUESTED, Verb.IDEA_PUBLISHED}


def test_the_list_leaves_out_what_the_member_can_no_longer_see(in_acme):
    challenge = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    invitation = factories.invitation(challenge, in_acme.ed)
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)
    run_consumers()
    assert notifications_of(in_acme.ed).count() == 1

    invitation.withdrawn_at = timezone.now()
    invitation.save()

    assert notifications_of(in_acme.ed).count() == 0


def test_the_list_leaves_out_a_comment_that_was_hidden_since_but_not_for_moderators(in_acme, idea):
    follow(idea, in_acme.ed)
    follow(idea, in_acme.bob)
    comment = post_comment(idea, actor=in_acme.grace, body="Rude.")
    run_consumers()
    assert [notifications_of(member).count() for member in (in_acme.ed, in_acme.bob)] == [1, 1]

    hide_comment(comment, actor=in_acme.bob)

    assert [notifications_of(member).count() for member in (in_acme.ed, in_acme.bob)] == [0, 1]


def test_reach_says_of_crowds_what_the_queries_say_of_one(in_acme):
    """For every member, idea and comment: Reach agrees with ideas_visible_to and comments_visible_to."""
    members = list(Member.objects.all())
    ideas, comments = [], []
    for visibility in Visibility:
        for state in ("draft", "launched", "closed"):
            challenge = factories.challenge(in_acme.carol, visibility=visibility, state=state)
            factories.invitation(challenge, in_acme.ed)
            if state != "closed":
                factories.moderator(challenge, in_acme.dave)
            withdrawn = factories.invitation(challenge, in_acme.grace)
            withdrawn.withdrawn_at = timezone.now()
            withdrawn.save()
            for idea_state in IdeaState:
                idea = factories.idea(challenge, in_acme.alice, state=idea_state)
                ideas.append(idea)
                comments.append(factories.comment(idea, in_acme.ed))
                hidden = factories.comment(idea, in_acme.grace)
                hidden.state = CommentState.HIDDEN
                hidden.save()
                comments.append(hidden)
                JoinRequest.objects.create(
                    organization=in_acme.acme, idea=idea, member=in_acme.ed, invited_by=in_acme.alice
                )
                JoinRequest.objects.create(organization=in_acme.acme, idea=idea, member=in_acme.dave)

    reach = Reach([idea.pk for idea in ideas], [member.pk for member in members])

    for member in members:
        readable = {idea.pk for idea in ideas if reach.can_read_idea(member.pk, idea.pk)}
        assert readable == set(ideas_visible_to(member).values_list("pk", flat=True)), member.name
        heard = {comment.pk for comment in comments if reach.can_read_comment(member.pk, comment)}
        assert heard == set(comments_visible_to(member).values_list("pk", flat=True)), member.name


def test_a_team_is_told_who_joins_and_leaves(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)
    teams.add_contributor(idea, in_acme.grace, actor=in_acme.alice)
    teams.remove_contributor(idea, in_acme.ed, actor=in_acme.alice)
    teams.remove_contributor(idea, in_acme.grace, actor=in_acme.grace)
    run_consumers()

    def texts(member: Member) -> list[str]:
        return [line(each, member).text for each in reversed(notifications_of(member))]

    assert texts(in_acme.ed) == ["Alice made you a co-author", "Alice removed you from the authors"]
    assert texts(in_acme.grace) == ["Alice made you a co-author"]
    assert texts(in_acme.alice) == ["Grace no longer writes your idea with you"]


def test_what_authors_ask_of_colleagues_and_the_answers_are_told(in_acme, idea):
    for colleague in (in_acme.ed, in_acme.grace):
        joining.invite_colleague(idea, colleague, actor=in_acme.alice)
    joining.accept_invitation(JoinRequest.objects.get(member=in_acme.ed), actor=in_acme.ed)
    joining.decline_invitation(JoinRequest.objects.get(member=in_acme.grace), actor=in_acme.grace)
    run_consumers()

    def told(member: Member) -> list[tuple[str, str]]:
        return [(each.reason, line(each, member).text) for each in reversed(notifications_of(member))]

    assert told(in_acme.ed) == [("colleague", "Alice asks you to write an idea with them")]
    assert told(in_acme.grace) == [("colleague", "Alice asks you to write an idea with them")]
    assert told(in_acme.alice) == [
        ("contributor", "Ed has accepted and now writes your idea with you"),
        ("contributor", "Grace would rather not write this idea with you"),
    ]


def test_a_change_of_the_digest_is_on_record_once(in_acme):
    changed = [reading.set_preferences(in_acme.alice, digest=wanted) for wanted in ("daily", "never", "never")]

    assert changed == [False, True, False]
    (event,) = Event.objects.filter(verb=Verb.MEMBER_CHANGED)
    assert (event.member, event.actor, event.data) == (in_acme.alice, in_acme.alice, {"fields": ["digest"]})
