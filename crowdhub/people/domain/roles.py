"""Who may do what: roles are granted and revoked, and somebody always remains who can."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.along import forget_brought
from crowdhub.people.enums import Role
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import EVERYWHERE, Department, Member, RoleGrant
from crowdhub.tenancy.models import Organization


class LastAdministrator(Refusal):
    message = _("This is the last administrator. Make somebody else one first.")


class NoSuchScope(Refusal):
    message = _("Only administrators can be limited to a department.")


class NotActive(Refusal):
    message = _("This account is deactivated, so it can hold no role.")


@transaction.atomic
def grant_role(
    person: Member,
    role: Role,
    *,
    actor: Member | None,
    department: Department | None = None,
    now: datetime | None = None,
) -> bool:
    """Give a member a role, and tell whether they did not hold it before; a department limits it to the people there.

    For administrators of the whole organization. Raises NotActive, NoSuchScope.
    """
    if not person.is_active:
        raise NotActive
    if department is not None and role != Role.ADMINISTRATOR:
        raise NoSuchScope
    _grant, is_new = RoleGrant.objects.get_or_create(
        member=person,
        role=role,
        department=department,
        defaults={
            "organization_id": person.organization_id,
            "granted_by": actor,
            "granted_at": now or timezone.now(),
        },
    )
    if is_new:
        forget_roles(person)
        announce(Fact.ROLE_GRANTED, person, actor=actor, data=_about(role, department))
    return is_new


@transaction.atomic
def revoke_role(person: Member, role: Role, *, actor: Member | None, department: Department | None = None) -> bool:
    """Take a role from a member, of this reach alone, and tell whether they held it.

    For administrators of the whole organization. Raises LastAdministrator.
    """
    if role == Role.ADMINISTRATOR and department is None:
        ensure_administrator_besides(person)
    deleted, _rows = RoleGrant.objects.filter(member=person, role=role, department=department).delete()
    if deleted:
        forget_roles(person)
        announce(Fact.ROLE_REVOKED, person, actor=actor, data=_about(role, department))
    return bool(deleted)


def ensure_administrator_besides(person: Member) -> None:
    """Raise LastAdministrator when nobody but this person could administer the whole organization.

    Holds the others until the commit.
    """
    # Two administrators who take the role from each other at once must not both succeed.
    Organization.objects.select_for_update(no_key=True).get(pk=person.organization_id)
    grants = RoleGrant.objects.filter(EVERYWHERE, role=Role.ADMINISTRATOR)
    holds_it = grants.filter(member=person).exists()
    if holds_it and not grants.filter(member__is_active=True).exclude(member=person).exists():
        raise LastAdministrator


def forget_roles(person: Member) -> None:
    """Let the object ask again which roles it holds."""
    for known in ("roles", "role_names", "administered", "scope_paths"):
        person.__dict__.pop(known, None)
    forget_brought(person)


@transaction.atomic
def set_roles(
    person: Member, wanted: set[Role], *, actor: Member | None, administered: Collection[Department] | None = None
) -> None:
    """Make a member hold exactly these roles: all the changes or none. Raises NotActive, LastAdministrator.

    administered: the departments to which they are to be limited as an administrator; None leaves those as they are.
    """
    grants = RoleGrant.objects.filter(member=person).select_related("department")
    held = {Role(grant.role) for grant in grants if grant.department is None}
    for role in sorted(held - wanted):
        revoke_role(person, role, actor=actor)
    for role in sorted(wanted - held):
        grant_role(person, role, actor=actor)
    if administered is not None:
        _set_administered(person, {grant.department for grant in grants} - {None}, set(administered), actor)


def _set_administered(person: Member, held: set[Department], wanted: set[Department], actor: Member | None) -> None:
    for department in sorted(held - wanted, key=lambda each: each.pk):
        revoke_role(person, Role.ADMINISTRATOR, actor=actor, department=department)
    for department in sorted(wanted - held, key=lambda each: each.pk):
        grant_role(person, Role.ADMINISTRATOR, actor=actor, department=department)


def _about(role: Role, department: Department | None) -> dict[str, object]:
    return {"role": str(role)} if department is None else {"role": str(role), "department": department.pk}
