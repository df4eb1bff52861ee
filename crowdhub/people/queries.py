"""Reads of people that have a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, JSONObject, Lower, RowNumber

from crowdhub.common.keyset import Counted, Keyset, Part, beyond, counted
from crowdhub.people.enums import Role
from crowdhub.people.models import (
    BulkChange,
    BulkRefusal,
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
from crowdhub.people.rules import is_administrator, is_covered, see_directory
from crowdhub.people.search import people_named

# The settings that people agree upon with those who represent them: what they can rely on, and what is seen of them.
POLICIES = ("answer_within_days", "has_leaderboard", "smallest_group")
COUNTED_WITH_WORDS = 500
Thing = TypeVar("Thing", Department, Location, Skill, Group)


def _first_by_department(people: QuerySet[Any], after: Sequence[Any] | None, less: bool, limit: int) -> QuerySet[Any]:
    """Keep the first people in the order of their departments, taking the departments one after the other.

    Sorting by a column of another table would read everyone; this reads of each department no more than is needed, and
    none after the page is full.
    """
    departments, within = Department.objects.order_by(), people
    if after is not None:
        name, pk, *place = after
        begun = Q(pk=pk) | beyond(("name", "pk"), (name, pk), less=less)
        departments = departments.filter(begun)
        within = people.exclude(department_id=pk) | people.filter(beyond(("name", "pk"), place, less=less))
    sign = "-" if less else ""
    within = within.filter(department=RawSQL("department.id", [])).order_by(f"{sign}name", f"{sign}pk")
    outer, outer_parameters = (
        departments.order_by(f"{sign}name", f"{sign}pk").values("id", "name").query.sql_with_params()
    )
    inner, inner_parameters = within.values("id", "name")[:limit].query.sql_with_params()
    down = "DESC" if less else "ASC"
    first = (
        f"SELECT member.id FROM ({outer}) department CROSS JOIN LATERAL ({inner}) member "  # noqa: S608  Django's
        f"ORDER BY department.name {down}, department.id {down}, member.name {down}, member.id {down} LIMIT {limit:d}"
    )
    return people.filter(pk__in=RawSQL(first, [*outer_parameters, *inner_parameters]))  # noqa: S611  as above


# What the list of people sorts by: value of the parameter -> parts of the list. Whoever has no department, or was never
# here, comes last in either direction.
DIRECTORY_ORDERS: dict[str, tuple[Part, ...]] = {
    "name": (Part(("name", "pk")),),
    "email": (Part(("email", "pk")),),
    "department": (
        Part(("department__name", "department_id", "name", "pk"), Q(department__isnull=False), _first_by_department),
        Part(("name", "pk"), Q(department=None)),
    ),
    "visit": (
        Part(("last_visit_at", "pk"), Q(last_visit_at__isnull=False)),
        Part(("name", "pk"), Q(last_visit_at=None)),
    ),
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


def directory_order(sort: str) -> Keyset:
    """Return the order of a key of DIRECTORY_ORDERS, descending with "-" before it; by name for any other."""
    key = sort.removeprefix("-")
    if key not in DIRECTORY_ORDERS:
        key = sort = "name"
    return Keyset(f"people:{key}", DIRECTORY_ORDERS[key], descending=sort.startswith("-"))


def by_name(people: QuerySet[Member]) -> QuerySet[Member]:
    """Sort people by their name, as the list does."""
    return people.order_by("name", "pk")


def count_of(people: QuerySet[Member], words: str) -> Counted:
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


@dataclass(frozen=True)
class Shelves:
    """All that people can belong to or be able to do, each by name; departments as `departments_as_tree` has them."""

    departments: list[Department]
    locations: list[Location]
    skills: list[Skill]
    groups: list[Group]


def shelves() -> Shelves:
    """Return the organization's shelves, by one query for all four."""
    path, parent = Value(""), Value(None, output_field=BigIntegerField())
    columns = ("pk", "public_id", "name")
    queries = [
        Department.objects.order_by().values_list(Value("department"), *columns, "path", "parent_id"),
        *(
            model.objects.order_by().values_list(Value(model._meta.model_name), *columns, path, parent)
            for model in (Location, Skill, Group)
        ),
    ]
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for kind, *row in queries[0].union(*queries[1:], all=True):
        rows[kind].append(tuple(row))
    departments = [
        Department(pk=pk, public_id=public_id, name=name, path=path, parent_id=parent_id)
        for pk, public_id, name, path, parent_id in rows["department"]
    ]
    return Shelves(
        _as_tree(sorted(departments, key=_by_label)),
        _things(Location, rows["location"]),
        _things(Skill, rows["skill"]),
        _things(Group, rows["group"]),
    )


def _things(model: type[Thing], rows: list[tuple[Any, ...]]) -> list[Thing]:
    made = [model(pk=pk, public_id=public_id, name=name) for pk, public_id, name, _path, _parent_id in rows]
    return sorted(made, key=_by_label)


def _by_label(thing: Any) -> tuple[str, int]:
    return thing.name.lower(), thing.pk


def departments_as_tree(*, with_counts: bool = False, within: frozenset[str] | None = None) -> list[Department]:
    """Return every department, each after its parent, siblings by name, with `depth` and the `ancestors`' names.

    With counts they have a `member_count` too; `within` keeps those of these paths and below.
    """
    departments = Department.objects.all()
    if with_counts:
        departments = _counted(departments, Member.objects.all(), "department")
    ordered = _as_tree(departments.order_by(Lower("name"), "pk"))
    return ordered if within is None else [each for each in ordered if is_covered(each, within)]


def _as_tree(departments: Iterable[Department]) -> list[Department]:
    children: dict[int | None, list[Department]] = defaultdict(list)
    for department in departments:
        children[department.parent_id].append(department)
    ordered: list[Department] = []

    def add(parent_id: int | None, ancestors: list[str]) -> None:
        for department in children.get(parent_id, []):
            department.depth = len(ancestors)  # type: ignore[attr-defined]  # for the page only
            department.ancestors = ancestors  # type: ignore[attr-defined]  # for the page only
            ordered.append(department)
            add(department.pk, [*ancestors, department.name])

    add(None, [])
    return ordered


def locations_with_counts() -> QuerySet[Location]:
    """Return all locations by name, each with its `member_count`."""
    return _counted(Location.objects.all(), Member.objects.all(), "location")


def skills_with_counts() -> QuerySet[Skill]:
    """Return all skills by name, each with its `member_count`."""
    return _counted(Skill.objects.all(), MemberSkill.objects.all(), "skill")


def groups_with_counts() -> QuerySet[Group]:
    """Return all groups by name, each with its `member_count`."""
    return _counted(Group.objects.all(), GroupMembership.objects.all(), "group")


def _counted(things: QuerySet[Thing], members: QuerySet[Any], key: str) -> QuerySet[Thing]:
    """Count for each thing what points at it, in an index alone: joined, every row of a large table would be sorted."""
    pointing = members.filter(**{key: OuterRef("pk")}).order_by().values(key)
    count = Coalesce(Subquery(pointing.annotate(count=Count("pk")).values("count")), 0)
    return things.annotate(member_count=count).order_by(Lower("name"))


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
