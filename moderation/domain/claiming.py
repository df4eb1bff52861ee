"""Leases, so that two moderators do not read the same case at the same time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from crowdhub.people.models import Member
from moderation.enums import CaseState
from moderation.models import Case
from moderation.queries import authored_by, moderated_by

LEASE: Final = timedelta(minutes=15)


def claim_case(public_id: str, *, actor: Member, now: datetime | None = None) -> None:
    """Give the open case to the actor for a quarter of an hour, or renew that, unless someone else holds it.

    Whatever the actor held before is let go: leafing through the queue must not block it for the others.
    One statement, so it needs no lock; who holds the case is read afterwards. The id of a case that is unknown, or not
    the actor's to decide, claims nothing.
    """
    now = now or timezone.now()
    is_free = Q(claimed_by=None) | Q(claimed_until__lte=now) | Q(claimed_by=actor)
    this_one = Q(public_id=public_id) & is_free & moderated_by(actor) & ~authored_by(actor)
    others = Q(claimed_by=actor) & ~Q(public_id=public_id)
    Case.objects.filter(this_one | others, state=CaseState.OPEN).update(
        claimed_by=models.Case(models.When(public_id=public_id, then=Value(actor.pk)), default=None),
        claimed_until=models.Case(models.When(public_id=public_id, then=Value(now + LEASE)), default=None),
    )


def held_by_another(case: Case, actor: Member, *, now: datetime | None = None) -> bool:
    """Tell whether someone other than the actor holds the case at this moment."""
    now = now or timezone.now()
    return (
        case.claimed_by_id is not None
        and case.claimed_by_id != actor.pk
        and case.claimed_until is not None
        and case.claimed_until > now
    )
