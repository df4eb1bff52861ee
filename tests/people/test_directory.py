from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import directory, roles, structure
from crowdhub.people.enums import Role
from crowdhub.people.models import Department, DepartmentStay, Location, Member, RoleGrant, Skill
from crowdhub.people.queries import people_found
from crowdhub.people.shelves import departments_as_tree
from crowdhub.tenancy.context import tenant
from tests import factories


def entry(member: Member, **changes) -> directory.Entry:
    values = {
        "name": member.name,
        "email": member.email,
        "kind": member.kind,
        "department": member.department,
        "location": member.location,
        "manager": member.manager,
        "language": member.language,
    }
    return directory.Entry(**(values | changes))


def stays(member: Member) -> list[tuple[str, date, date | None]]:
    found = DepartmentStay.objects.filter(member=member).order_by("since", "pk")
    return [(stay.department.name, stay.since, stay.until) for stay in found]


def test_an_address_is_one_members_in_an_organization_and_anybodys_in_another(cast):
    with tenant(cast.acme):
        ed = Member.objects.filter(pk=cast.ed.pk)
        with pytest.raises(IntegrityError, match="member_email_once"), transaction.atomic():
            ed.update(email="ALICE@acme.example")  # past save(), which has a check of its own

    with tenant(cast.globex):
        assert Member.objects.filter(pk=cast.mallory.pk).update(email="alice@acme.example") == 1


def test_a_verified_address_is_one_members_in_an_organization_and_anybodys_in_another(cast):
    def verify(member: Member) -> None:
        EmailAddress.objects.create(user=member, email="alice@acme.example", verified=True)

    with tenant(cast.acme):
        verify(cast.alice)
        with pytest.raises(IntegrityError, match="unique_verified_email"), transaction.atomic():
            verify(cast.ed)

    with tenant(cast.globex):
        verify(cast.mallory)
        assert EmailAddress.objects.count() == 1


def stay_since(member: Member, day: date) -> None:
    DepartmentStay.objects.create(
        organization_id=member.organization_id, member=member, department=member.department, since=day
    )


def test_create_member_opens_a_stay_and_is_recorded(in_acme):
    new = directory.create_member(
        in_acme.acme,
        directory.Entry(name="Ann", email="Ann@Acme.example", department=in_acme.sales),
        actor=in_acme.erin,
    )

    assert new.email == "ann@acme.example"
    assert not new.has_usable_password()
    assert stays(new) == [("Sales", timezone.localdate(), None)]
    assert Event.objects.get().verb == Verb.MEMBER_CHANGED


def test_create_member_with_invitation(in_acme):
    directory.create_member(
        in_acme.acme, directory.Entry(name="Ann", email="ann@acme.example"), actor=in_acme.erin, invite=True
    )

    assert Event.objects.filter(verb=Verb.MEMBER_INVITED).count() == 1


@pytest.mark.parametrize("email", ["alice@acme.example", "ALICE@acme.example "])
def test_create_member_with_taken_address_is_refused(in_acme, email):
    with pytest.raises(directory.AddressTaken):
        directory.create_member(in_acme.acme, directory.Entry(name="Ann", email=email), actor=in_acme.erin)


def test_address_of_a_member_of_another_organization_is_free(in_acme):
    directory.create_member(in_acme.acme, directory.Entry(name="M", email=in_acme.mallory.email), actor=in_acme.erin)


def test_moving_a_member_keeps_the_history(in_acme):
    today = timezone.localdate()
    stay_since(in_acme.alice, today - timedelta(days=90))

    directory.change_member(in_acme.alice, entry(in_acme.alice, department=in_acme.sales), actor=in_acme.erin)
    in_acme.alice.refresh_from_db()
    directory.change_member(in_acme.alice, entry(in_acme.alice, department=in_acme.operations), actor=in_acme.erin)

    assert stays(in_acme.alice) == [
        ("Assembly", today - timedelta(days=90), today),
        ("Operations", today, None),
    ]


