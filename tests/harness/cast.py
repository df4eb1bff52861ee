"""The fixed cast of the tests, the same as in the demo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crowdhub.people.enums import Role
from crowdhub.people.models import Department, Member, RoleGrant, Skill
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from tests import factories

ROLES = {
    "bob": Role.MODERATOR,
    "carol": Role.MANAGER,
    "dave": Role.HR,
    "erin": Role.ADMINISTRATOR,
    "grace": Role.EVALUATOR,
    "frank": Role.AUDITOR,
}


@dataclass
class Cast:
    acme: Organization
    globex: Organization
    operations: Department  # with assembly below it
    assembly: Department
    sales: Department
    welding: Skill
    alice: Member  # employee with Welding at level 4, in assembly
    bob: Member  # moderator
    carol: Member  # manager
    dave: Member  # HR
    ed: Member  # employee without the skill, in sales
    erin: Member  # administrator
    grace: Member  # evaluator
    frank: Member  # auditor
    mallory: Member  # administrator of globex


def make_cast(acme: Organization, globex: Organization) -> Cast:
    with tenant(globex):
        mallory = factories.member("Mallory")
        _grant((mallory, role) for role in (Role.ADMINISTRATOR, Role.MODERATOR, Role.MANAGER, Role.HR))
    with tenant(acme):
        operations = factories.department("Operations")
        assembly = factories.department("Assembly", parent=operations)
        sales = factories.department("Sales")
        welding = factories.skill("Welding")
        people = {"alice": factories.unsaved_member("Alice", department=assembly)}
        people["ed"] = factories.unsaved_member("Ed", department=sales)
        for name in ROLES:
            people[name] = factories.unsaved_member(name.capitalize(), department=operations)
        _save(people.values())
        _grant((people[name], role) for name, role in ROLES.items())
        factories.has_skill(people["alice"], welding, level=4)
    return Cast(
        acme=acme,
        globex=globex,
        operations=operations,
        assembly=assembly,
        sales=sales,
        welding=welding,
        mallory=mallory,
        **people,
    )


def _save(people: Iterable[Member]) -> None:
    """Save them in one statement, because nearly every test begins with them."""
    people = list(people)
    for one in people:
        one.set_login()
    Member.objects.bulk_create(people)


def _grant(roles: Iterable[tuple[Member, Role]]) -> None:
    RoleGrant.objects.bulk_create(
        RoleGrant(organization=member.organization, member=member, role=role) for member, role in roles
    )
