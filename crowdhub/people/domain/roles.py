"""Who may do what: roles are granted and revoked, and somebody always remains who can."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.enums import Role
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Member, RoleGrant
from crowdhub.tenancy.models import Organization


class LastAdministrator(Refusal):
    message = _("This is the last administrator. Make somebody else one first.")


class NotActive(Refusal):
    message = _("This account is deactivated, so it can hold no role.")


@transaction.atomic
def grant_role(person: Member, role: Role, *, actor: Member | None, now: datetime | None = None) -> bool:
    """Give a member a role, and tell whether they did not hold it before. For administrators. Raises NotActive."""
    if not person.is_active:
        raise NotActive
    _grant, is_new = RoleGrant.objects.get_or_create(
        member=person,
        role=role,
        defaults={
            "organization_id": person.organization_id,
            "granted_by": actor,
            "granted_at": now or timezone.now(),
        },
    )
    if is_new:
        forget_roles(person)
        announce(Fact.ROLE_GRANTED, person, actor=actor, data={"role": str(role)})
    return is_new


@transaction.atomic
def revoke_role(person: Member, role: Role, *, actor: Member | None) -> bool:
    """Take a role from a member, and tell whether they held it. For administrators. Raises LastAdministrator."""
    if role == Role.ADMINISTRATOR:
        ensure_administrator_besides(person)
    deleted, _rows = RoleGrant.objects.filter(member=person, role=role).delete()
    if deleted:
        forget_roles(person)
        announce(Fact.ROLE_REVOKED, person, actor=actor, data={"role": str(role)})
    return bool(deleted)


def ensure_administrator_besides(person: Member) -> None:
    """Raise LastAdministrator when nobody but this person could administer; holds the others until the commit."""
    # Two administrators who take the role from each other at once must not both succeed.
    Organization.objects.select_for_update(no_key=True).get(pk=person.organization_id)
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR)
    holds_it = grants.filter(member=person).exists()
    if holds_it and not grants.filter(member__is_active=True).exclude(member=person).exists():
        raise LastAdministrator


def forget_roles(person: Member) -> None:
    """Let the object ask again which roles it holds."""
    person.__dict__.pop("roles", None)
    person.__dict__.pop("role_names", None)


@transaction.atomic
def set_roles(person: Member, wanted: set[Role], *, actor: Member | None) -> None:
    """Make a member hold exactly these roles: all the changes or none. Raises NotActive, LastAdministrator."""
    held = {Role(role) for role in RoleGrant.objects.filter(member=person).values_list("role", flat=True)}
    for role in sorted(held - wanted):
        revoke_role(person, role, actor=actor)
    for role in sorted(wanted - held):
        grant_role(person, role, actor=actor)