def test_change_member_names_the_fields_and_no_values(in_acme):
    directory.change_member(in_acme.alice, entry(in_acme.alice, name="Alicia"), actor=in_acme.erin)

    assert Event.objects.get().data == {"fields": ["name"]}


def test_change_member_to_what_it_is_records_nothing(in_acme):
    assert directory.change_member(in_acme.alice, entry(in_acme.alice), actor=in_acme.erin) == []
    assert not Event.objects.exists()


def test_own_manager_is_refused(in_acme):
    with pytest.raises(directory.OwnManager):
        directory.change_member(in_acme.alice, entry(in_acme.alice, manager=in_acme.alice), actor=in_acme.erin)


def test_deactivate_and_reactivate(in_acme):
    directory.deactivate_member(in_acme.alice, actor=in_acme.erin)
    assert not Member.objects.get(pk=in_acme.alice.pk).is_active

    directory.reactivate_member(in_acme.alice, actor=in_acme.erin)
    assert Member.objects.get(pk=in_acme.alice.pk).is_active


def test_stay_ends_with_the_account_and_a_new_one_begins_with_it(in_acme):
    today = timezone.localdate()
    before = today - timedelta(days=90)
    stay_since(in_acme.alice, before)

    directory.deactivate_member(in_acme.alice, actor=in_acme.erin)
    directory.deactivate_member(in_acme.alice, actor=in_acme.erin)
    after_leaving = stays(in_acme.alice)
    directory.reactivate_member(in_acme.alice, actor=in_acme.erin)
    directory.reactivate_member(in_acme.alice, actor=in_acme.erin)

    assert after_leaving == [("Assembly", before, today)]
    assert stays(in_acme.alice) == [("Assembly", before, today), ("Assembly", today, None)]
    assert Event.objects.filter(verb=Verb.MEMBER_CHANGED).count() == 2


def test_moving_a_deactivated_member_opens_no_stay(in_acme):
    stay_since(in_acme.alice, timezone.localdate() - timedelta(days=90))
    directory.deactivate_member(in_acme.alice, actor=in_acme.erin)

    directory.change_member(in_acme.alice, entry(in_acme.alice, department=in_acme.sales), actor=in_acme.erin)
    moved = stays(in_acme.alice)
    directory.reactivate_member(in_acme.alice, actor=in_acme.erin)

    assert [until is None for _name, _since, until in moved] == [False]
    assert stays(in_acme.alice)[-1] == ("Sales", timezone.localdate(), None)


def test_deactivating_oneself_is_refused(in_acme):
    with pytest.raises(directory.OwnAccount):
        directory.deactivate_member(in_acme.erin, actor=in_acme.erin)


def test_last_administrator_stays(in_acme):
    with pytest.raises(roles.LastAdministrator):
        roles.revoke_role(in_acme.erin, Role.ADMINISTRATOR, actor=in_acme.erin)
    with pytest.raises(roles.LastAdministrator):
        directory.deactivate_member(in_acme.erin, actor=in_acme.carol)


def test_inactive_administrator_does_not_count(in_acme):
    factories.grant(in_acme.carol, Role.ADMINISTRATOR)
    Member.objects.filter(pk=in_acme.carol.pk).update(is_active=False)

    with pytest.raises(roles.LastAdministrator):
        roles.revoke_role(in_acme.erin, Role.ADMINISTRATOR, actor=in_acme.erin)


def test_grant_and_revoke_role(in_acme):
    assert roles.grant_role(in_acme.alice, Role.MODERATOR, actor=in_acme.erin)
    assert not roles.grant_role(in_acme.alice, Role.MODERATOR, actor=in_acme.erin)
    assert in_acme.alice.roles == {Role.MODERATOR}
    assert roles.revoke_role(in_acme.alice, Role.MODERATOR, actor=in_acme.erin)
    assert in_acme.alice.roles == frozenset()
    assert [event.verb for event in Event.objects.order_by("pk")] == [Verb.ROLE_GRANTED, Verb.ROLE_REVOKED]


