"""Opening and cancelling cases, in the transaction of what makes them necessary."""

from __future__ import annotations

from datetime import datetime

from crowdhub.tenancy.context import current_organization
from ideas.models import Idea
from moderation.deadlines import triage_due_at
from moderation.enums import CaseKind, CaseState
from moderation.models import Case


def open_triage(idea: Idea, *, now: datetime) -> Case:
    """Open the case of an idea that was handed in; return the open one when there is one already."""
    case: Case
    case, _is_new = Case.objects.get_or_create(
        kind=CaseKind.TRIAGE,
        idea=idea,
        state=CaseState.OPEN,
        defaults={
            "organization_id": idea.organization_id,
            "opened_at": now,
            "due_at": triage_due_at(now, current_organization()),
        },
    )
    return case


def cancel_cases(idea: Idea) -> None:
    """Close the open cases of an idea that its author has withdrawn: there is nothing left to decide."""
    Case.objects.filter(idea=idea, state=CaseState.OPEN).update(
        state=CaseState.CANCELLED, claimed_by=None, claimed_until=None
    )
