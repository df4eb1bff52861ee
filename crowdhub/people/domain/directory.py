"""The directory of members: who is in it, where they work and who leads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import About, Refusal
from crowdhub.people.domain.joining import invite_member
from crowdhub.people.domain.keeping import ensure_keeps, ensure_names_manager, ensure_places
from crowdhub.people.domain.roles import ensure_administrator_besides
from crowdhub.people.enums import Kind
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Department, DepartmentStay, Location, Member
from crowdhub.tenancy.models import Organization


class AddressTaken(Refusal):
    message = _("Somebody in this organization already has this e-mail address.")


class BadAddress(Refusal):
    message = _("This is not an e-mail address.")


class OwnAccount(Refusal):
    about = About.WHO_ASKS
    message = _("You cannot deactivate your own account. Ask another administrator.")


class OwnManager(Refusal):
    message = _("Nobody can be their own manager.")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the directory says about a member."""

    name: str
    email: str
    kind: str = Kind.EMPLOYEE
    department: Department | None = None
    location: Location | None = None
    manager: Member | None = None
    language: str = "en"


@transaction.atomic
def create_member(organization: Organization, entry: Entry, *, actor: Member | None, invite: bool = False) -> Member:
    """Add a member, who can sign in once they have followed an invitation. Raises AddressTaken, BadAddress.

    For administrators, each within their scope (raises OutsideScope, NotYoursToSay); `actor` is None for the operator's
    commands.
    """
    ensure_places(actor, entry.department)
    ensure_names_manager(actor, None, entry.manager)
    email = _checked_address(entry.email)
    member = Member(organization=organization, timezone=organization.timezone)
    _fill(member, entry, email)
    member.set_unusable_password()
    member.save()
    begin_stay(member, on=timezone.localdate())
    announce(Fact.CHANGED, member, actor=actor, data={"fields": ["created"]})
    if invite:
        invite_member(member, actor=actor)
    return member


@transaction.atomic
def change_member(member: Member, entry: Entry, *, actor: Member | None) -> list[str]:
    """Make the directory say `entry` about a member, and return the names of the fields that changed.

    A new department closes the stay in the old one. For administrators, each within their scope. Raises AddressTaken,
    BadAddress, OwnManager, NotKept, OutsideScope, NotYoursToSay.
    """
    people = Member.objects.select_for_update(of=("self",)).select_related("department", "manager")
    member = people.get(pk=member.pk)
    ensure_keeps(actor, member)
    ensure_places(actor, entry.department)
    ensure_names_manager(actor, member.manager, entry.manager)
    email = _checked_address(entry.email, besides=member)
    if entry.manager is not None and entry.manager.pk == member.pk:
        raise OwnManager(field="manager")
    before = _values(member)
    _fill(member, entry, email)
    changed = [field for field, value in _values(member).items() if value != before[field]]
    if changed:
        member.save()
        if "department_id" in changed:
            begin_stay(member, on=timezone.localdate())
        if "email" in changed:
            _forget_addresses(member)
        announce(Fact.CHANGED, member, actor=actor, data={"fields": changed})
    return changed


@transaction.atomic
def place_member(
    member: Member, *, actor: Member, department: Department | None = None, location: Location | None = None
) -> list[str]:
    """Move a member to a department, to a location, or both, and return the names of the fields that changed.

    A new department closes the stay in the old one. For administrators, each within their scope. Raises NotKept,
    OutsideScope.
    """
    held = Member.objects.select_for_update(of=("self",)).select_related("department").get(pk=member.pk)
    ensure_keeps(actor, held)
    places: dict[str, Department | Location | None] = {"department": department, "location": location}
    chosen = {name: place for name, place in places.items() if place is not None}
    if department is not None:
        ensure_places(actor, department)
    changed = [f"{name}_id" for name, place in chosen.items() if getattr(held, f"{name}_id") != place.pk]
    if changed:
        for name, place in chosen.items():
            setattr(held, name, place)
        held.save(update_fields=changed)
        if "department_id" in changed:
            begin_stay(held, on=timezone.localdate())
        announce(Fact.CHANGED, held, actor=actor, data={"fields": changed})
    return changed


@transaction.atomic
def change_own_settings(member: Member, *, language: str, timezone_name: str) -> None:
    """Set the language and the time zone in which a member reads. For the member alone."""
    held = Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    chosen = {"language": language, "timezone": timezone_name}
    changed = [field for field, value in chosen.items() if getattr(held, field) != value]
    if changed:
        Member.objects.filter(pk=member.pk).update(**chosen)
        announce(Fact.CHANGED, member, actor=member, data={"fields": changed})
    member.language, member.timezone = language, timezone_name


@transaction.atomic
def deactivate_member(member: Member, *, actor: Member) -> None:
    """Shut a member out, at once and everywhere; what they wrote stays. Raises OwnAccount, NotKept and
    LastAdministrator.

    Their stay in the department ends today, so that reports of later months do not count them. For administrators.
    """
    if member.pk == actor.pk:
        raise OwnAccount
    ensure_administrator_besides(member)
    _set_active(member, False, actor=actor)


@transaction.atomic
def reactivate_member(member: Member, *, actor: Member) -> None:
    """Let a member in again, with the password that they had; a new stay in their department begins today.

    For administrators.
    """
    _set_active(member, True, actor=actor)


def begin_stay(member: Member, *, on: date) -> None:
    """Note that from that day on a member is in their department, if they are active and have one; the stay before
    ends on the same day.

    A stay counts from `since` until the day before `until`. One that began the same day is replaced.
    """
    stays = DepartmentStay.objects.filter(member=member, until=None)
    stays.filter(since__gte=on).delete()
    stays.update(until=on)
    if member.is_active and member.department_id is not None:
        DepartmentStay.objects.create(
            organization_id=member.organization_id, member=member, department_id=member.department_id, since=on
        )


def _set_active(member: Member, active: bool, *, actor: Member) -> None:
    # Locked, because whoever moves the member meanwhile must see whether a stay may be open.
    held = Member.objects.select_for_update(of=("self",)).select_related("department").get(pk=member.pk)
    ensure_keeps(actor, held)
    if held.is_active != active:
        held.is_active = active
        held.save(update_fields=["is_active"])
        begin_stay(held, on=timezone.localdate())
        announce(Fact.CHANGED, member, actor=actor, data={"fields": ["is_active"]})
    member.is_active = active


def _checked_address(email: str, *, besides: Member | None = None) -> str:
    """Return the address as it is stored, in lower case, because people type it in any."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise BadAddress(field="email") from error
    others = Member.objects.filter(email__iexact=email)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise AddressTaken(field="email")
    return email


def _fill(member: Member, entry: Entry, email: str) -> None:
    member.name, member.email, member.kind = entry.name.strip(), email, entry.kind
    member.department, member.location, member.manager = entry.department, entry.location, entry.manager
    member.language = entry.language


def _values(member: Member) -> dict[str, object]:
    fields = ("name", "email", "kind", "department_id", "location_id", "manager_id", "language")
    return {field: getattr(member, field) for field in fields}


def _forget_addresses(member: Member) -> None:
    """The old address must not open the account any more: allauth keeps a copy of it."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=member).delete()
