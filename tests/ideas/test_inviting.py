"""Nobody's name stands on an idea before they have agreed, and nobody takes their own off what they have handed in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain import joining, teams, voting, writing
from ideas.domain.writing import AlreadyAnswered, NotAContributor
from ideas.enums import ContributorPart, IdeaState, JoinState
from ideas.models import Contributor, Idea, JoinRequest, Vote
from ideas.queries import ideas_visible_to
from moderation.domain.deciding import decide_case
from moderation.models import Case
from tests import factories
from tests.harness.outbox import run_consumers


@pytest.fixture
def draft(in_acme, challenge) -> Idea:
    """Ed's draft with words that Alice has not seen."""
    return factories.idea(challenge, in_acme.ed, state=IdeaState.DRAFT, title="I am lazy and skip safety checks")


@pytest.fixture
def asked(in_acme, draft) -> JoinRequest:
    """Ed asks Alice to write it with him, for 30 per cent."""
    return joining.invite_colleague(draft, in_acme.alice, actor=in_acme.ed, share=30)


def shares(idea: Idea) -> dict[str, int]:
    return {one.member.name: one.share for one in idea.contributors.select_related("member").order_by("pk")}


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_a_colleague_who_has_not_agreed_stands_nowhere(in_acme, draft, asked, as_member):
    writing.submit_idea(draft, actor=in_acme.ed)
    decide_case(Case.objects.get(idea=draft), outcome="approved", reason="", actor=in_acme.bob)

    for reader in (in_acme.carol, in_acme.bob, in_acme.grace):
        browser = as_member(reader)
        page = browser.get(draft.get_absolute_url()).content.decode()
        assert ("Alice" in page, "Ed" in page) == (False, True)
        authors = browser.get(f"/api/v1/ideas/{draft.public_id}/").json()["contributors"]
        assert [author["person"]["name"] for author in authors] == ["Ed"]
    assert shares(draft) == {"Ed": 100}


def test_who_handed_an_idea_in_does_not_leave_it_to_others(in_acme, draft, asked, as_member):
    joining.accept_invitation(asked, actor=in_acme.alice)
    writing.submit_idea(draft, actor=in_acme.ed)

    for actor in (in_acme.ed, in_acme.alice):  # nor is taken off by them
        with pytest.raises(teams.StaysAnAuthor):
            teams.remove_contributor(draft, in_acme.ed, actor=actor)
    address = reverse("ideas:leave_team", args=[draft.public_id])
    page = as_member(in_acme.ed).post(address, {"member": in_acme.ed.public_id}, follow=True).content.decode()
    offered = as_member(in_acme.ed).get(reverse("ideas:team", args=[draft.public_id])).content.decode()
    teams.remove_contributor(draft, in_acme.alice, actor=in_acme.alice)  # who never wrote a version

    assert "stays one of its authors" in page
    assert [f'value="{author.public_id}"' in offered for author in (in_acme.alice, in_acme.ed)] == [True, False]
    assert shares(draft) == {"Ed": 100}


def test_who_wrote_a_later_version_stays_as_well(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)
    writing.revise_idea(idea, actor=in_acme.ed, title=idea.title, body="By Ed.", language="en")

    with pytest.raises(teams.StaysAnAuthor):
        teams.remove_contributor(idea, in_acme.ed, actor=in_acme.alice)
    assert set(shares(idea)) == {"Alice", "Ed"}


def test_accepting_makes_a_co_author_with_the_share_that_was_offered(in_acme, draft, asked):
    joining.accept_invitation(asked, actor=in_acme.alice)

    assert shares(draft) == {"Ed": 70, "Alice": 30}
    assert Contributor.objects.get(member=in_acme.alice).part == ContributorPart.CO_AUTHOR
    assert list(Event.objects.order_by("pk").values_list("verb", "actor", "data")) == [
        (Verb.JOIN_INVITED, in_acme.ed.pk, {"member": in_acme.alice.pk, "share": 30}),
        (Verb.CONTRIBUTOR_ADDED, in_acme.alice.pk, {"member": in_acme.alice.pk, "share": 30}),
    ]


def test_declining_is_told_and_not_asked_again(in_acme, draft, asked):
    joining.decline_invitation(asked, actor=in_acme.alice)

    with pytest.raises(teams.CannotContribute, match="has declined"):
        joining.invite_colleague(draft, in_acme.alice, actor=in_acme.ed)
    assert shares(draft) == {"Ed": 100}
    assert verbs() == [Verb.JOIN_INVITED, Verb.JOIN_DECLINED]


