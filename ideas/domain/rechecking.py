"""The times of the promise, computed again from what an idea went through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, QuerySet, Subquery

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.working_days import add_working_days, add_working_time, working_time_between
from crowdhub.people.models import SettingsVersion
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization
from ideas.enums import IdeaState
from ideas.models import Idea

BATCH = 500


@dataclass(frozen=True)
class WrongTime:
    """A time of an idea (`field`) that is stored otherwise than it follows."""

    idea_id: int
    field: str
    stored: datetime | None
    due: datetime | None


@transaction.atomic
def recheck_times(*, fix: bool = False) -> list[WrongTime]:
    """Return where `answer_due_at` and `answered_at` do not follow in the open organization; `fix` sets them right.

    The first follows from submission and pauses, by the working days as the settings had them at that time, the
    second from the first answer, or from the rejection that is in force. What seems wrong is looked at again under
    the idea's lock, so that nobody's work in between is taken for a difference.
    """
    calendars = _Calendars()
    suspects = {wrong.idea_id for wrong in _wrong_times(_with_facts(), calendars)}
    if not suspects:
        return []
    list(Idea.objects.filter(pk__in=suspects).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    found = list(_wrong_times(_with_facts().filter(pk__in=suspects), calendars))
    for wrong in found if fix else ():
        Idea.objects.filter(pk=wrong.idea_id).update(**{wrong.field: wrong.due})
    return found


def _with_facts() -> QuerySet[Idea]:
    """Return every idea with what its times follow from."""
    events = Event.objects.filter(idea=OuterRef("pk"))
    rejections = events.filter(verb=Verb.IDEA_REJECTED).order_by("-occurred_at", "-pk")
    ideas: QuerySet[Idea] = Idea.objects.select_related("challenge").prefetch_related("pauses")
    return ideas.order_by("pk").annotate(
        # What was imported was handed in elsewhere: nobody here has promised an answer to it.
        was_promised=Exists(events.filter(verb=Verb.IDEA_SUBMITTED)),
        first_answer_at=Min("answers__created_at"),
        rejected_at=Subquery(rejections.values("occurred_at")[:1]),
    )


def _wrong_times(ideas: QuerySet[Idea], calendars: _Calendars) -> Iterator[WrongTime]:
    for idea in ideas.iterator(chunk_size=BATCH):
        for field, due in (("answer_due_at", _answer_due(idea, calendars)), ("answered_at", _answered(idea))):
            stored = getattr(idea, field)
            if stored != due:
                yield WrongTime(idea.pk, field, stored, due)


def _answer_due(idea: Any, calendars: _Calendars) -> datetime | None:
    if idea.submitted_at is None or idea.state == IdeaState.WITHDRAWN or not idea.was_promised:
        return None
    days = idea.challenge.answer_within_days
    due = add_working_days(idea.submitted_at, days, **calendars.at(idea.submitted_at))
    for pause in sorted((one for one in idea.pauses.all() if one.ended_at), key=lambda one: one.ended_at):
        calendar = calendars.at(pause.ended_at)
        paused = working_time_between(pause.started_at, max(pause.ended_at, pause.started_at), **calendar)
        due = add_working_time(due, paused, **calendar)
    return due


def _answered(idea: Any) -> datetime | None:
    first: datetime | None = idea.first_answer_at
    rejected: datetime | None = idea.rejected_at if idea.state == IdeaState.REJECTED else None
    return first or rejected


class _Calendars:
    """What counted as working time when: a promise that was given is not changed by later settings."""

    def __init__(self) -> None:
        organization = Organization.objects.get(pk=current_organization().pk)
        self._now = {"region": organization.holiday_region, "timezone": organization.timezone}
        versions = SettingsVersion.objects.order_by("-number").values_list("changed_at", "changes")
        self._changes = [(at, changes) for at, changes in versions if {"holiday_region", "timezone"} & changes.keys()]

    def at(self, moment: datetime) -> dict[str, str]:
        """Return region and time zone as they were at a moment: today's, with later changes taken back."""
        found = dict(self._now)
        for changed_at, changes in self._changes:
            if changed_at <= moment:
                break
            for name, key in (("holiday_region", "region"), ("timezone", "timezone")):
                if name in changes:
                    found[key] = changes[name][0]
        return found
