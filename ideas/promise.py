"""The promise to answer, as a page tells it."""

from __future__ import annotations

from datetime import datetime

from crowdhub.common.promises import PromisedTime
from crowdhub.common.working_days import WORKING_DAY, working_time_left
from crowdhub.tenancy.context import current_organization
from ideas.enums import IdeaState
from ideas.models import Idea


def promise_of(idea: Idea, *, now: datetime | None = None) -> PromisedTime | None:
    """Return the promise that runs for an idea, or None when no answer is owed (any more)."""
    if idea.answer_due_at is None or idea.answered_at is not None:
        return None
    organization = current_organization()
    left = working_time_left(
        idea.answer_due_at, region=organization.holiday_region, timezone=organization.timezone, now=now
    )
    return PromisedTime(
        left=left,
        promised=WORKING_DAY * idea.challenge.answer_within_days,
        paused=idea.state == IdeaState.CHANGES_REQUESTED,
    )
