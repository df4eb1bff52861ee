"""The pages of challenges: who may see what, what is saved, and what bad input leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge
from challenges.domain.launching import launch_challenge
from challenges.domain.terms import publish_terms
from challenges.enums import ChallengeState, PhaseKind, Visibility
from challenges.models import Challenge, Invitation, Phase, TermsAcceptance, TermsVersion
from crowdhub.people.models import Group, Location, Member
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.test_launching import NOW, ready_draft
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers

SignIn = Callable[[Member], Client]
# What a page costs may grow with nothing; the tenant's setting and savepoints are no queries of it.
BUDGET = 8


def launched(cast: Cast) -> Challenge:
    """Make a launched challenge that only Alice is invited to."""
    challenge = launch_challenge(ready_draft(cast), actor=cast.carol, now=NOW)
    run_consumers()
    return challenge


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def queries_of(client: Client, url: str) -> list[str]:
    assert client.get(url).status_code == 200  # a process remembers the host from then on
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    ignored = ("SAVEPOINT", "RELEASE SAVEPOINT", "SET CONSTRAINTS", "select set_config")
    return [query["sql"] for query in captured if not query["sql"].startswith(ignored)]


QUESTION = {
    "title": "Tight joints",
    "kind": "ideas",
    "language": "en",
    "objective": "**Halve** the leaks.",
    "why_it_matters": "",
    "good_answer": "",
    "success_measure": "Share of tight joints.",
}


def day(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


# --- Who may do what ------------------------------------------------------------------------------

GETS = ["edit", "preview", "discard"]
POSTS = ["launch", "reach", "discard"]
RUNNING_GETS = ["invitations", "extend", "close"]


@pytest.mark.parametrize("who", ["alice", "bob", "dave", "ed", "erin", "grace", "frank"])
def test_a_draft_does_not_exist_for_others(in_acme: Cast, as_member: SignIn, who: str) -> None:
    draft = ready_draft(in_acme)
    client = as_member(getattr(in_acme, who))

    statuses = {name: client.get(page(f"challenges:{name}", draft.public_id)).status_code for name in GETS}
    statuses |= {f"post {name}": client.post(page(f"challenges:{name}", draft.public_id)).status_code for name in POSTS}
    statuses["save"] = client.post(page("challenges:save", draft.public_id, "question"), QUESTION).status_code
    statuses["room"] = client.get(page("pages:room", draft.public_id)).status_code

    assert set(statuses.values()) == {404}
    draft.refresh_from_db()
    assert draft.state == ChallengeState.DRAFT


def test_another_manager_does_not_see_a_draft_either(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    other = factories.member("Olga")
    factories.grant(other, factories.Role.MANAGER)

    assert as_member(other).get(page("challenges:edit", draft.public_id)).status_code == 404


def test_who_is_not_asked_finds_nothing(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    ed = as_member(in_acme.ed)

    statuses = {
        name: ed.get(page(f"challenges:{name}", challenge.public_id)).status_code
        for name in [*GETS, *RUNNING_GETS, "terms"]
    }
    statuses["accept"] = ed.post(page("challenges:accept_terms", challenge.public_id)).status_code
    statuses["withdraw"] = ed.post(
        page("challenges:withdraw", challenge.public_id, in_acme.alice.public_id)
    ).status_code
    statuses["room"] = ed.get(page("pages:room", challenge.public_id)).status_code

    assert set(statuses.values()) == {404}
    for show in ("asked", "open", "past", "managed"):
        assert challenge.title not in ed.get(page("challenges:list"), {"show": show}).content.decode()


def test_another_organization_finds_nothing(cast: Cast, as_member: SignIn) -> None:
    with tenant(cast.acme):
        challenge = launched(cast)
    mallory = as_member(cast.mallory)

    for name in [*GETS, *RUNNING_GETS, "terms"]:
        assert mallory.get(page(f"challenges:{name}", challenge.public_id)).status_code == 404
    assert mallory.post(page("challenges:close", challenge.public_id)).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob", "frank"])
def test_who_sees_a_challenge_may_not_manage_it(in_acme: Cast, as_member: SignIn, who: str) -> None:
    challenge = launched(in_acme)
    client = as_member(getattr(in_acme, who))

    for name in [*GETS, *RUNNING_GETS]:
        refused = client.get(page(f"challenges:{name}", challenge.public_id))
        assert refused.status_code == 403, name
        assert "Only the managers of this challenge may do that." in refused.content.decode()
    assert client.get(page("pages:room", challenge.public_id)).status_code == 403
    assert client.post(page("challenges:close", challenge.public_id)).status_code == 403
    assert client.get(page("challenges:terms", challenge.public_id)).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("carol", 200), ("alice", 403), ("erin", 403), ("bob", 403), ("dave", 403)]
)
def test_only_managers_write_challenges(in_acme: Cast, as_member: SignIn, who: str, status: int) -> None:
    client = as_member(getattr(in_acme, who))

    assert client.get(page("challenges:new")).status_code == status
    assert client.post(page("challenges:new"), QUESTION).status_code == (302 if status == 200 else 403)


def test_signed_out_is_led_to_the_sign_in(in_acme: Cast, visitor: Client) -> None:
    challenge = launched(in_acme)

    for url in (page("challenges:list"), page("challenges:new"), page("challenges:terms", challenge.public_id)):
        answer = visitor.get(url)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, page("account_login"))


# --- The guided path ------------------------------------------------------------------------------


def test_the_path_from_an_empty_page_to_the_launch(in_acme: Cast, as_member: SignIn) -> None:
    carol = as_member(in_acme.carol)

    begun = carol.post(page("challenges:new"), QUESTION)
    challenge = Challenge.objects.get()
    assert begun["Location"] == page("challenges:edit", challenge.public_id, "audience")

    aimed = carol.post(
        begun["Location"],
        {"everyone": "", "visibility": "invited", "skill_0": in_acme.welding.public_id, "level_0": "3"},
    )
    assert aimed["Location"] == page("challenges:edit", challenge.public_id, "dates")

    dated = carol.post(
        aimed["Location"],
        {
            "submission_starts_on": day(0),
            "submission_ends_on": day(20),
            "voting_starts_on": day(21),
            "voting_ends_on": day(27),
            "review_ends_on": day(40),
            "answer_within_days": "15",
            "new_terms": "Be fair.",
        },
    )
    assert dated["Location"] == page("challenges:edit", challenge.public_id, "check")
    checked = carol.get(dated["Location"]).content.decode()
    assert "Nothing is missing." in checked
    assert "People with Welding at level 3 or more" in checked

    done = carol.post(page("challenges:launch", challenge.public_id))
    assert done["Location"] == page("pages:room", challenge.public_id)
    run_consumers()
    assert [invitation.member for invitation in Invitation.objects.all()] == [in_acme.alice]
    assert carol.get(done["Location"]).status_code == 200


def test_a_draft_can_be_left_and_is_found_again(in_acme: Cast, as_member: SignIn) -> None:
    carol = as_member(in_acme.carol)

    left = carol.post(
        page("challenges:new"), {"kind": "ideas", "language": "en", "objective": "Save energy.", "leave": "1"}
    )

    challenge = Challenge.objects.get()
    assert left["Location"] == page("challenges:list")
    listed = carol.get(page("challenges:list"), {"show": "managed"}).content.decode()
    assert page("challenges:edit", challenge.public_id) in listed
    assert "Save energy." in carol.get(page("challenges:edit", challenge.public_id)).content.decode()


def test_the_check_lists_everything_that_is_missing(in_acme: Cast, as_member: SignIn) -> None:
    challenge = create_challenge(actor=in_acme.carol)
    carol = as_member(in_acme.carol)

    refused = carol.post(page("challenges:launch", challenge.public_id))

    assert refused.status_code == 422
    text = refused.content.decode()
    for problem in (
        "Give the challenge a title.",
        "objective is missing",
        "say for whom the question is",
        "terms under",
    ):
        assert problem in text
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.DRAFT


def test_a_second_launch_is_a_conflict(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)

    again = carol.post(page("challenges:launch", challenge.public_id))

    assert again.status_code == 409
    assert "was launched already" in again.content.decode()


def test_editing_what_was_launched_leads_to_the_room_or_is_a_conflict(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)
    url = page("challenges:edit", challenge.public_id)

    assert carol.get(url)["Location"] == page("pages:room", challenge.public_id)
    assert carol.post(url, QUESTION | {"title": "Changed"}).status_code == 409
    assert carol.post(page("challenges:save", challenge.public_id, "question"), QUESTION).status_code == 409
    assert carol.post(page("challenges:discard", challenge.public_id)).status_code == 409
    challenge.refresh_from_db()
    assert challenge.title == "Tight joints"


def test_discard(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol = as_member(in_acme.carol)

    assert carol.get(page("challenges:discard", draft.public_id)).status_code == 200
    assert carol.post(page("challenges:discard", draft.public_id)).status_code == 302
    assert not Challenge.objects.exists()


def test_what_is_typed_saves_itself(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol = as_member(in_acme.carol)

    saved = carol.post(page("challenges:save", draft.public_id, "question"), QUESTION | {"title": "New words"})

    draft.refresh_from_db()
    assert (saved.status_code, draft.title) == (200, "New words")


def test_terms_that_are_being_written_make_no_version(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol = as_member(in_acme.carol)

    saved = carol.post(
        page("challenges:save", draft.public_id, "dates"), {"answer_within_days": "5", "new_terms": "Be f"}
    )

    assert saved.status_code == 200
    assert TermsVersion.objects.count() == 1


# --- The audience ---------------------------------------------------------------------------------


def test_the_live_count_saves_and_tells(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol = as_member(in_acme.carol)

    told = carol.post(
        page("challenges:reach", draft.public_id),
        {"visibility": "invited", "department_0": in_acme.operations.public_id, "included": "Ed", "excluded": "alice"},
        headers={"hx-request": "true"},
    )

    text = told.content.decode()
    assert told.status_code == 200
    assert "People in Operations, and also Ed, but not Alice" in text
    assert "<html" not in text
    assert {clause.kind for clause in draft.audience.all()} == {"department", "include", "exclude"}


def test_a_foreign_skill_is_no_choice(cast: Cast, as_member: SignIn) -> None:
    with tenant(cast.globex):
        foreign = factories.skill("Glazing")
    with tenant(cast.acme):
        draft = ready_draft(cast)
    carol = as_member(cast.carol)

    refused = carol.post(
        page("challenges:edit", draft.public_id, "audience"),
        {"visibility": "organization", "skill_0": foreign.public_id, "level_0": "1", "included": "nobody@x.example"},
    )

    text = refused.content.decode()
    assert refused.status_code == 422
    assert "Select a valid choice" in text
    assert "Glazing" not in text
    assert "There is nobody called “nobody@x.example”." in text
    assert "nobody@x.example</textarea>" in text
    with tenant(cast.acme):
        assert [clause.skill for clause in draft.audience.all()] == [cast.welding]
        draft.refresh_from_db()
        assert draft.visibility == Visibility.INVITED


def test_people_of_another_organization_cannot_be_named(cast: Cast, as_member: SignIn) -> None:
    with tenant(cast.acme):
        draft = ready_draft(cast)
    carol = as_member(cast.carol)

    refused = carol.post(
        page("challenges:edit", draft.public_id, "audience"), {"visibility": "invited", "included": cast.mallory.email}
    )

    assert refused.status_code == 422
    assert f"There is nobody called “{cast.mallory.email}”." in refused.content.decode()


def test_a_name_that_two_people_share_needs_an_address(in_acme: Cast, as_member: SignIn) -> None:
    factories.member("Alice", email="alice.two@acme.example")
    draft = ready_draft(in_acme)
    url = page("challenges:edit", draft.public_id, "audience")
    carol = as_member(in_acme.carol)

    unclear = carol.post(url, {"visibility": "invited", "included": "Alice"})
    clear = carol.post(url, {"visibility": "invited", "included": "Alice <alice.two@acme.example>"})

    assert "2 people are called “alice”: use an e-mail address." in unclear.content.decode()
    assert clear.status_code == 302
    assert [clause.member.email for clause in draft.audience.all()] == ["alice.two@acme.example"]


def test_what_was_chosen_is_shown_again_with_room_for_more(in_acme: Cast, as_member: SignIn) -> None:
    circle = Group.objects.create(organization=in_acme.acme, name="Safety circle")
    berlin = Location.objects.create(organization=in_acme.acme, name="Site Berlin")
    draft = ready_draft(in_acme)
    set_audience(
        draft,
        actor=in_acme.carol,
        choice=AudienceChoice(
            skills=((in_acme.welding, 4),), departments=(in_acme.assembly,), locations=(berlin,), groups=(circle,)
        ),
    )

    text = as_member(in_acme.carol).get(page("challenges:edit", draft.public_id, "audience")).content.decode()

    for public_id in (in_acme.welding.public_id, in_acme.assembly.public_id, berlin.public_id, circle.public_id):
        assert f'<option value="{public_id}" selected>' in text
    assert '<option value="4" selected>' in text
    assert "Operations › Assembly" in text
    assert 'name="skill_2"' in text


# --- Bad input ------------------------------------------------------------------------------------

DATES = {
    "submission_starts_on": day(1),
    "submission_ends_on": day(20),
    "voting_starts_on": "",
    "voting_ends_on": "",
    "review_ends_on": day(30),
    "answer_within_days": "10",
}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"submission_ends_on": day(0)}, "The last day lies before the first."),
        ({"submission_ends_on": ""}, "Give the first and the last day, or neither."),
        ({"voting_ends_on": day(9)}, "Give the first and the last day, or neither."),
        ({"review_ends_on": day(5)}, "Decide after the last day for ideas."),
        ({"submission_starts_on": "soon"}, "Enter a valid date."),
        ({"answer_within_days": "0"}, "greater than or equal to 1"),
        ({"terms": "zzzzzzzzzz"}, "Select a valid choice"),
    ],
)
def test_bad_dates_keep_what_was_typed(in_acme: Cast, as_member: SignIn, changes: dict[str, str], message: str) -> None:
    draft = create_challenge(actor=in_acme.carol)
    carol = as_member(in_acme.carol)

    refused = carol.post(page("challenges:edit", draft.public_id, "dates"), DATES | {"new_terms": "My words"} | changes)

    text = refused.content.decode()
    assert refused.status_code == 422
    assert message in text
    assert "My words</textarea>" in text
    assert not Phase.objects.exists()
    assert not TermsVersion.objects.exists()


def test_days_are_whole_days_of_the_organization(in_acme: Cast, as_member: SignIn) -> None:
    draft = create_challenge(actor=in_acme.carol)
    carol = as_member(in_acme.carol)

    carol.post(
        page("challenges:edit", draft.public_id, "dates"),
        DATES | {"submission_ends_on": "2027-06-30", "review_ends_on": "2027-07-15"},
    )

    phases = {phase.kind: phase for phase in Phase.objects.all()}
    assert set(phases) == {"submission", "review"}
    assert phases["submission"].ends_at.isoformat() == "2027-06-30T22:00:00+00:00"
    assert phases["review"].starts_at == phases["submission"].ends_at
    assert 'value="2027-06-30"' in carol.get(page("challenges:edit", draft.public_id, "dates")).content.decode()


def test_too_much_text_is_refused_and_kept(in_acme: Cast, as_member: SignIn) -> None:
    carol = as_member(in_acme.carol)

    refused = carol.post(page("challenges:new"), QUESTION | {"objective": "x" * 1_000_000})

    assert refused.status_code == 422
    assert "x" * 1_000_000 in refused.content.decode()
    assert not Challenge.objects.exists()


def test_scripts_in_the_brief_stay_text(in_acme: Cast, as_member: SignIn) -> None:
    attack = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'
    fields = dict.fromkeys(("objective", "why_it_matters", "good_answer", "success_measure"), attack)
    draft = create_challenge(actor=in_acme.carol, title=attack, **fields)

    text = as_member(in_acme.carol).get(page("challenges:preview", draft.public_id)).content.decode()

    assert "<script>alert" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text


@pytest.mark.parametrize("url", ["/challenges/zzzzzzzzzz/edit/", "/challenges/zzzzzzzzzz/terms/"])
def test_unknown_ids_are_not_found(in_acme: Cast, as_member: SignIn, url: str) -> None:
    assert as_member(in_acme.carol).get(url).status_code == 404


def test_unknown_steps_are_not_found(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)

    assert as_member(in_acme.carol).get(page("challenges:edit", draft.public_id, "dance")).status_code == 404


# --- Lists ----------------------------------------------------------------------------------------


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
    assert "you have Welding at level 4" in as_member(in_acme.alice).get(page("challenges:list")).content.decode()


# --- Invitations, dates, the end, the room ---------------------------------------------------------


def test_invitations_are_listed_withdrawn_and_given(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)
    url = page("challenges:invitations", challenge.public_id)
    withdraw = page("challenges:withdraw", challenge.public_id, in_acme.alice.public_id)

    assert "You are asked because you have Welding at level 4." in carol.get(url).content.decode()
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
    assert "1 of 3 ideas are answered." in text
    assert "late" in text


def test_terms_are_accepted_once_and_lead_back(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    alice = as_member(in_acme.alice)
    accept = page("challenges:accept_terms", challenge.public_id)

    assert "Be fair." in alice.get(page("challenges:terms", challenge.public_id)).content.decode()
    assert alice.post(accept, {"next": "/ideas/new/"})["Location"] == "/ideas/new/"
    assert alice.post(accept, {"next": "https://evil.example/"})["Location"] == page(
        "pages:challenge", challenge.public_id
    )
    assert TermsAcceptance.objects.count() == 1


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
