"""Asking the authors of an idea to be taken in, and their answer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Notification
from ideas.domain import joining, teams
from ideas.domain.writing import AlreadyAnswered, IdeaNotPublished, NotAContributor
from ideas.enums import IdeaState, JoinState
from ideas.models import Contributor, JoinRequest
from tests import factories
from tests.harness.outbox import run_consumers

HTMX = {"HX-Request": "true"}


@pytest.fixture
def asked(in_acme, idea) -> JoinRequest:
    """Ed's request to write Alice's idea with her."""
    joining.ask_to_join(idea, actor=in_acme.ed)
    return JoinRequest.objects.select_related("idea", "member").get()


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def told() -> set[tuple[str, str, str]]:
    run_consumers()
    return set(Notification.objects.values_list("member__name", "event__verb", "reason"))


def test_asking_twice_is_asking_once(in_acme, idea):
    assert joining.ask_to_join(idea, actor=in_acme.ed)
    assert not joining.ask_to_join(idea, actor=in_acme.ed)

    assert JoinRequest.objects.get().state == JoinState.OPEN
    assert verbs() == [Verb.JOIN_ASKED]
    assert told() == {("Alice", Verb.JOIN_ASKED, Reason.CONTRIBUTOR)}


def test_who_writes_it_already_need_not_ask(in_acme, idea):
    with pytest.raises(joining.WritesAlready):
        joining.ask_to_join(idea, actor=in_acme.alice)


def test_only_a_published_idea_without_an_answer_is_joined(in_acme, challenge, idea):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)
    with pytest.raises(IdeaNotPublished):
        joining.ask_to_join(waiting, actor=in_acme.ed)

    idea.answered_at = idea.published_at
    idea.save()
    with pytest.raises(AlreadyAnswered):
        joining.ask_to_join(idea, actor=in_acme.ed)


def test_accepted_request_makes_a_co_author_without_a_share(in_acme, asked):
    joining.accept_join(asked, actor=in_acme.alice)

    assert Contributor.objects.get(member=in_acme.ed).share == 0
    assert asked.state == JoinState.ACCEPTED
    assert verbs() == [Verb.JOIN_ASKED, Verb.CONTRIBUTOR_ADDED]
    assert ("Ed", Verb.CONTRIBUTOR_ADDED, Reason.CONTRIBUTOR) in told()


def test_declined_request_is_told_to_who_asked_and_stays_declined(in_acme, idea, asked):
    joining.decline_join(asked, actor=in_acme.alice)

    with pytest.raises(joining.JoinDeclined):
        joining.ask_to_join(idea, actor=in_acme.ed)
    assert ("Ed", Verb.JOIN_DECLINED, Reason.ASKER) in told()
    assert Contributor.objects.count() == 1


@pytest.mark.parametrize("answer", [joining.accept_join, joining.decline_join])
def test_an_answer_is_given_once_and_by_authors_only(in_acme, asked, answer):
    with pytest.raises(NotAContributor):
        answer(asked, actor=in_acme.ed)
    answer(asked, actor=in_acme.alice)

    with pytest.raises(joining.RequestGone):
        answer(asked, actor=in_acme.alice)


def test_who_was_taken_in_and_left_can_ask_again(in_acme, idea, asked):
    joining.accept_join(asked, actor=in_acme.alice)
    teams.remove_contributor(idea, in_acme.ed, actor=in_acme.ed)

    assert joining.ask_to_join(idea, actor=in_acme.ed)


def test_who_lost_access_meanwhile_is_not_taken_in(in_acme, challenge, asked):
    challenge.visibility = Visibility.INVITED
    challenge.save()

    with pytest.raises(teams.CannotContribute):
        joining.accept_join(asked, actor=in_acme.alice)
    asked.refresh_from_db()
    assert asked.state == JoinState.OPEN


def test_similar_idea_beside_the_editor_can_be_joined_in_place(in_acme, challenge, idea, as_member):
    ed = as_member(in_acme.ed)
    beside = reverse("ideas:similar", args=[challenge.public_id])
    join = reverse("ideas:join", args=[idea.public_id])

    assert join in ed.post(beside, {"title": "Switch presses off"}).content.decode()
    answer = ed.post(join, headers=HTMX)
    assert (answer.status_code, "You have asked to join" in answer.content.decode()) == (200, True)
    again = ed.post(beside, {"title": "Switch presses off"}).content.decode()
    assert (join in again, "You have asked to join" in again) == (False, True)
    assert idea.title not in as_member(in_acme.alice).post(beside, {"title": "Switch presses off"}).content.decode()


def test_authors_answer_on_the_page_of_the_team(in_acme, idea, asked, as_member):
    alice = as_member(in_acme.alice)
    team = reverse("ideas:team", args=[idea.public_id])
    answer = reverse("ideas:answer_join", args=[idea.public_id])
    run_consumers()
    notification = Notification.objects.get(member=in_acme.alice)

    assert alice.get(reverse("inbox:open", args=[notification.public_id])).url == f"{team}#asking"
    assert "Asking to join" in alice.get(team).content.decode()
    page = alice.post(answer, {"request": asked.public_id, "accept": "1"}, follow=True).content.decode()

    assert "Ed now writes this idea with you." in page
    assert "Asking to join" not in page


def test_nobody_joins_what_they_cannot_see_or_have_no_part_in(in_acme, idea, challenge, as_member):
    join = reverse("ideas:join", args=[idea.public_id])

    assert as_member(in_acme.alice).post(join).status_code == 403
    challenge.visibility = Visibility.INVITED
    challenge.save()
    assert as_member(in_acme.ed).post(join).status_code == 404
    assert as_member(in_acme.bob).post(join).status_code == 403  # a moderator, who sees it
    assert not JoinRequest.objects.exists()
