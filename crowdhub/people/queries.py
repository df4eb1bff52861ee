"""Reads of people that have a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import JSONObject, RowNumber

from crowdhub.common.keyset import Counted, Keyset, counted
from crowdhub.people.enums import Role
from crowdhub.people.models import (
    BulkChange,
    BulkRefusal,
    Department,
    Group,
    GroupMembership,
    ImportProblem,
    Location,
    Member,
    MemberImport,
    MemberSkill,
    RoleGrant,
    SettingsVersion,
    Skill,
)
from crowdhub.people.orders import DIRECTORY_ORDERS
from crowdhub.people.rules import is_administrator, see_directory
from crowdhub.people.search import people_named

# The settings that people agree upon with those who represent them: what they can rely on, and what is seen of them.
POLICIES = ("answer_within_days", "has_leaderboard", "smallest_group")
COUNTED_WITH_WORDS = 500


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
    location: Location | None = None,
    skill: Skill | None = None,
    group: Group | None = None,
    role: str = "",
    state: str = "",
    among: QuerySet[Member] | None = None,
) -> QuerySet[Member]:
    """Return the people of the directory for whom all of this is true; a department includes those below it.

    state: "active", "inactive", or "waiting" for active people who have never signed in; empty for all.
    """
    people = Member.objects.filter(erased_at=None) if among is None else among
    if department is not None:
        people = people.filter(department__in=departments_within([department.path]))
    if location is not None:
        people = people.filter(location=location)
    if skill is not None:
        people = people.filter(Exists(MemberSkill.objects.filter(member=OuterRef("pk"), skill=skill)))
    if group is not None:
        people = people.filter(Exists(GroupMembership.objects.filter(member=OuterRef("pk"), group=group)))
    if role:
        people = people.filter(Exists(RoleGrant.objects.filter(member=OuterRef("pk"), role=role)))
    if state:
        people = people.filter(is_active=state != "inactive")
    if state == "waiting":
        people = people.filter(last_login=None)
    return people_named(people, words)


def directory_order(sort: str, *, with_visits: bool = False) -> Keyset:
    """Return the order of a key of DIRECTORY_ORDERS, descending with "-" before it; by name for any other.

    with_visits: whether it is for somebody who may sort by visits.
    """
    key = sort.removeprefix("-")
    if key not in DIRECTORY_ORDERS or (key == "visit" and not with_visits):
        key = sort = "name"
    return Keyset(f"people:{key}", DIRECTORY_ORDERS[key], descending=sort.startswith("-"))


def by_name(people: QuerySet[Member]) -> QuerySet[Member]:
    """Sort people by their name, as the list does."""
    return people.order_by("name", "pk")


def count_found(people: QuerySet[Member], words: str) -> Counted:
    """Count people who were found; when words were looked for, which the index does not count, not as far."""
    return counted(people, up_to=COUNTED_WITH_WORDS) if words else counted(people)


def with_roles(people: QuerySet[Member]) -> QuerySet[Member]:
    """Bring along the department of each person, and their roles as `role_grants`, read by `roles_told`."""
    grants = RoleGrant.objects.filter(member=OuterRef("pk")).order_by("pk")
    told = JSONObject(role="role", department="department__name")
    return people.select_related("department").annotate(role_grants=ArraySubquery(grants.values(json=told)))


def roles_told(person: Member) -> list[str]:
    """Return the roles of a person from `with_roles`, in words."""
    grants: list[dict[str, str]] = person.role_grants  # type: ignore[attr-defined]  # set by with_roles
    return [_grant(grant["role"], grant["department"]).label for grant in grants]


def _grant(role: str, department: str | None) -> RoleGrant:
    return RoleGrant(role=role, department=Department(name=department) if department else None)


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


def grants_of(person: Member) -> list[RoleGrant]:
    """Return the grants of a person, each with its department: those for the whole organization first.

    The person knows its roles by it, so that no rule asks for them again.
    """
    grants = RoleGrant.objects.filter(member=person).select_related("department")
    found = list(grants.order_by(F("department__path").asc(nulls_first=True), "role"))
    person.__dict__["role_names"] = [grant.role for grant in found if grant.department is None]
    person.__dict__["scope_paths"] = [grant.department.path for grant in found if grant.department is not None]
    return found


def grants_by_role(*, at_most: int) -> dict[str, tuple[int, list[RoleGrant]]]:
    """Return of every role how many grants there are, and the first ones by the people's names, of any reach."""
    place = Window(RowNumber(), partition_by="role", order_by=("member__name", "member_id", "department__path"))
    grants = RoleGrant.objects.select_related("member", "granted_by", "department")
    first: dict[str, list[RoleGrant]] = defaultdict(list)
    for grant in grants.annotate(place=place).filter(place__lte=at_most).order_by("place"):
        first[grant.role].append(grant)
    counts = dict(RoleGrant.objects.order_by().values_list("role").annotate(Count("pk")))
    return {role: (counts.get(role, 0), first[role]) for role in Role.values}


def recent_imports() -> QuerySet[MemberImport]:
    """Return the imports of the directory, newest first, without their files."""
    return MemberImport.objects.defer("content").select_related("uploaded_by").order_by("-created_at", "-pk")


def problems_of(upload: MemberImport) -> QuerySet[ImportProblem]:
    """Return everything that is wrong in an uploaded file, in the order of its lines."""
    return ImportProblem.objects.filter(upload=upload).order_by("pk")


def settings_versions(*, policies: bool = False) -> QuerySet[SettingsVersion]:
    """Return the versions of the organization's settings, newest first, each with the member who made it.

    policies: only those that changed a policy, or put an agreement on record.
    """
    versions: QuerySet[SettingsVersion] = SettingsVersion.objects.select_related("changed_by").order_by("-number")
    if policies:
        return versions.filter(Q(changes__has_any_keys=POLICIES) | ~Q(agreed_with=""))
    return versions


def was_logo(version: str) -> bool:
    """Tell whether the organization's logo ever had this version."""
    return SettingsVersion.objects.filter(changes__logo_version__1=version).exists()


def bulk_changes_of(member: Member) -> QuerySet[BulkChange]:
    """Return the changes of many people that the member may look at, newest first, without whom they are about.

    Administrators of the whole organization see all of them, others their own.
    """
    changes = BulkChange.objects.defer("member_ids").select_related("requested_by", "department", "location", "group")
    seen = changes if is_administrator(member) else changes.filter(requested_by=member)
    return seen.order_by("-created_at", "-pk")


def first_people_of(change: BulkChange, *, at_most: int) -> list[Member]:
    """Return the first of those whom a change that is not over is about."""
    ids = BulkChange.objects.values_list(f"member_ids__0_{at_most}", flat=True).get(pk=change.pk)
    found = Member.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def refusals_of(change: BulkChange) -> QuerySet[BulkRefusal]:
    """Return whom a change left as they were, and why, in the order in which it came to them."""
    return BulkRefusal.objects.filter(change=change).select_related("member").order_by("pk")
