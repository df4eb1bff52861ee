"""Lists, invitations, dates, the end, the room, and what pages cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.domain.terms import publish_terms
from challenges.enums import ChallengeState, PhaseKind, Visibility
from challenges.models import Challenge, Invitation, TermsAcceptance
from crowdhub.people.models import Member
from ideas.enums import IdeaState
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, day, launched, page, queries_of, ready_draft
from tests.harness.cast import Cast


def test_lists(in_acme: Cast, as_member: SignIn) -> None:
    asked = launched(in_acme)
    Challenge.objects.filter(pk=asked.pk).update(title="Asked of Alice")
    factories.challenge(in_acme.carol, title="Open to all")
    factories.challenge(in_acme.carol, title="Closed by hand", state=ChallengeState.CLOSED)
    over = factories.challenge(in_acme.carol, title="Over by its dates")
    for kind in PhaseKind:
        factories.phase(over, kind, starts_in=-9, ends_in=-1)
    titles = ("Asked of Alice", "Open to all", "Closed by hand", "Over by its dates")

    def shown(who: Member, show: str) -> set[str]:
        text = as_member(who).get(page("challenges:list"), {"show": show}).content.decode()
        return {title for title in titles if title in text}

    assert shown(in_acme.alice, "asked") == {"Asked of Alice"}
    assert shown(in_acme.alice, "open") == {"Open to all"}
    assert shown(in_acme.alice, "past") == {"Closed by hand", "Over by its dates"}
    assert shown(in_acme.alice, "managed") == {"Asked of Alice"}  # an unknown list is the first one
    assert shown(in_acme.ed, "asked") == set()
    assert shown(in_acme.carol, "managed") == set(titles)
    assert "you know Welding (level 4)" in as_member(in_acme.alice).get(page("challenges:list")).content.decode()


def test_the_list_of_a_manager_says_what_waits(in_acme: Cast, as_member: SignIn) -> None:
    soon, late, quiet = (factories.challenge(in_acme.carol, title=title) for title in ("Soon", "Late", "Quiet"))
    for challenge in (soon, late, quiet):
        factories.invitation(challenge, in_acme.carol)
    for days in (3, 9):
        factories.idea(soon, in_acme.alice, answer_due_at=timezone.now() + timedelta(days=days))
    factories.idea(late, in_acme.alice, answer_due_at=timezone.now() - timedelta(days=2))
    factories.idea(quiet, in_acme.alice, answered_at=timezone.now())
    factories.idea(quiet, in_acme.alice, state=IdeaState.SUBMITTED)
    carol = as_member(in_acme.carol)

    text = carol.get(page("challenges:list"), {"show": "managed"}).content.decode()
    rows = {title: next(row for row in text.split("<li") if f">{title}<" in row) for title in ("Soon", "Late", "Quiet")}

    assert "2 ideas wait for your answer" in rows["Soon"]
    assert "first due" in rows["Soon"]
    assert "is late" not in rows["Soon"]
    assert "1 answer is late" in rows["Late"]
    assert "the first was due" in rows["Late"]
    assert "waits for" not in rows["Quiet"]
    assert "Everyone in your organization is asked." not in text
    assert "wait for your answer" not in as_member(in_acme.alice).get(page("challenges:list")).content.decode()


def test_the_list_of_a_manager_costs_the_same_for_many(in_acme: Cast, as_member: SignIn) -> None:
    for _number in range(12):
        factories.idea(factories.challenge(in_acme.carol), in_acme.alice)

    assert len(queries_of(as_member(in_acme.carol), page("challenges:list") + "?show=managed")) <= BUDGET


# --- Invitations, dates, the end, the room ---------------------------------------------------------


def test_invitations_are_listed_withdrawn_and_given(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)
    url = page("challenges:invitations", challenge.public_id)
    withdraw = page("challenges:withdraw", challenge.public_id, in_acme.alice.public_id)

    assert "Welding, level 4" in carol.get(url).content.decode()
    asked = carol.get(withdraw).content.decode()
    assert "Withdraw this invitation?" in asked
    assert f'action="{withdraw}"' in asked
    assert carol.post(withdraw)["Location"] == url
    assert carol.post(withdraw).status_code == 409
    assert as_member(in_acme.alice).get(page("challenges:terms", challenge.public_id)).status_code == 404

    assert carol.post(url, {"who": "Nobody at all"}).status_code == 422
    assert carol.post(url, {"who": in_acme.ed.email}).status_code == 302
    assert as_member(in_acme.ed).get(page("challenges:terms", challenge.public_id)).status_code == 200
    assert carol.post(page("challenges:withdraw", challenge.public_id, in_acme.bob.public_id)).status_code == 404


def test_extend_and_close(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)
    url = page("challenges:extend", challenge.public_id)
    later = {"submission_ends_on": day(21), "voting_ends_on": day(28), "review_ends_on": day(60)}

    assert carol.post(url, later | {"voting_ends_on": day(2)}).status_code == 422
    assert carol.post(url, later).status_code == 302
    assert carol.get(page("challenges:close", challenge.public_id)).status_code == 200
    assert carol.post(page("challenges:close", challenge.public_id)).status_code == 302
    assert carol.post(page("challenges:close", challenge.public_id)).status_code == 409
    assert carol.post(url, later | {"review_ends_on": day(61)}).status_code == 409


def test_the_room(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    late = factories.idea(challenge, in_acme.alice, title="Late", answer_due_at=timezone.now() - timedelta(days=9))
    soon = factories.idea(challenge, in_acme.ed, title="Soon", answer_due_at=timezone.now() + timedelta(days=9))
    factories.idea(challenge, in_acme.ed, title="Answered", answered_at=timezone.now())

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert text.index(page("ideas:answer", late.public_id)) < text.index(page("ideas:answer", soon.public_id))
    assert "Answered</a>" not in text
    assert "1 of 3 published ideas is answered, in time." in text
    assert "late" in text


@pytest.mark.parametrize(("who", "may_accept"), [("alice", True), ("carol", True), ("bob", False), ("frank", False)])
def test_terms_lead_whoever_takes_part_to_where_they_are_accepted(
    in_acme: Cast, as_member: SignIn, who: str, may_accept: bool
) -> None:
    terms = publish_terms("Be fair.", actor=in_acme.carol)
    challenge = factories.challenge(in_acme.carol, terms=terms, visibility=Visibility.INVITED)
    factories.invitation(challenge, in_acme.alice)
    member = as_member(getattr(in_acme, who))
    accept = page("ideas:terms", challenge.public_id)

    read = member.get(page("challenges:terms", challenge.public_id)).content.decode()

    assert "Be fair." in read
    assert (f'href="{accept}"' in read) is may_accept
    assert member.post(accept, {"accept": "1"}).status_code == (302 if may_accept else 403)
    assert TermsAcceptance.objects.count() == may_accept
    again = member.get(page("challenges:terms", challenge.public_id)).content.decode()
    assert ("You have accepted these terms." in again) is may_accept
    assert accept not in again


def test_terms_are_not_asked_for_while_no_ideas_are_taken(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)  # it opens tomorrow

    read = as_member(in_acme.alice).get(page("challenges:terms", challenge.public_id)).content.decode()

    assert "Be fair." in read
    assert "Accept the terms" not in read


# --- What pages cost ------------------------------------------------------------------------------


def _many(cast: Cast, number: int) -> None:
    for _ in range(number):
        challenge = factories.challenge(cast.carol, terms=publish_terms("Be fair.", actor=cast.carol))
        invitation = factories.invitation(challenge, cast.alice)
        Invitation.objects.filter(pk=invitation.pk).update(reason=[["skill", cast.welding.pk, 4]])
        factories.idea(challenge, cast.ed, answer_due_at=timezone.now())


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("show", ["asked", "open", "past", "managed"])
def test_the_list_stays_within_its_budget(in_acme: Cast, as_member: SignIn, number: int, show: str) -> None:
    _many(in_acme, number)
    client = as_member(in_acme.carol if show == "managed" else in_acme.alice)

    assert len(queries_of(client, f"{page('challenges:list')}?show={show}")) <= BUDGET


@pytest.mark.parametrize("step", ["question", "audience", "dates", "check"])
def test_the_editor_stays_within_its_budget(in_acme: Cast, as_member: SignIn, step: str) -> None:
    draft = ready_draft(in_acme)
    for number in range(3):
        factories.skill(f"Skill {number}")
        factories.department(f"Department {number}")

    assert len(queries_of(as_member(in_acme.carol), page("challenges:edit", draft.public_id, step))) <= BUDGET


@pytest.mark.parametrize("number", [1, 3])
def test_the_room_and_the_invitations_stay_within_their_budget(in_acme: Cast, as_member: SignIn, number: int) -> None:
    challenge = launched(in_acme)
    for _ in range(number):
        factories.invitation(challenge, factories.member(department=in_acme.sales))
        factories.idea(challenge, in_acme.ed, answer_due_at=timezone.now())
    carol = as_member(in_acme.carol)

    assert len(queries_of(carol, page("pages:room", challenge.public_id))) <= BUDGET
    assert len(queries_of(carol, page("challenges:invitations", challenge.public_id))) <= BUDGET
    assert len(queries_of(carol, page("challenges:terms", challenge.public_id))) <= BUDGET
