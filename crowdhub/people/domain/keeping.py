"""Whose accounts an administrator of single departments keeps, told where they are changed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import About, Refusal
from crowdhub.people.models import Department, Member
from crowdhub.people.rules import is_administrator, is_covered, keep_account, name_managers


class NotKept(Refusal):
    about = About.WHO_ASKS
    message = _("Only administrators of the whole organization may change this account.")


class OutsideScope(Refusal):
    about = About.WHO_ASKS
    message = _("You administer only some departments. Choose one of those.")


class NotYoursToSay(Refusal):
    about = About.WHO_ASKS
    message = _("Only administrators of the whole organization can say who someone’s manager is.")


def ensure_keeps(actor: Member | None, person: Member) -> None:
    """Raise NotKept for an administrator of single departments and an account that is not theirs to keep.

    Nobody else is asked here: views let in administrators only, and an operator's command has no actor.
    """
    if actor is not None and actor.administered and not keep_account(actor, person):
        raise NotKept


def ensure_places(actor: Member | None, department: Department | None) -> None:
    """Raise OutsideScope when an administrator of single departments would put somebody anywhere else."""
    if actor is not None and not may_place(actor, department):
        raise OutsideScope(field="department")


def ensure_names_manager(actor: Member | None, before: Member | None, after: Member | None) -> None:
    """Raise NotYoursToSay when an administrator of single departments would change who leads somebody."""
    if actor is not None and actor.administered and not name_managers(actor) and before != after:
        raise NotYoursToSay(field="manager")


def may_place(actor: Member, department: Department | None) -> bool:
    """Tell whether no limit of the actor keeps them from putting somebody into a department."""
    if is_administrator(actor) or not actor.administered:
        return True
    return is_covered(department, actor.administered)
