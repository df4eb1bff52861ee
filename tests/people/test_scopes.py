"""Administrators of single departments: whom they see, whom they keep, and what is not theirs."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import directory, joining, roles, structure
from crowdhub.people.domain.keeping import NotKept, OutsideScope
from crowdhub.people.enums import Role
from crowdhub.people.models import Department, Member, RoleGrant
from crowdhub.people.queries import directory_of, people_visible_to
from crowdhub.people.rules import is_administrator
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.cast import Cast
from tests.harness.queries import page_and_queries

WHOLE_ONLY = ("imports", "departments", "locations", "skills", "groups", "roles")


def limit(cast: Cast, person: Member, department: Department) -> Member:
    """Make somebody administrator of a department."""
    with tenant(cast.acme):
        roles.grant_role(person, Role.ADMINISTRATOR, actor=cast.erin, department=department)
        return Member.objects.select_related("department", "organization").get(pk=person.pk)


@pytest.fixture
def sue(cast: Cast) -> Member:
    """In Sales, and administrator of Operations, where Alice is and everyone with a role."""
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
    return limit(cast, sue, cast.operations)


def entry(person: Member, **changes: object) -> directory.Entry:
    fields = ("name", "email", "kind", "department", "location", "manager", "language")
    return directory.Entry(**({field: getattr(person, field) for field in fields} | changes))


def filled(person: Member, **changes: str) -> dict[str, str]:
    values = {"name": person.name, "email": person.email, "kind": person.kind, "language": person.language}
    return values | changes


def text_of(response) -> str:
    return response.content.decode()


# The grant


def test_a_limited_role_is_none_in_the_whole_organization(cast, sue):
    with tenant(cast.acme):
        assert sue.roles == frozenset()
        assert not is_administrator(sue)
        assert sue.administered == {cast.operations.path}


def test_the_same_grant_is_there_once_for_each_reach(in_acme):
    for department in (None, in_acme.sales, in_acme.operations):
        assert roles.grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=department)
        assert not roles.grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=department)
        grant = RoleGrant(organization=in_acme.acme, member=in_acme.ed, role=Role.ADMINISTRATOR, department=department)
        with pytest.raises(IntegrityError, match="role_granted_once"), transaction.atomic():
            grant.save()

    assert RoleGrant.objects.filter(member=in_acme.ed).count() == 3


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_no_other_role_has_a_reach(in_acme, role):
    with pytest.raises(roles.NoSuchScope):
        roles.grant_role(in_acme.ed, role, actor=in_acme.erin, department=in_acme.sales)
    grant = RoleGrant(organization=in_acme.acme, member=in_acme.ed, role=role, department=in_acme.sales)
    with pytest.raises(IntegrityError, match="role_scope_only_of_administrators"), transaction.atomic():
        grant.save()


def test_granting_and_revoking_are_on_record_with_the_department(in_acme):
    for do in (roles.grant_role, roles.revoke_role):
        assert do(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=in_acme.sales)

    about = {"role": "administrator", "department": in_acme.sales.pk}
    assert [(event.verb, event.member, event.data) for event in Event.objects.order_by("pk")] == [
        (verb, in_acme.ed, about) for verb in (Verb.ROLE_GRANTED, Verb.ROLE_REVOKED)
    ]


def test_administrators_of_departments_do_not_replace_the_last_one(in_acme):
    roles.grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=in_acme.sales)

    with pytest.raises(roles.LastAdministrator):
        roles.revoke_role(in_acme.erin, Role.ADMINISTRATOR, actor=in_acme.erin)
    roles.revoke_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=in_acme.sales)


def test_a_department_that_somebody_administers_is_not_deleted(in_acme):
    empty = factories.department("Empty")
    roles.grant_role(in_acme.ed, Role.ADMINISTRATOR, actor=in_acme.erin, department=empty)

    with pytest.raises(structure.InUse, match="Somebody administers it"):
        structure.delete_department(empty, actor=in_acme.erin)


# Whom they see


def test_they_see_the_people_of_their_departments_and_below(cast, sue):
    with tenant(cast.acme):
        Member.objects.filter(pk__in=(cast.alice.pk, cast.ed.pk)).update(is_active=False)

        assert {person.name for person in directory_of(sue)} == {
            "Alice",
            "Bob",
            "Carol",
            "Dave",
            "Erin",
            "Frank",
            "Grace",
        }
        assert cast.alice in people_visible_to(sue)
        assert cast.ed not in people_visible_to(sue)
        assert directory_of(cast.ed).count() == 0


def test_a_department_whose_number_begins_alike_is_another(cast, sue):
    with tenant(cast.acme):
        other = factories.department("Other")
        Department.objects.filter(pk=other.pk).update(path=f"{cast.operations.path.rstrip('/')}0/")
        stranger = factories.member("Stranger", department=other)

        assert stranger not in directory_of(sue)


def test_their_list_says_nothing_of_others(cast, as_member, sue):
    page = as_member(sue).get(reverse("people:list"), {"state": ""})

    assert cast.alice.email in text_of(page)
    assert cast.ed.email not in text_of(page)
    assert cast.ed.email not in text_of(as_member(sue).get(reverse("people:list"), {"q": "ed@"}))


def test_their_list_takes_few_queries(cast, as_member, sue):
    _page, queries = page_and_queries(as_member(sue), reverse("people:list"))

    assert len(queries) <= 8, queries


def test_the_page_of_a_person_takes_few_queries(cast, as_member, sue):
    for reader in (sue, cast.erin):
        _page, queries = page_and_queries(as_member(reader), reverse("people:detail", args=[cast.alice.public_id]))

        assert len(queries) <= 8, queries


def test_the_account_is_told_of_theirs_alone(cast, as_member, sue):
    theirs, others = (
        text_of(as_member(sue).get(reverse("people:detail", args=[person.public_id])))
        for person in (cast.alice, cast.ed)
    )

    assert cast.alice.email in theirs
    assert "Welding" in theirs
    assert cast.ed.email not in others
    assert reverse("people:edit", args=[cast.alice.public_id]) in theirs
    assert reverse("people:change-roles", args=[cast.alice.public_id]) not in theirs


def test_the_way_to_the_directory_is_shown(cast, as_member, sue):
    href = f'href="{reverse("people:list")}"'

    assert href in text_of(as_member(sue).get(reverse("people:me")))
    assert href not in text_of(as_member(cast.ed).get(reverse("people:me")))


def test_the_api_lists_and_tells_theirs_alone(cast, as_member, sue):
    client = as_member(sue)
    listed = client.get(reverse("api:member-list")).json()["results"]
    told = {
        person: client.get(reverse("api:member-detail", args=[person.public_id])).json()["email"]
        for person in (cast.alice, cast.ed)
    }

    assert {person["name"] for person in listed} == {"Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace"}
    assert told == {cast.alice: cast.alice.email, cast.ed: None}
    assert as_member(cast.ed).get(reverse("api:member-list")).status_code == 403


# Whom they keep


def test_they_change_a_person_of_theirs(cast, as_member, sue):
    url = reverse("people:edit", args=[cast.alice.public_id])
    client = as_member(sue)

    done = client.post(url, filled(cast.alice, name="Alicia", department=cast.assembly.public_id))

    assert done.status_code == 302
    with tenant(cast.acme):
        assert Member.objects.get(pk=cast.alice.pk).name == "Alicia"
        assert Event.objects.filter(verb=Verb.MEMBER_CHANGED, actor=sue).count() == 1


def test_they_move_nobody_out_and_leave_nobody_without_a_department(cast, as_member, sue):
    url = reverse("people:edit", args=[cast.alice.public_id])
    client = as_member(sue)

    answers = [client.post(url, filled(cast.alice, department=d)) for d in ("", cast.sales.public_id)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Sales" not in text_of(client.get(url))
    with tenant(cast.acme), pytest.raises(OutsideScope):
        directory.change_member(cast.alice, entry(cast.alice, department=cast.sales), actor=sue)


def test_they_add_people_to_their_departments_only(cast, as_member, sue):
    client = as_member(sue)
    new = {"name": "Ann", "email": "ann@acme.example", "kind": "employee", "language": "en"}

    statuses = [
        client.post(reverse("people:create"), new | {"department": department.public_id}).status_code
        for department in (cast.sales, cast.assembly)
    ]

    assert statuses == [422, 302]
    with tenant(cast.acme), pytest.raises(OutsideScope):
        directory.create_member(cast.acme, directory.Entry(name="Bo", email="bo@acme.example"), actor=sue)


@pytest.mark.parametrize("act", ["edit", "deactivate", "reactivate", "invite"])
def test_they_keep_nobody_elsewhere_and_nobody_with_a_role(cast, as_member, sue, act):
    with tenant(cast.acme):
        limited = factories.member("Lee", department=cast.assembly)
    limit(cast, limited, cast.assembly)

    statuses = {
        person.name: as_member(sue).post(reverse(f"people:{act}", args=[person.public_id])).status_code
        for person in (cast.ed, sue, cast.erin, cast.bob, limited)
    }

    assert statuses == dict.fromkeys(("Ed", "Sue", "Erin", "Bob", "Lee"), 403)


def test_they_keep_nobody_who_moderates_a_challenge(cast, as_member, sue):
    """Whoever changed such a person's address could take the account over, and decide with it."""
    url = reverse("people:edit", args=[cast.alice.public_id])
    assert as_member(sue).get(url).status_code == 200

    with tenant(cast.acme):
        factories.moderator(factories.challenge(cast.carol), cast.alice)

    assert as_member(sue).get(url).status_code == 403
    assert as_member(cast.erin).get(url).status_code == 200
    with tenant(cast.acme), pytest.raises(NotKept):
        directory.deactivate_member(Member.objects.get(pk=cast.alice.pk), actor=sue)


