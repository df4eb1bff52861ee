"""Reads of people that have a name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Lower

from crowdhub.people.enums import Role
from crowdhub.people.models import (
    Department,
    Group,
    GroupMembership,
    Location,
    Member,
    MemberImport,
    MemberSkill,
    RoleGrant,
    SettingsVersion,
    Skill,
)
from crowdhub.people.rules import is_covered, see_directory

# The settings that people agree upon with those who represent them: what they can rely on, and what is seen of them.
POLICIES = ("answer_within_days", "has_leaderboard", "smallest_group")
# What the list of people sorts by: value of the parameter -> columns, all of them with an index or cheap to sort.
DIRECTORY_ORDERS = {
    "name": ("name", "pk"),
    "email": (Lower("email"),),
    "department": ("department__name", "name", "pk"),
    "visit": ("last_visit_at", "pk"),
}


def people_visible_to(member: Member) -> QuerySet[Member]:
    """Return the people whose page the member may open: everyone who is active, and for keepers everyone they keep."""
    people = Member.objects.filter(erased_at=None).select_related("department", "location", "manager")
    if see_directory(member):
        return people
    if member.administered:
        return people.filter(Q(is_active=True) | Q(department__in=departments_within(member.administered)))
    return people.filter(is_active=True)


def directory_of(member: Member) -> QuerySet[Member]:
    """Return whom the directory lists for the member: everyone, or the people of the departments they administer."""
    people = Member.objects.filter(erased_at=None)
    if see_directory(member):
        return people
    return people.filter(department__in=departments_within(member.administered))


def departments_within(paths: Iterable[str]) -> QuerySet[Department]:
    """Return the departments with these paths and all below them; for no path none."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return Department.objects.filter(condition)


def people_found(
    words: str = "",
    *,
    department: Department | None = None,
    skill: Skill | None = None,
    role: str = "",
    active: bool | None = None,
    among: QuerySet[Member] | None = None,
) -> QuerySet[Member]:
    """Return the people of the directory for whom all of this is true; a department includes those below it."""
    people = Member.objects.filter(erased_at=None) if among is None else among
    for word in words.split():
        people = people.filter(Q(name__icontains=word) | Q(email__icontains=word))
    if department is not None:
        people = people.filter(department__in=departments_within([department.path]))
    if skill is not None:
        people = people.filter(Exists(MemberSkill.objects.filter(member=OuterRef("pk"), skill=skill)))
    if role:
        people = people.filter(Exists(RoleGrant.objects.filter(member=OuterRef("pk"), role=role)))
    return people if active is None else people.filter(is_active=active)


def in_directory_order(people: QuerySet[Member], sort: str) -> QuerySet[Member]:
    """Sort a list of people by a key of DIRECTORY_ORDERS, descending with "-" before it; by name for any other."""
    columns = DIRECTORY_ORDERS.get(sort.removeprefix("-"), DIRECTORY_ORDERS["name"])
    ordered = people.order_by(*columns)
    return ordered.reverse() if sort.startswith("-") else ordered


def skills_of(person: Member) -> QuerySet[MemberSkill]:
    """Return what a person can do, by the name of the skill."""
    return MemberSkill.objects.filter(member=person).select_related("skill").order_by("skill__name")


def skills_not_stated_by(person: Member) -> QuerySet[Skill]:
    """Return the skills that the person has not listed."""
    return Skill.objects.exclude(Exists(MemberSkill.objects.filter(skill=OuterRef("pk"), member=person)))


def counts_of_roles(roles: Iterable[str], *, about: Member) -> dict[str, int]:
    """Return how many active members hold each of the roles where this person is."""
    above = [int(pk) for pk in about.department.path.strip("/").split("/")] if about.department else []
    reaching = Q(department=None) | Q(department__in=above)
    counted = RoleGrant.objects.filter(reaching, role__in=roles, member__is_active=True).values("role")
    return {row["role"]: row["count"] for row in counted.annotate(count=Count("member", distinct=True)).order_by()}


def with_grants() -> Prefetch[str]:
    """Return what lists of people are to be prefetched with, so that they can name the roles of each."""
    return Prefetch("grants", RoleGrant.objects.select_related("department").order_by("pk"))


def grants_of(person: Member) -> list[RoleGrant]:
    """Return the grants of a person, each with its department: those for the whole organization first."""
    grants = RoleGrant.objects.filter(member=person).select_related("department")
    return list(grants.order_by(F("department__path").asc(nulls_first=True), "role"))


def grants_by_role() -> dict[str, list[RoleGrant]]:
    """Return the grants of every role and reach, in the order of the roles, people by name."""
    found: dict[str, list[RoleGrant]] = {role: [] for role in Role.values}
    grants = RoleGrant.objects.select_related("member", "granted_by", "department")
    for grant in grants.order_by("member__name", "member_id", "department__path"):
        found[grant.role].append(grant)
    return found


def departments_as_tree(*, counted: bool = False, within: frozenset[str] | None = None) -> list[Department]:
    """Return every department, each after its parent, siblings by name, with `depth` and the `ancestors`' names.

    With `counted` they have a `member_count` too; `within` keeps those of these paths and below.
    """
    departments = Department.objects.annotate(member_count=Count("members")) if counted else Department.objects.all()
    children: dict[int | None, list[Department]] = {}
    for department in departments.order_by(Lower("name"), "pk"):
        children.setdefault(department.parent_id, []).append(department)
    ordered: list[Department] = []

    def add(parent_id: int | None, ancestors: list[str]) -> None:
        for department in children.get(parent_id, []):
            department.depth = len(ancestors)  # type: ignore[attr-defined]  # for the page only
            department.ancestors = ancestors  # type: ignore[attr-defined]  # for the page only
            ordered.append(department)
            add(department.pk, [*ancestors, department.name])

    add(None, [])
    return ordered if within is None else [each for each in ordered if is_covered(each, within)]


def locations_with_counts() -> QuerySet[Location]:
    """Return all locations by name, each with its `member_count`."""
    found: Any = Location.objects.annotate(member_count=Count("members")).order_by(Lower("name"))
    return cast(QuerySet[Location], found)


def skills_with_counts() -> QuerySet[Skill]:
    """Return all skills by name, each with its `member_count`."""
    found: Any = Skill.objects.annotate(member_count=Count("holders")).order_by(Lower("name"))
    return cast(QuerySet[Skill], found)


def groups_with_counts() -> QuerySet[Group]:
    """Return all groups by name, each with its `member_count`."""
    found: Any = Group.objects.annotate(member_count=Count("memberships")).order_by(Lower("name"))
    return cast(QuerySet[Group], found)


def members_of(group: Group) -> QuerySet[GroupMembership]:
    """Return who is in a group, by name."""
    return GroupMembership.objects.filter(group=group).select_related("member").order_by("member__name", "member_id")


def recent_imports() -> QuerySet[MemberImport]:
    """Return the imports of the directory, newest first, without their files."""
    return MemberImport.objects.defer("content").select_related("uploaded_by").order_by("-created_at", "-pk")


def settings_versions(*, policies: bool = False) -> QuerySet[SettingsVersion]:
    """Return the versions of the organization's settings, newest first, each with the member who made it.

    policies: only those that changed a policy, or put an agreement on record.
    """
    versions: QuerySet[SettingsVersion] = SettingsVersion.objects.select_related("changed_by").order_by("-number")
    if policies:
        return versions.filter(Q(changes__has_any_keys=POLICIES) | ~Q(agreed_with=""))
    return versions
