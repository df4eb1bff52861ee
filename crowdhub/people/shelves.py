"""Reads of what people belong to and what they can do: departments, locations, skills and groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower

from crowdhub.people.models import Department, Group, GroupMembership, Location, Member, MemberSkill, Skill
from crowdhub.people.rules import is_covered

Thing = TypeVar("Thing", Department, Location, Skill, Group)


@dataclass(frozen=True)
class Shelves:
    """All that people can belong to or be able to do, each by name; departments as `departments_as_tree` has them."""

    departments: list[Department]
    locations: list[Location]
    skills: list[Skill]
    groups: list[Group]


def all_shelves() -> Shelves:
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
