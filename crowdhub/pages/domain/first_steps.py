"""Hiding the first steps, which an organization that has found its way need not see any more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization


def hide_first_steps(*, actor: Member) -> None:
    """Take the first steps from the home page of every administrator; their own page stays. For administrators."""
    _set_hidden(True, actor)


def show_first_steps(*, actor: Member) -> None:
    """Put the first steps back on the home page of administrators, until they are done. For administrators."""
    _set_hidden(False, actor)


@transaction.atomic
def _set_hidden(hidden: bool, actor: Member) -> None:
    organization = Organization.objects.select_for_update(no_key=True).get(pk=actor.organization_id)
    if (organization.first_steps_hidden_at is not None) == hidden:
        return
    organization.first_steps_hidden_at = timezone.now() if hidden else None
    organization.save(update_fields=["first_steps_hidden_at"])
    record(Verb.FIRST_STEPS_HIDDEN if hidden else Verb.FIRST_STEPS_SHOWN, subject=actor, actor=actor)