@pytest.mark.parametrize("answer", [joining.accept_invitation, joining.decline_invitation])
def test_only_the_colleague_answers_and_once(in_acme, asked, answer):
    for other in (in_acme.ed, in_acme.grace):
        with pytest.raises(joining.RequestGone):
            answer(asked, actor=other)
    answer(asked, actor=in_acme.alice)

    with pytest.raises(joining.RequestGone):
        answer(asked, actor=in_acme.alice)


@pytest.mark.parametrize("answer", [joining.accept_join, joining.decline_join])
def test_authors_do_not_answer_for_the_colleague(in_acme, asked, answer):
    with pytest.raises(joining.RequestGone):
        answer(asked, actor=in_acme.ed)

    assert JoinRequest.objects.get().state == JoinState.OPEN


@pytest.mark.parametrize("share", [100, 101, -1])
def test_nobody_offers_all_or_nonsense(in_acme, draft, share):
    with pytest.raises(teams.CannotContribute):
        joining.invite_colleague(draft, in_acme.alice, actor=in_acme.ed, share=share)


def test_nobody_offers_the_same_share_twice(in_acme, draft, asked):
    with pytest.raises(teams.CannotContribute):
        joining.invite_colleague(draft, in_acme.grace, actor=in_acme.ed, share=70)
    second = joining.invite_colleague(draft, in_acme.grace, actor=in_acme.ed, share=69)

    joining.accept_invitation(second, actor=in_acme.grace)
    joining.accept_invitation(asked, actor=in_acme.alice)

    assert shares(draft) == {"Ed": 1, "Grace": 69, "Alice": 30}


def test_who_cannot_be_asked(in_acme, challenge, draft, asked):
    for member, actor, refusal in (
        (in_acme.alice, in_acme.ed, teams.CannotContribute),  # is asked
        (in_acme.ed, in_acme.ed, teams.CannotContribute),  # writes it
        (in_acme.grace, in_acme.alice, NotAContributor),  # by somebody who has not accepted
    ):
        with pytest.raises(refusal):
            joining.invite_colleague(draft, member, actor=actor)
    challenge.visibility = Visibility.INVITED
    challenge.save()
    with pytest.raises(teams.CannotContribute):
        joining.invite_colleague(draft, in_acme.grace, actor=in_acme.ed)


def test_who_has_asked_to_join_is_taken_in_when_asked(in_acme, idea):
    joining.ask_to_join(idea, actor=in_acme.ed)

    joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice, share=10)

    assert shares(idea) == {"Alice": 90, "Ed": 10}
    assert JoinRequest.objects.get().state == JoinState.ACCEPTED


def test_who_is_asked_accepts_by_asking_to_join(in_acme, idea, as_member):
    joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice, share=10)

    page = as_member(in_acme.ed).post(reverse("ideas:join", args=[idea.public_id]), follow=True).content.decode()

    assert "You write this idea now." in page
    assert shares(idea) == {"Alice": 90, "Ed": 10}


def test_who_declined_can_ask_and_whom_authors_declined_can_be_asked(in_acme, idea):
    joining.decline_invitation(joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice), actor=in_acme.ed)
    assert joining.ask_to_join(idea, actor=in_acme.ed)
    joining.decline_join(JoinRequest.objects.get(), actor=in_acme.alice)

    joining.accept_invitation(joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice), actor=in_acme.ed)

    assert set(shares(idea)) == {"Alice", "Ed"}


def test_an_author_who_leaves_takes_what_they_asked_along(in_acme, draft):
    teams.add_contributor(draft, in_acme.grace, actor=in_acme.ed, share=50)
    asked = joining.invite_colleague(draft, in_acme.alice, actor=in_acme.grace, share=20)

    teams.remove_contributor(draft, in_acme.grace, actor=in_acme.grace)

    with pytest.raises(joining.RequestGone):
        joining.accept_invitation(asked, actor=in_acme.alice)
    assert shares(draft) == {"Ed": 100}


