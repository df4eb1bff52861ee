"""The promise to answer, as a page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crowdhub.common.working_days import WORKING_DAY, working_time_left
from crowdhub.tenancy.context import current_organization
from ideas.enums import IdeaState
from ideas.models import Idea


@dataclass(frozen=True)
class Promise:
    """How much working time is left until an answer is due; `share` is how much of it has passed, 0 to 100."""

    due_at: datetime
    left: timedelta
    share: int
    paused: bool

    @property
    def tone(self) -> str:
        if self.paused:
            return ""
        return "bad" if self.left < timedelta() else "warn" if self.share >= 75 else ""


def promise_of(idea: Idea, *, now: datetime | None = None) -> Promise | None:
    """Return the promise that runs for an idea, or None when no answer is owed (any more)."""
    if idea.answer_due_at is None or idea.answered_at is not None:
        return None
    organization = current_organization()
    left = working_time_left(
        idea.answer_due_at, region=organization.holiday_region, timezone=organization.timezone, now=now
    )
    share = 100 - int(left / (WORKING_DAY * idea.challenge.answer_within_days) * 100)
    return Promise(
        due_at=idea.answer_due_at,
        left=left,
        share=max(0, min(100, share)),
        paused=idea.state == IdeaState.CHANGES_REQUESTED,
    )