def test_the_domain_refuses_them_as_well(cast, sue):
    with tenant(cast.acme):
        for person in (cast.ed, cast.bob):
            fresh = Member.objects.select_related("department").get(pk=person.pk)
            for act in (
                lambda who: directory.change_member(who, entry(who, name="X"), actor=sue),
                lambda who: directory.deactivate_member(who, actor=sue),
                lambda who: joining.invite_member(who, actor=sue),
            ):
                with pytest.raises(NotKept):
                    act(fresh)


def test_they_deactivate_and_reactivate_theirs(cast, as_member, sue):
    client = as_member(sue)
    states = []
    for act in ("deactivate", "reactivate"):
        client.post(reverse(f"people:{act}", args=[cast.alice.public_id]))
        with tenant(cast.acme):
            states.append(Member.objects.get(pk=cast.alice.pk).is_active)

    assert states == [False, True]


@pytest.mark.parametrize("page", WHOLE_ONLY)
def test_what_belongs_to_the_whole_organization_is_not_theirs(cast, as_member, sue, page):
    assert as_member(sue).get(reverse(f"people:{page}")).status_code == 403


def test_they_give_no_roles(cast, as_member, sue):
    url = reverse("people:change-roles", args=[cast.alice.public_id])

    assert as_member(sue).post(url, {"roles": ["moderator"]}).status_code == 403