def test_any_author_takes_back_what_was_asked(in_acme, draft, asked, as_member):
    with pytest.raises(NotAContributor):
        joining.take_back_invitation(asked, actor=in_acme.alice)
    address = reverse("ideas:answer_join", args=[draft.public_id])
    page = as_member(in_acme.ed).post(address, {"request": asked.public_id, "accept": "1"}, follow=True)

    assert "Alice is no longer asked." in page.content.decode()
    assert not JoinRequest.objects.exists()
    assert verbs() == [Verb.JOIN_INVITED, Verb.JOIN_TAKEN_BACK]
    joining.invite_colleague(draft, in_acme.alice, actor=in_acme.ed)  # of a mistake


def test_an_answered_idea_is_not_joined(in_acme, idea):
    asked = joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice)
    Idea.objects.filter(pk=idea.pk).update(answered_at=idea.published_at)

    with pytest.raises(AlreadyAnswered):
        joining.accept_invitation(asked, actor=in_acme.ed)


def test_vote_of_who_is_asked_counts_until_they_accept(in_acme, idea):
    asked = joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice)
    voting.cast_vote(idea, actor=in_acme.ed)
    before = Vote.objects.count()

    joining.accept_invitation(asked, actor=in_acme.ed)

    assert (before, Vote.objects.count()) == (1, 0)


def test_who_is_asked_reads_first(in_acme, challenge, draft, asked, as_member):
    alice = as_member(in_acme.alice)
    page = alice.get(draft.get_absolute_url())

    assert page.status_code == 200
    for words in (draft.title, "Ed asks you to write this idea with them", "Your share would be 30 per cent."):
        assert words in page.content.decode()
    assert alice.get(reverse("ideas:edit", args=[draft.public_id])).status_code == 403
    assert alice.post(reverse("ideas:submit", args=[draft.public_id])).status_code == 403
    assert alice.patch(f"/api/v1/ideas/{draft.public_id}/", {"title": "x"}, "application/json").status_code == 403
    assert as_member(in_acme.grace).get(draft.get_absolute_url()).status_code == 404

    joining.decline_invitation(asked, actor=in_acme.alice)
    assert alice.get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("state", [IdeaState.REJECTED, IdeaState.WITHDRAWN])
def test_what_is_out_of_the_running_is_not_read_by_who_was_asked(in_acme, draft, asked, state):
    Idea.objects.filter(pk=draft.pk).update(state=state)

    assert not ideas_visible_to(in_acme.alice).filter(pk=draft.pk).exists()


def test_the_inbox_asks_and_takes_the_answer(in_acme, draft, asked, as_member):
    run_consumers()
    alice = as_member(in_acme.alice)
    address = reverse("ideas:answer_invitation", args=[asked.public_id])
    inbox = alice.get(reverse("inbox:list")).content.decode()

    done = alice.post(address, {"accept": "1"}, follow=True).content.decode()
    again = alice.post(address, {"accept": "0"}, follow=True).content.decode()

    assert (address in inbox, "Ed asks you to write an idea with them" in inbox) == (True, True)
    assert "You write this idea now." in done
    assert "Nobody is waiting for this answer any longer." in again
    assert address not in alice.get(reverse("inbox:list")).content.decode()
    assert set(shares(draft)) == {"Ed", "Alice"}


def test_declining_twice_in_the_inbox_is_declining_once(in_acme, draft, asked, as_member):
    alice = as_member(in_acme.alice)
    address = reverse("ideas:answer_invitation", args=[asked.public_id])

    first, second = (alice.post(address, {"accept": "0"}, follow=True).content.decode() for _ in range(2))

    assert "You have declined, and Ed is told." in first
    assert "Nobody is waiting for this answer any longer." in second
    for other in (in_acme.ed, in_acme.grace, in_acme.erin):
        assert as_member(other).post(address, {"accept": "1"}).status_code == 404


def test_the_page_of_the_team_asks_and_says_who_is_asked(in_acme, draft, as_member):
    ed, address = as_member(in_acme.ed), reverse("ideas:team", args=[draft.public_id])

    page = ed.post(address, {"email": in_acme.alice.email, "share": "30"}, follow=True).content.decode()
    again = ed.post(address, {"email": in_acme.alice.email, "share": "30"})

    assert "Alice has been asked, and will be listed here as an author once they accept." in page
    assert "Waiting for their reply" in page
    assert (again.status_code, "This person has already been asked." in again.content.decode()) == (422, True)