def test_role_for_a_deactivated_member_is_refused(in_acme):
    in_acme.alice.is_active = False

    with pytest.raises(roles.NotActive):
        roles.grant_role(in_acme.alice, Role.MODERATOR, actor=in_acme.erin)
    assert not RoleGrant.objects.filter(member=in_acme.alice).exists()


def test_department_tree(in_acme):
    line = structure.create_department(in_acme.acme, " Line  1 ", parent=in_acme.assembly, actor=in_acme.erin)

    assert line.path == f"{in_acme.assembly.path}{line.pk}/"
    assert [(found.name, found.depth) for found in departments_as_tree()] == [
        ("Operations", 0),
        ("Assembly", 1),
        ("Line 1", 2),
        ("Sales", 0),
    ]


def test_department_name_twice_below_one_parent_is_refused(in_acme):
    with pytest.raises(structure.NameTaken):
        structure.create_department(in_acme.acme, "ASSEMBLY", parent=in_acme.operations, actor=in_acme.erin)

    structure.create_department(in_acme.acme, "Assembly", actor=in_acme.erin)


def test_tree_that_is_too_deep_is_refused(in_acme):
    parent = None
    for _level in range(structure.MAX_DEPTH):
        parent = structure.create_department(in_acme.acme, "Deeper", parent=parent, actor=in_acme.erin)

    with pytest.raises(structure.TooDeep):
        structure.create_department(in_acme.acme, "Deeper", parent=parent, actor=in_acme.erin)


def test_rename_to_a_taken_name_is_refused(in_acme):
    with pytest.raises(structure.NameTaken):
        structure.rename(in_acme.operations, "sales", actor=in_acme.erin)
    with pytest.raises(structure.NoName):
        structure.rename(in_acme.operations, "  ", actor=in_acme.erin)

    structure.rename(in_acme.operations, "Works", actor=in_acme.erin)

    assert Department.objects.get(pk=in_acme.operations.pk).name == "Works"


def test_delete_what_is_used_is_refused(in_acme):
    with pytest.raises(structure.InUse, match="departments below"):
        structure.delete_department(in_acme.operations, actor=in_acme.erin)
    with pytest.raises(structure.InUse, match="Members belong"):
        structure.delete_department(in_acme.assembly, actor=in_acme.erin)
    with pytest.raises(structure.InUse, match="state this skill"):
        structure.delete_skill(in_acme.welding, actor=in_acme.erin)


def test_delete_what_a_challenge_is_aimed_at_is_refused(in_acme):
    from challenges.models import AudienceClause

    sewing = structure.create_named(Skill, in_acme.acme, "Sewing", actor=in_acme.erin)
    AudienceClause.objects.create(
        organization=in_acme.acme, challenge=factories.challenge(in_acme.carol), kind="skill", skill=sewing
    )

    with pytest.raises(structure.InUse, match="Challenges"):
        structure.delete_skill(sewing, actor=in_acme.erin)


def test_delete_what_is_not_used(in_acme):
    location = structure.create_named(Location, in_acme.acme, "Berlin", actor=in_acme.erin)

    structure.delete_location(location, actor=in_acme.erin)

    assert not Location.objects.exists()


def test_people_found_in_a_department_and_below_it(in_acme):
    found = people_found(department=in_acme.operations)

    assert {person.name for person in found} == {"Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace"}


def test_people_found_by_words_skill_and_role(in_acme):
    assert [person.name for person in people_found("ali acme")] == ["Alice"]
    assert [person.name for person in people_found(skill=in_acme.welding)] == ["Alice"]
    assert [person.name for person in people_found(role=Role.HR)] == ["Dave"]
    assert not people_found("mallory").exists()
