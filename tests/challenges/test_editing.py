"""The guided path from an empty page to the launch, and what bad input leads to."""

from __future__ import annotations

import re

import pytest

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge
from challenges.domain.terms import publish_terms
from challenges.enums import ChallengeState, Visibility
from challenges.models import Challenge, Invitation, Phase, TermsVersion
from crowdhub.people.models import Group, Location
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.shared import QUESTION, SignIn, day, launched, page, ready_draft
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers


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
    assert "People with Welding (level 3 or more)" in checked

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
        "say who the question is for",
        "terms under",
    ):
        assert problem in text
    challenge.refresh_from_db()
    assert challenge.state == ChallengeState.DRAFT


def test_a_second_press_leads_where_the_first_did(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    carol = as_member(in_acme.carol)

    again = carol.post(page("challenges:launch", challenge.public_id))

    assert again.url == page("pages:room", challenge.public_id)


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


def test_the_reach_says_why_and_how_many_have_each_skill(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    sealing = factories.skill("Sealing")
    for _number in range(30):
        factories.has_skill(factories.member(), sealing)
    set_audience(draft, actor=in_acme.carol, choice=AudienceChoice(skills=((in_acme.welding, 1), (sealing, 3))))

    text = as_member(in_acme.carol).get(page("challenges:edit", draft.public_id, "audience")).content.decode()
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())

    assert "People with Welding (any level) or Sealing (level 3 or more)" in words
    assert "Welding (any level): 1 person expect fewer than three answers" in words
    assert "Sealing (level 3 or more): 30 people" in words
    assert "about 1 in 10 of those asked answers" in words


def test_an_audience_says_that_it_is_saved(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    carol, url = as_member(in_acme.carol), page("challenges:reach", draft.public_id)
    form = {"everyone": "1", "visibility": "invited", "version": str(draft.version)}

    first = carol.get(page("challenges:edit", draft.public_id, "audience"))
    saved = carol.post(url, form)
    refused = carol.post(url, form | {"excluded": "Nobody of this name"})

    assert '<span id="saved" role="status"></span>' in first.content.decode()
    assert (saved.status_code, refused.status_code) == (200, 422)
    assert 'hx-swap-oob="innerHTML:#saved"' in saved.content.decode()
    assert re.search(r"Saved at \d\d:\d\d<.*>8 people would be asked\.<", saved.content.decode())
    assert 'data-state="failed">Not saved yet.<' in refused.content.decode()


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
    assert list(draft.audience.values_list("member__email", flat=True)) == ["alice.two@acme.example"]


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
        ({"submission_ends_on": day(0)}, "The last day is before the first."),
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


def test_days_and_the_newest_terms_are_suggested(in_acme: Cast, as_member: SignIn) -> None:
    draft = create_challenge(actor=in_acme.carol)
    newest = publish_terms("Be fair.", actor=in_acme.carol)

    text = as_member(in_acme.carol).get(page("challenges:edit", draft.public_id, "dates")).content.decode()

    assert f'value="{day(21)}"' in text
    assert f'<option value="{newest.public_id}" selected>' in text
    assert not Phase.objects.exists()


def test_too_much_text_is_refused_and_kept(in_acme: Cast, as_member: SignIn) -> None:
    carol = as_member(in_acme.carol)

    refused = carol.post(page("challenges:new"), QUESTION | {"objective": "x" * 1_000_000})

    assert refused.status_code == 422
    assert "x" * 1_000_000 in refused.content.decode()
    assert not Challenge.objects.exists()


def test_scripts_in_the_brief_stay_text(in_acme: Cast, as_member: SignIn) -> None:
    attack = '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="alert(1)">'
    draft = create_challenge(
        actor=in_acme.carol,
        title=attack,
        objective=attack,
        why_it_matters=attack,
        good_answer=attack,
        success_measure=attack,
    )

    text = as_member(in_acme.carol).get(page("pages:preview", draft.public_id)).content.decode()

    assert "<script>alert" not in text
    assert "<img" not in text
    assert 'href="javascript' not in text


@pytest.mark.parametrize("url", ["/challenges/zzzzzzzzzz/edit/", "/challenges/zzzzzzzzzz/terms/"])
def test_unknown_ids_are_not_found(in_acme: Cast, as_member: SignIn, url: str) -> None:
    assert as_member(in_acme.carol).get(url).status_code == 404


def test_unknown_steps_are_not_found(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)

    assert as_member(in_acme.carol).get(page("challenges:edit", draft.public_id, "dance")).status_code == 404