def test_whoever_holds_both_is_not_limited(cast, as_member):
    erin = limit(cast, cast.erin, cast.sales)
    url = reverse("people:edit", args=[cast.alice.public_id])

    assert as_member(erin).post(url, filled(cast.alice, department="")).status_code == 302


# How it is given, and who sees it


def test_an_administrator_gives_and_takes_it_on_the_page_of_the_person(cast, as_member):
    client = as_member(cast.erin)
    url = reverse("people:change-roles", args=[cast.ed.public_id])

    def held() -> set[str]:
        with tenant(cast.acme):
            return {grant.label for grant in RoleGrant.objects.filter(member=cast.ed).select_related("department")}

    client.post(url, {"roles": ["hr"], "one_more": cast.operations.public_id})
    assert held() == {"HR analyst", "Administrator of Operations"}
    client.post(url, {"roles": ["hr"], "departments": [cast.operations.public_id], "one_more": cast.sales.public_id})
    assert held() == {"HR analyst", "Administrator of Operations", "Administrator of Sales"}
    page = text_of(client.get(reverse("people:detail", args=[cast.ed.public_id])))
    assert "Administrator of Operations" in page
    client.post(url, {"roles": [], "departments": [cast.sales.public_id]})
    assert held() == {"Administrator of Sales"}


def test_a_department_of_another_organization_is_refused(cast, as_member):
    with tenant(cast.globex):
        foreign = factories.department("Secret")
    limit(cast, cast.ed, cast.sales)
    url = reverse("people:change-roles", args=[cast.ed.public_id])

    for field in ("one_more", "departments"):
        assert as_member(cast.erin).post(url, {"roles": [], field: foreign.public_id}).status_code == 422


def test_auditors_see_how_far_it_reaches(cast, as_member, sue):
    client = as_member(cast.frank)

    assert "only Operations and below" in text_of(client.get(reverse("people:roles")))
    assert "Administrator of Operations" in text_of(client.get(reverse("people:list")))


def test_my_page_counts_those_who_see_my_skills_here(cast, as_member, sue):
    counted = "administrators, who keep the directory (%d)"

    assert counted % 2 in text_of(as_member(cast.alice).get(reverse("people:me")))
    assert counted % 1 in text_of(as_member(cast.ed).get(reverse("people:me")))
