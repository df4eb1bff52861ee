"""Departments, locations, skills and groups: what people belong to, kept by administrators.

What an import adds is on record as that import.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import transaction
from django.db.models import SET_NULL, Manager, ManyToOneRel, Model
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Department, Group, GroupMembership, Location, Member, Skill
from crowdhub.tenancy.models import Organization

Thing = Department | Location | Skill | Group
Named = TypeVar("Named", Department, Location, Skill, Group)

MAX_DEPTH = 12  # of the tree of departments; their path has to fit its column


class NameTaken(Refusal):
    message = _("There is already one with this name.")


class NoName(Refusal):
    message = _("Give it a name.")


class InUse(Refusal):
    """Something that others still point at is not deleted."""


class TooDeep(Refusal):
    message = _("Departments go down to twelve levels at most.")


@transaction.atomic
def create_department(
    organization: Organization, name: str, *, actor: Member, parent: Department | None = None
) -> Department:
    """Add a department, at the top or below another. Raises NameTaken (among its siblings), NoName, TooDeep."""
    name = _checked_name(name)
    if parent is not None and depth_of(parent) >= MAX_DEPTH:
        raise TooDeep(field="parent")
    if Department.objects.filter(parent=parent, name__iexact=name).exists():
        raise NameTaken(field="name")
    department: Department = Department.objects.create(organization=organization, name=name, parent=parent)
    department.path = f"{parent.path if parent else '/'}{department.pk}/"
    department.save(update_fields=["path"])
    _record(Fact.STRUCTURE_ADDED, department, actor)
    return department


def depth_of(department: Department) -> int:
    """Return how deep a department lies: 1 at the top."""
    return department.path.count("/") - 1


@transaction.atomic
def create_named(model: type[Named], organization: Organization, name: str, *, actor: Member) -> Named:
    """Add a location, a skill or a group. Raises NameTaken, NoName."""
    name = _checked_name(name)
    if model.objects.filter(name__iexact=name).exists():
        raise NameTaken(field="name")
    created: Named = model.objects.create(organization=organization, name=name)
    _record(Fact.STRUCTURE_ADDED, created, actor)
    return created


@transaction.atomic
def rename(thing: Thing, name: str, *, actor: Member) -> None:
    """Give something another name; everything that points at it follows. Raises NameTaken, NoName."""
    name = _checked_name(name)
    thing.refresh_from_db(from_queryset=type(thing).objects.select_for_update())
    if thing.name == name:
        return
    others = type(thing).objects.annotate(lower_name=Lower("name")).filter(lower_name=name.lower())
    if isinstance(thing, Department):
        others = others.filter(parent=thing.parent_id)
    if others.exclude(pk=thing.pk).exists():
        raise NameTaken(field="name")
    thing.name = name
    thing.save(update_fields=["name"])
    _record(Fact.STRUCTURE_RENAMED, thing, actor)


@transaction.atomic
def delete_department(department: Department, *, actor: Member) -> None:
    """Delete a department that is empty and was never used. Raises InUse with what still holds it."""
    if department.children.exists():
        raise InUse(_("It has departments below it. Delete those first."))
    if department.members.exists():
        raise InUse(_("Members belong to it. Move them first."))
    if department.grants.exists():
        raise InUse(_("Somebody administers it. Take that role from them first."))
    if department.stays.exists():
        raise InUse(_("Members belonged to it, and reports about that time need it. Rename it instead."))
    _delete(department, actor)


@transaction.atomic
def delete_location(location: Location, *, actor: Member) -> None:
    """Delete a location where nobody works. Raises InUse."""
    if location.members.exists():
        raise InUse(_("Members work there. Move them first."))
    _delete(location, actor)


@transaction.atomic
def delete_skill(skill: Skill, *, actor: Member) -> None:
    """Delete a skill that nobody states. Raises InUse."""
    if skill.holders.exists():
        raise InUse(_("Members state this skill. Deleting it would take it from them."))
    _delete(skill, actor)


@transaction.atomic
def delete_group(group: Group, *, actor: Member) -> None:
    """Delete a group that has no members. Raises InUse."""
    if group.memberships.exists():
        raise InUse(_("It has members. Take them out first."))
    _delete(group, actor)


@transaction.atomic
def add_to_group(group: Group, member: Member, *, actor: Member) -> bool:
    """Put a member into a group, and tell whether they were not in it before. For administrators.

    Open challenges that are aimed at the group invite them, because it is announced.
    """
    _membership, is_new = GroupMembership.objects.get_or_create(
        group=group, member=member, defaults={"organization_id": group.organization_id}
    )
    if is_new:
        announce(Fact.GROUP_JOINED, member, actor=actor, data={"group": group.pk})
    return is_new


@transaction.atomic
def remove_from_group(group: Group, member: Member, *, actor: Member) -> bool:
    """Take a member out of a group, and tell whether they were in it; invitations stay. For administrators."""
    deleted, _rows = GroupMembership.objects.filter(group=group, member=member).delete()
    if deleted:
        announce(Fact.GROUP_LEFT, member, actor=actor, data={"group": group.pk})
    return bool(deleted)


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise NoName(field="name")
    return name


def _delete(thing: Thing, actor: Member) -> None:
    """Delete, unless something that this app does not know of points at it: challenges are aimed at these things.

    What would only forget it does not hold it: changes of many people that are over.
    """
    for relation in thing._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel) or relation.on_delete is SET_NULL:
            continue
        if _points_at(relation, thing):
            raise InUse(_("Challenges or the record of what happened point at it. Rename it instead."))
    _record(Fact.STRUCTURE_DELETED, thing, actor)
    thing.delete()


def _record(fact: Fact, thing: Thing, actor: Member) -> None:
    announce(fact, actor, actor=actor, data={"kind": thing._meta.model_name, "id": thing.pk})


def _points_at(relation: ManyToOneRel, thing: Model) -> bool:
    rows: Manager[Any] = relation.related_model.objects  # type: ignore[attr-defined]  # every model of ours has it
    return rows.filter(**{relation.field.name: thing.pk}).exists()
