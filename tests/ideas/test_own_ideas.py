"""Nobody publishes or answers what they write or ever wrote: leaving an idea does not make its author its judge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges.enums import ManagerPart
from challenges.models import ChallengeManager
from crowdhub.inbox.digest_content import collect
from crowdhub.inbox.models import Digest
from crowdhub.people.enums import Role
from ideas.domain import answering, teams
from ideas.domain.writing import submit_idea
from ideas.enums import IdeaState
from ideas.models import Contributor, Idea, Revision
from ideas.rules import has_written
from moderation.domain.deciding import OwnContent, decide_case
from moderation.domain.reporting import report_comment, report_idea
from moderation.models import Case
from moderation.rules import decide_case as may_decide
from tests import factories

ANSWER = {"outcome": "selected", "reasons": "It saves most."}


@pytest.fixture
def left(in_acme, challenge) -> Idea:
    """An idea that Bob, who moderates, and Carol, who manages, began, and that only Alice writes today."""
    idea = factories.idea(challenge, in_acme.bob, state=IdeaState.DRAFT)
    for other in (in_acme.carol, in_acme.alice):
        Contributor.objects.create(organization=in_acme.acme, idea=idea, member=other, share=0)
    for leaver in (in_acme.bob, in_acme.carol):
        teams.remove_contributor(idea, leaver, actor=leaver)
    return submit_idea(idea, actor=in_acme.alice)


def published(idea: Idea) -> Idea:
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.PUBLISHED)
    idea.refresh_from_db()
    return idea


def test_who_left_an_idea_does_not_publish_it(in_acme, left):
    case = Case.objects.get(idea=left)

    with pytest.raises(OwnContent):
        decide_case(case, outcome="approved", reason="", actor=in_acme.bob)

    assert Idea.objects.get(pk=left.pk).state == IdeaState.SUBMITTED


def test_who_handed_in_a_version_does_not_publish_it(in_acme, challenge):
    idea = submit_idea(factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT), actor=in_acme.alice)
    Revision.objects.filter(idea=idea).update(author=in_acme.bob)

    with pytest.raises(OwnContent):
        decide_case(Case.objects.get(idea=idea), outcome="approved", reason="", actor=in_acme.bob)


def test_reports_of_an_idea_are_not_for_who_left_it(in_acme, left):
    report_idea(published(left), reporter=in_acme.ed, reason="offensive")
    case = Case.objects.get(idea=left, kind="report")

    with pytest.raises(OwnContent):
        decide_case(case, outcome="kept", reason="", actor=in_acme.bob)


def test_another_moderator_decides(in_acme, left):
    bella = factories.member("Bella")
    factories.grant(bella, Role.MODERATOR)

    decide_case(Case.objects.get(idea=left), outcome="approved", reason="", actor=bella)

    assert Idea.objects.get(pk=left.pk).state == IdeaState.PUBLISHED


def test_page_of_the_case_and_the_api_say_the_same(in_acme, left, as_member):
    case = Case.objects.get(idea=left)
    bob = as_member(in_acme.bob)

    shown = bob.get(reverse("moderation:case", args=[case.public_id]))
    answer = bob.post(f"/api/v1/cases/{case.public_id}/decide/", {"outcome": "approved"}, "application/json")

    assert "You wrote this yourself, so someone else decides about it." in shown.content.decode()
    assert not shown.context["chosen"].can_decide
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:crowdhub:refusal:own-content")


def test_manager_who_left_an_idea_does_not_answer_it(in_acme, left, as_member):
    idea = published(left)
    carol = as_member(in_acme.carol)
    refusal = "Somebody else has to answer your own idea: add a deputy."

    with pytest.raises(answering.OwnIdeaAnswered):
        answering.answer_idea(idea, actor=in_acme.carol, **ANSWER)
    page = carol.post(reverse("ideas:answer", args=[idea.public_id]), ANSWER)
    api = carol.post(f"/api/v1/ideas/{idea.public_id}/answer/", ANSWER, "application/json")

    assert (page.status_code, api.status_code) == (403, 403)
    assert refusal in page.content.decode()
    assert api.json()["detail"] == refusal
    assert refusal in carol.get(idea.get_absolute_url()).content.decode()
    assert not idea.answers.exists()


def test_deputy_answers_the_idea_of_the_manager(in_acme, challenge, as_member):
    idea = factories.idea(challenge, in_acme.carol)
    deputy = factories.member("Deputy")
    factories.grant(deputy, Role.MANAGER)
    ChallengeManager.objects.create(
        organization=in_acme.acme, challenge=challenge, member=deputy, part=ManagerPart.DEPUTY
    )

    with pytest.raises(answering.OwnIdeaAnswered, match="Another manager of this challenge, or a deputy"):
        answering.answer_idea(idea, actor=in_acme.carol, **ANSWER)
    sent = as_member(deputy).post(reverse("ideas:answer", args=[idea.public_id]), ANSWER)

    assert (sent.status_code, idea.answers.get().author) == (302, deputy)


def test_page_with_several_answers_leaves_out_ones_own(in_acme, challenge, idea, as_member):
    own = factories.idea(challenge, in_acme.carol, title="The manager's own")
    carol, url = as_member(in_acme.carol), reverse("pages:answers", args=[challenge.public_id])

    page = carol.get(url).content.decode()
    sent = {"idea": [own.public_id], f"{own.public_id}-outcome": "selected", f"{own.public_id}-reasons": "Mine."}
    refused = carol.post(url, sent)

    assert (idea.title in page, own.title in page) == (True, False)
    assert "One idea that waits is your own" in page
    assert (refused.status_code, "add a deputy" in refused.content.decode()) == (422, True)
    assert not own.answers.exists()


def test_what_a_query_brought_along_is_what_the_rule_finds(in_acme, left, as_member):
    for reader, wrote in ((in_acme.alice, True), (in_acme.bob, True), (in_acme.carol, True), (in_acme.frank, False)):
        found = as_member(reader).get(left.get_absolute_url()).context["idea"]

        assert found.__dict__["known_to_have_written"] in ({reader.pk: wrote}, {reader.pk: True})
        assert has_written(reader, Idea.objects.get(pk=left.pk)) == has_written(reader, found) == wrote


def test_being_asked_or_reading_bars_nobody(in_acme, idea, challenge):
    case = Case.objects.create(
        organization=in_acme.acme, kind="report", idea=idea, opened_at=idea.created_at, due_at=idea.created_at
    )

    assert may_decide(in_acme.bob, case)
    assert answering.why_not_to_answer(idea, in_acme.carol) is None


def test_no_page_and_no_mail_asks_a_manager_to_answer_what_they_wrote_or_left(in_acme, challenge, left, as_member):
    published(left)
    factories.idea(challenge, in_acme.carol)
    deputy = factories.member("Dora")
    factories.grant(deputy, Role.MANAGER)
    ChallengeManager.objects.create(
        organization=in_acme.acme, challenge=challenge, member=deputy, part=ManagerPart.DEPUTY
    )
    factories.idea(challenge, in_acme.alice)

    def asked_of(member) -> dict[str, int]:
        client, now = as_member(member), timezone.now()
        digest = Digest(member=member, covers_since=now - timedelta(days=1), created_at=now)
        [row] = client.get(reverse("challenges:list"), {"show": "managed"}).context["rows"]
        [mailed] = collect([digest], now=now)[member.pk].waiting
        return {
            "home": client.get(reverse("pages:home")).context["duties"].answer_count,
            "list": row.waiting.count,
            "room": client.get(reverse("pages:room", args=[challenge.public_id])).context["to_answer"],
            "page": client.get(reverse("pages:answers", args=[challenge.public_id])).context["page"].paginator.count,
            "digest": mailed.count,
        }

    assert set(asked_of(in_acme.carol).values()) == {1}
    assert set(asked_of(deputy).values()) == {3}


def test_no_page_and_no_mail_asks_a_moderator_to_decide_about_what_they_wrote_or_left(
    in_acme, challenge, left, as_member
):
    bella, ed = factories.member("Bella"), in_acme.ed
    factories.grant(bella, Role.MODERATOR)
    factories.moderator(challenge, ed)
    submit_idea(factories.idea(challenge, in_acme.bob, state=IdeaState.DRAFT), actor=in_acme.bob)
    idea = factories.idea(challenge, in_acme.alice)
    for author in (in_acme.bob, ed):
        report_comment(factories.comment(idea, author), reporter=in_acme.grace, reason="offensive")

    def asked_of(member) -> dict[str, int]:
        now = timezone.now()
        digest = Digest(member=member, covers_since=now - timedelta(days=1), created_at=now)
        home = as_member(member).get(reverse("pages:home"))
        return {
            "home": home.context["duties"].case_count,
            "badge": next(item.badge for item in home.context["nav"] if item.url == reverse("moderation:queue")),
            "digest": collect([digest], now=now)[member.pk].cases.count,
        }

    assert set(asked_of(in_acme.bob).values()) == {1}
    assert set(asked_of(ed).values()) == {3}
    assert set(asked_of(bella).values()) == {4}
