"""The promise to answer: when it is due, and when its clock stands still."""

from __future__ import annotations

from datetime import datetime

from crowdhub.common.working_days import add_working_days, add_working_time, working_time_between
from ideas.models import AnswerPause, Idea


def start_promise(idea: Idea, now: datetime) -> None:
    """Set when the answer is due: the challenge's number of working days from now. The caller saves the idea."""
    idea.answer_due_at = add_working_days(now, idea.challenge.answer_within_days, **_calendar(idea))


def pause_promise(idea: Idea, now: datetime) -> None:
    """Stop the clock: from now on the author has the ball."""
    AnswerPause.objects.create(organization_id=idea.organization_id, idea=idea, started_at=now)


def resume_promise(idea: Idea, now: datetime) -> None:
    """Move the due date by the working time of the pause and end that. The caller saves the idea."""
    pause = AnswerPause.objects.filter(idea=idea, ended_at=None).first()
    if pause is None:
        return
    pause.ended_at = now
    pause.save(update_fields=["ended_at"])
    if idea.answer_due_at is not None:
        paused = working_time_between(pause.started_at, max(now, pause.started_at), **_calendar(idea))
        idea.answer_due_at = add_working_time(idea.answer_due_at, paused, **_calendar(idea))


def forget_pause(idea: Idea) -> None:
    """Undo a pause that should never have begun, so that no time is added for it."""
    AnswerPause.objects.filter(idea=idea, ended_at=None).delete()


def _calendar(idea: Idea) -> dict[str, str]:
    return {"region": idea.organization.holiday_region, "timezone": idea.organization.timezone}
