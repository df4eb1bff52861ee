"""Getting started: four steps, each done or not as the data says, left and resumed at will."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.enums import ChallengeState
from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.pages.first_steps import first_steps
from crowdhub.people.domain.setting_up import NameTooLong, NoSkills, TooManyNames, name_skills
from crowdhub.people.enums import ImportState, Role
from crowdhub.people.models import Member, MemberImport, Skill
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from tests import factories


@pytest.fixture
def nina(db):
    """The only member of a new organization, an administrator, with her organization open."""
    organization = factories.organization("nordwind", language="de")
    with tenant(organization):
        nina = factories.member("Nina", language="de")
        factories.grant(nina, Role.ADMINISTRATOR)
        yield nina


@pytest.fixture
def browser(nina, as_member):
    return as_member(nina)


def done(member: Member) -> list[bool]:
    return [step.is_done for step in first_steps(member)]


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_nothing_is_done_in_a_new_organization(nina):
    steps = first_steps(nina)

    assert [step.is_done for step in steps] == [False] * 4
    assert [step.is_next for step in steps] == [True, False, False, False]


def test_people_are_there_when_somebody_can_be_asked(nina):
    bob = factories.member("Bob")
    factories.grant(bob, Role.MODERATOR)
    assert done(nina) == [False, False, True, False]

    factories.member("Alice")
    assert done(nina) == [True, False, True, False]


def test_who_left_does_not_count(nina):
    alice, bob = factories.member("Alice"), factories.member("Bob")
    factories.grant(bob, Role.MODERATOR)
    Member.objects.filter(pk__in=[alice.pk, bob.pk]).update(is_active=False)

    assert done(nina) == [False] * 4


def test_step_that_is_undone_is_no_longer_done(nina):
    skill = factories.skill("Welding")
    assert done(nina)[1]

    skill.delete()
    assert not done(nina)[1]


def test_launched_challenge_counts_and_a_draft_is_resumed(nina):
    draft = factories.challenge(nina, state=ChallengeState.DRAFT)
    step = first_steps(nina)[3]

    assert (step.is_done, step.url) == (False, reverse("challenges:edit", args=[draft.public_id]))
    assert step.begun

    Challenge.objects.filter(pk=draft.pk).update(state=ChallengeState.LAUNCHED)
    assert done(nina)[3]


def test_draft_of_somebody_else_is_not_offered(nina):
    carol = factories.member("Carol")
    factories.challenge(carol, state=ChallengeState.DRAFT)

    assert first_steps(nina)[3].url == reverse("challenges:templates")


@pytest.mark.parametrize(
    ("state", "is_begun"), [("preview", True), ("reading", True), ("failed", False), ("discarded", False)]
)
def test_import_that_waits_is_resumed(nina, state, is_begun):
    upload = MemberImport.objects.create(
        organization=nina.organization, uploaded_by=nina, file_name="people.csv", state=ImportState(state)
    )
    url = first_steps(nina)[0].url

    assert (url == reverse("people:import", args=[upload.public_id])) is is_begun


def test_steps_take_one_query(nina, django_assert_num_queries):
    with django_assert_num_queries(1):
        first_steps(nina)


def test_home_shows_the_steps_to_administrators_only(nina, browser, as_member):
    alice = factories.member("Alice")

    assert len(browser.get("/").context["first_steps"]) == 4
    assert as_member(alice).get("/").context["first_steps"] == []


def test_home_is_itself_when_all_is_done(nina, browser):
    bob = factories.member("Bob")
    factories.grant(bob, Role.MODERATOR)
    factories.skill("Welding")
    factories.challenge(factories.member("Carol"))
    factories.member("Ed")  # somebody to ask

    assert browser.get("/").context["first_steps"] == []
    assert browser.get(reverse("pages:getting-started")).context["all_done"]


def test_steps_are_hidden_and_shown_again(nina, browser):
    url = reverse("pages:hide-getting-started")

    browser.post(url)
    browser.post(url)
    assert browser.get("/").context["first_steps"] == []
    assert browser.get(reverse("pages:getting-started")).context["is_hidden"]

    browser.post(url, {"show": "1"})
    assert len(browser.get("/").context["first_steps"]) == 4
    assert verbs() == [Verb.FIRST_STEPS_HIDDEN, Verb.FIRST_STEPS_SHOWN]
    assert Organization.objects.get(pk=nina.organization_id).first_steps_hidden_at is None


def test_skills_are_named_by_the_handful(nina, browser):
    factories.skill("Welding")

    response = browser.post(reverse("pages:name-skills"), {"names": " Spanish \r\nwelding\n\n  First   aid\nspanish"})

    assert response.headers["Location"] == reverse("pages:getting-started")
    assert set(Skill.objects.values_list("name", flat=True)) == {"Welding", "First aid", "spanish"}


@pytest.mark.parametrize(
    ("names", "refusal"),
    [(["", " "], NoSkills), ([f"Skill {n}" for n in range(201)], TooManyNames), (["x" * 121], NameTooLong)],
)
def test_skills_that_are_none_are_refused(nina, names, refusal):
    with pytest.raises(refusal):
        name_skills(names, actor=nina)
    assert not Skill.objects.exists()


def test_refused_skills_stay_on_the_page(browser):
    response = browser.post(reverse("pages:name-skills"), {"names": "x" * 121})

    assert response.status_code == 422
    assert "x" * 121 in response.content.decode()


def test_new_moderator_is_added_granted_and_invited(nina, browser):
    browser.post(reverse("pages:invite-moderator"), {"email": "Bob@Nordwind.example", "name": "Bob Behrens"})

    bob = Member.objects.get(email="bob@nordwind.example")
    assert (bob.name, bob.language, bob.roles) == ("Bob Behrens", "de", frozenset({"moderator"}))
    assert verbs() == [Verb.MEMBER_CHANGED, Verb.ROLE_GRANTED, Verb.MEMBER_INVITED]


def test_member_of_the_directory_becomes_moderator(nina, browser):
    bob = factories.member("Bob", email="bob@nordwind.example")

    browser.post(reverse("pages:invite-moderator"), {"email": "BOB@nordwind.example"})

    assert Member.objects.count() == 2
    assert Member.objects.get(pk=bob.pk).roles == {"moderator"}
    assert verbs() == [Verb.ROLE_GRANTED, Verb.MEMBER_INVITED]


def test_founder_may_moderate(nina, browser):
    browser.get("/")  # whoever has signed in needs no invitation

    browser.post(reverse("pages:invite-moderator"), {"email": nina.email})

    assert done(nina)[2]


@pytest.mark.parametrize(
    ("answers", "field"), [({"email": "bob@x.example"}, "name"), ({"email": "bob", "name": "Bob"}, "email")]
)
def test_moderator_without_a_name_or_address_is_refused(browser, answers, field):
    response = browser.post(reverse("pages:invite-moderator"), answers)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert Member.objects.count() == 1
