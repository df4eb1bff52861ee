"""Launching a challenge, and everything that can stand in the way."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.audience_sql import audience_queryset
from challenges.domain.emptiness import why_nobody_is_asked
from challenges.domain.locks import lock_draft
from challenges.domain.phases import problems_of_order
from challenges.domain.saving import CheckedAnotherDraft
from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization


class TitleIsMissing(Refusal):
    message = gettext_lazy("Give the challenge a title.")


class ObjectiveIsMissing(Refusal):
    message = gettext_lazy("Say what you want to achieve: the objective is missing.")


class SuccessMeasureIsMissing(Refusal):
    message = gettext_lazy("Say how you will know that it worked: the success measure is missing.")


class DatesAreMissing(Refusal):
    message = gettext_lazy("Say from when until when ideas can be handed in.")


class DecisionDateIsMissing(Refusal):
    message = gettext_lazy("Say by when you decide.")


class PhaseLiesInThePast(Refusal):
    message = gettext_lazy("This is in the past.")


class TermsAreMissing(Refusal):
    message = gettext_lazy("Choose the terms under which ideas are handed in.")


class AudienceIsEmpty(Refusal):
    message = gettext_lazy("Nobody would be asked.")


def launch_challenge(
    challenge: Challenge, *, actor: Member, known_version: int | None = None, now: datetime | None = None
) -> Challenge:
    """Launch a draft: from now on it is visible, and the workers invite its audience.

    `known_version` is the one that the actor checked. Raises ChallengeNotDraft, CheckedAnotherDraft
    where it was saved since, or the first of the refusals that `problems_of` returns.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock_draft(challenge)
        if known_version is not None and known_version != challenge.version:
            raise CheckedAnotherDraft
        for problem in problems_of(challenge, now=now):
            raise problem
        challenge.state = ChallengeState.LAUNCHED
        challenge.launched_at = now
        challenge.save(update_fields=["state", "launched_at"])
        record(Verb.CHALLENGE_LAUNCHED, subject=challenge, actor=actor, now=now)
    return challenge


def problems_of(challenge: Challenge, *, now: datetime | None = None, is_anybody_asked: bool = False) -> list[Refusal]:
    """Return everything that keeps a draft from being launched, in the order of the form.

    A caller who has counted the audience saves a query by saying that somebody is asked.
    """
    now = now or timezone.now()
    audience = [] if is_anybody_asked else _problems_of_audience(challenge)
    return [*_problems_of_text(challenge), *audience, *_problems_of_dates(challenge, now)] + (
        [] if challenge.terms_id else [TermsAreMissing(field="terms")]
    )


def _problems_of_text(challenge: Challenge) -> list[Refusal]:
    required: dict[str, type[Refusal]] = {
        "title": TitleIsMissing,
        "objective": ObjectiveIsMissing,
        "success_measure": SuccessMeasureIsMissing,
    }
    return [problem(field=name) for name, problem in required.items() if not getattr(challenge, name).strip()]


def _problems_of_audience(challenge: Challenge) -> list[Refusal]:
    if audience_queryset(challenge).exists():
        return []
    return [AudienceIsEmpty(why_nobody_is_asked(challenge), field="everyone")]


def _problems_of_dates(challenge: Challenge, now: datetime) -> list[Refusal]:
    phases = {phase.kind: phase for phase in challenge.phases.all()}
    submission = phases.get(PhaseKind.SUBMISSION)
    problems: list[Refusal] = []
    if submission is None:
        return [DatesAreMissing(field="submission_starts_on")]
    if submission.starts_at < _beginning_of_today(now):
        problems.append(PhaseLiesInThePast(_("The first day for ideas is in the past."), field="submission_starts_on"))
    problems += [
        PhaseLiesInThePast(
            _("The end of the phase “%(phase)s” is in the past.") % {"phase": PhaseKind(phase.kind).label},
            field=f"{phase.kind}_ends_on",
        )
        for phase in phases.values()
        if phase.ends_at <= now
    ]
    if PhaseKind.REVIEW not in phases:
        problems.append(DecisionDateIsMissing(field="review_ends_on"))
    return [*problems, *problems_of_order(phases)]


def _beginning_of_today(now: datetime) -> datetime:
    zone = ZoneInfo(current_organization().timezone)
    return datetime.combine(now.astimezone(zone).date(), time(), zone)
