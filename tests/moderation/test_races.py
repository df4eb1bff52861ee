"""What happens when two people do something to the same idea, comment or case at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import transaction

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas.domain import answering, discussion, publishing, teams, voting, writing
from ideas.enums import CommentState, IdeaState, Outcome
from ideas.models import Answer, Comment, Contributor, Idea, Vote
from moderation.domain import deciding, reporting
from moderation.domain.opening import open_triage
from moderation.enums import CaseOutcome, CaseState, ReportReason
from moderation.models import Case, Decision, Report
from tests import factories
from tests.harness.races import overlap

REASON = "Please say in which hall this happens."


class Scene:
    """Alice's published idea with Ed's comment, and another one that waits for a moderator; all is committed."""

    def __init__(self) -> None:
        self.acme = factories.organization("acme")
        with tenant(self.acme), transaction.atomic():
            names = ("alice", "bob", "carol", "ed", "grace", "rosa")
            self.people: dict[str, Member] = {name: factories.member(name.capitalize()) for name in names}
            for moderator in ("bob", "grace"):
                factories.grant(self[moderator], Role.MODERATOR)
            challenge = factories.challenge(self["carol"])
            self.published = factories.idea(challenge, self["alice"])
            self.comment_id = factories.comment(self.published, self["ed"]).pk
            self.waiting = factories.idea(challenge, self["alice"], state=IdeaState.SUBMITTED)
            open_triage(self.waiting, now=self.waiting.created_at)

    def __getitem__(self, name: str) -> Member:
        return self.people[name]

    def idea(self) -> Idea:
        return Idea.objects.get(pk=self.published.pk)

    def submitted(self) -> Idea:
        return Idea.objects.get(pk=self.waiting.pk)

    def comment(self) -> Comment:
        return Comment.objects.get(pk=self.comment_id)

    def case(self) -> Case:
        return Case.objects.get()

    def decide(self, name: str, outcome: CaseOutcome) -> Decision:
        return deciding.decide_case(self.case(), outcome=outcome, reason=REASON, actor=self[name])

    def report(self, comment: Comment, name: str, reason: ReportReason) -> Report:
        return reporting.report_comment(comment, reporter=self[name], reason=reason)

    def overlap(self, first: Any, load: Any, second: Any) -> Any:
        return overlap(self.acme, first, load, second)


@pytest.fixture
def scene(committed_db: None) -> Scene:
    return Scene()


@pytest.fixture
def after(scene: Scene) -> Callable[[], AbstractContextManager[None]]:
    """Opens acme for what a test asserts in the end."""
    return lambda: tenant(scene.acme)


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_two_moderators_decide_the_same_case(scene, after):
    outcome = scene.overlap(
        lambda: scene.decide("bob", CaseOutcome.APPROVED),
        scene.case,
        lambda case: deciding.decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=scene["grace"]),
    )

    assert isinstance(outcome, deciding.CaseAlreadyDecided)
    with after(), transaction.atomic():
        assert scene.submitted().state == IdeaState.PUBLISHED
        assert Decision.objects.get().decided_by == scene["bob"]
        assert verbs() == [Verb.CASE_DECIDED, Verb.IDEA_PUBLISHED]


def test_an_idea_is_withdrawn_while_a_moderator_approves_it(scene, after):
    outcome = scene.overlap(
        lambda: writing.withdraw_idea(scene.submitted(), actor=scene["alice"]),
        scene.case,
        lambda case: deciding.decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=scene["bob"]),
    )

    assert isinstance(outcome, deciding.CaseAlreadyDecided)
    with after(), transaction.atomic():
        assert scene.submitted().state == IdeaState.WITHDRAWN
        assert scene.case().state == CaseState.CANCELLED
        assert verbs() == [Verb.IDEA_WITHDRAWN]


def test_an_idea_is_approved_while_its_author_withdraws_it(scene, after):
    scene.overlap(
        lambda: scene.decide("bob", CaseOutcome.APPROVED),
        scene.submitted,
        lambda idea: writing.withdraw_idea(idea, actor=scene["alice"]),
    )

    with after(), transaction.atomic():
        assert scene.submitted().state == IdeaState.WITHDRAWN
        assert scene.case().state == CaseState.DECIDED
        assert Event.objects.latest("pk").data == {"from": IdeaState.PUBLISHED}


@pytest.mark.parametrize(("words", "is_refused"), [("Because.", False), ("In other words.", True)])
def test_answer_is_given_twice_at_once(scene, after, words, is_refused):
    def answer(idea: Idea, reasons: str) -> Answer:
        return answering.answer_idea(idea, outcome=Outcome.DECLINED, reasons=reasons, actor=scene["carol"])

    outcome = scene.overlap(lambda: answer(scene.idea(), "Because."), scene.idea, lambda idea: answer(idea, words))

    assert isinstance(outcome, answering.AnswerRefused if is_refused else Answer)
    with after(), transaction.atomic():
        assert Answer.objects.count() == 1
        assert verbs() == [Verb.IDEA_ANSWERED]


def test_an_answer_and_its_opposite_at_once(scene, after):
    def answer(idea: Idea, outcome: Outcome) -> Answer:
        return answering.answer_idea(idea, outcome=outcome, reasons="Because.", actor=scene["carol"])

    outcome = scene.overlap(
        lambda: answer(scene.idea(), Outcome.SELECTED), scene.idea, lambda idea: answer(idea, Outcome.DECLINED)
    )

    assert isinstance(outcome, answering.AnswerRefused)
    with after(), transaction.atomic():
        assert Answer.objects.get().outcome == Outcome.SELECTED


@pytest.mark.parametrize("voted_before", [False, True])
def test_a_vote_is_cast_and_taken_back_at_once(scene, after, voted_before):
    """Votes are what the events say: as many as were cast and not taken back, in whichever order they came."""
    acts = [
        lambda idea: voting.cast_vote(idea, actor=scene["grace"]),
        lambda idea: voting.withdraw_vote(idea, actor=scene["grace"]),
    ]
    if voted_before:
        acts.reverse()
        with after(), transaction.atomic():
            voting.cast_vote(scene.idea(), actor=scene["grace"])

    scene.overlap(lambda: acts[0](scene.idea()), scene.idea, acts[1])

    with after(), transaction.atomic():
        said = verbs()
        assert said == [Verb.VOTE_CAST, Verb.VOTE_WITHDRAWN, Verb.VOTE_CAST][: len(said)]
        assert Vote.objects.count() == said.count(Verb.VOTE_CAST) - said.count(Verb.VOTE_WITHDRAWN)


def test_a_vote_for_an_idea_that_is_withdrawn_meanwhile(scene, after):
    outcome = scene.overlap(
        lambda: writing.withdraw_idea(scene.idea(), actor=scene["alice"]),
        scene.idea,
        lambda idea: voting.cast_vote(idea, actor=scene["grace"]),
    )

    assert isinstance(outcome, writing.IdeaNotPublished)
    with after(), transaction.atomic():
        assert not Vote.objects.exists()


def test_a_vote_of_somebody_who_becomes_an_author_meanwhile(scene, after):
    outcome = scene.overlap(
        lambda: teams.add_contributor(scene.idea(), scene["grace"], actor=scene["alice"]),
        scene.idea,
        lambda idea: voting.cast_vote(idea, actor=scene["grace"]),
    )

    assert isinstance(outcome, voting.OwnIdea)
    with after(), transaction.atomic():
        assert not Vote.objects.exists()


def test_somebody_becomes_an_author_while_they_vote(scene, after):
    scene.overlap(
        lambda: voting.cast_vote(scene.idea(), actor=scene["grace"]),
        scene.idea,
        lambda idea: teams.add_contributor(idea, scene["grace"], actor=scene["alice"]),
    )

    with after(), transaction.atomic():
        assert not Vote.objects.exists()
        assert verbs() == [Verb.VOTE_CAST, Verb.VOTE_WITHDRAWN, Verb.CONTRIBUTOR_ADDED]


def test_two_authors_leave_at_once(scene, after):
    with after(), transaction.atomic():
        teams.add_contributor(scene.idea(), scene["grace"], actor=scene["alice"], share=40)

    outcome = scene.overlap(
        lambda: teams.remove_contributor(scene.idea(), scene["alice"], actor=scene["alice"]),
        scene.idea,
        lambda idea: teams.remove_contributor(idea, scene["grace"], actor=scene["grace"]),
    )

    assert isinstance(outcome, teams.CannotContribute)
    with after(), transaction.atomic():
        left = Contributor.objects.get(idea=scene.idea())
        assert (left.member, left.share) == (scene["grace"], 100)


def test_a_reply_to_a_comment_that_is_hidden_meanwhile(scene, after):
    outcome = scene.overlap(
        lambda: publishing.hide_comment(scene.comment(), actor=scene["bob"]),
        scene.comment,
        lambda parent: discussion.post_comment(scene.idea(), actor=scene["grace"], body="So it is.", parent=parent),
    )

    assert isinstance(outcome, discussion.CommentHidden)
    with after(), transaction.atomic():
        assert Comment.objects.get().state == CommentState.HIDDEN


def test_a_comment_is_changed_while_a_moderator_hides_it(scene, after):
    outcome = scene.overlap(
        lambda: publishing.hide_comment(scene.comment(), actor=scene["bob"]),
        scene.comment,
        lambda comment: discussion.edit_comment(comment, actor=scene["ed"], body="I take it back."),
    )

    assert isinstance(outcome, discussion.CommentHidden)
    with after(), transaction.atomic():
        assert verbs() == [Verb.COMMENT_HIDDEN]


def test_a_comment_is_posted_on_an_idea_that_is_taken_down_meanwhile(scene, after):
    outcome = scene.overlap(
        lambda: publishing.reject_idea(scene.idea(), actor=scene["bob"]),
        scene.idea,
        lambda idea: discussion.post_comment(idea, actor=scene["grace"], body="So it is."),
    )

    assert isinstance(outcome, writing.IdeaNotPublished)


def test_a_report_of_a_comment_that_is_hidden_meanwhile(scene, after):
    with after(), transaction.atomic():
        Case.objects.all().delete()
        scene.report(scene.comment(), "grace", ReportReason.OFF_TOPIC)

    outcome = scene.overlap(
        lambda: scene.decide("bob", CaseOutcome.HIDDEN),
        scene.comment,
        lambda comment: scene.report(comment, "rosa", ReportReason.SAFETY),
    )

    assert isinstance(outcome, reporting.NothingToReport)
    with after(), transaction.atomic():
        assert scene.case().state == CaseState.DECIDED
        assert Report.objects.count() == 1


def test_a_moderator_decides_while_a_graver_report_arrives(scene, after):
    with after(), transaction.atomic():
        Case.objects.all().delete()
        scene.report(scene.comment(), "grace", ReportReason.OFF_TOPIC)

    outcome = scene.overlap(
        lambda: scene.report(scene.comment(), "rosa", ReportReason.SAFETY),
        scene.case,
        lambda case: deciding.decide_case(case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=scene["bob"]),
    )

    assert isinstance(outcome, Decision)
    with after(), transaction.atomic():
        assert scene.comment().state == CommentState.HIDDEN
        assert scene.case().reports.count() == 2
