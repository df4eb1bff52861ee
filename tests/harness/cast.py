"""The fixed cast of the tests, the same as in the demo."""

from __future__ import annotations

from dataclasses import dataclass

from crowdhub.people.enums import Role
from crowdhub.people.models import Department, Member, Skill
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from tests import factories


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
        for role in (Role.ADMINISTRATOR, Role.MODERATOR, Role.MANAGER, Role.HR):
            factories.grant(mallory, role)
    with tenant(acme):
        operations = factories.department("Operations")
        assembly = factories.department("Assembly", parent=operations)
        sales = factories.department("Sales")
        welding = factories.skill("Welding")
        alice = factories.member("Alice", department=assembly)
        factories.has_skill(alice, welding, level=4)
        people = {"alice": alice, "ed": factories.member("Ed", department=sales)}
        for name, role in (
            ("bob", Role.MODERATOR),
            ("carol", Role.MANAGER),
            ("dave", Role.HR),
            ("erin", Role.ADMINISTRATOR),
            ("grace", Role.EVALUATOR),
            ("frank", Role.AUDITOR),
        ):
            people[name] = factories.member(name.capitalize(), department=operations)
            factories.grant(people[name], role)
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
