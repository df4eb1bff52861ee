"""What can be done to the dates of a challenge that is running."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_launched
from challenges.domain.phases import checked_moment, problems_of_order
from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge, Phase
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member


class PhaseHasEnded(Refusal):
    message = _("This phase is over and cannot be opened again: what it kept hidden has been seen.")


class PhaseWouldEndEarlier(Refusal):
    message = _("People rely on the date that they were told: it can only be moved to a later one.")


class NoSuchPhase(Refusal):
    message = _("The challenge has no such phase.")


def close_challenge(challenge: Challenge, *, actor: Member, now: datetime | None = None) -> Challenge:
    """End a challenge that is running, whatever its dates say; raises ChallengeNotLaunched."""
    with transaction.atomic():
        lock_launched(challenge)
        challenge.state = ChallengeState.CLOSED
        challenge.closed_at = now or timezone.now()
        challenge.save(update_fields=["state", "closed_at"])
        record(Verb.CHALLENGE_CLOSED, subject=challenge, actor=actor, now=now)
    return challenge


def extend_dates(
    challenge: Challenge, *, actor: Member, ends: Mapping[PhaseKind, datetime], now: datetime | None = None
) -> None:
    """Let phases of a running challenge end later; those whose end stays the same are left alone.

    Raises ChallengeNotLaunched, NoSuchPhase, PhaseHasEnded, PhaseWouldEndEarlier, PhaseOutOfReach, and
    PhasesOutOfOrder where ideas or votes would come in after the decision.
    """
    now = now or timezone.now()
    ends = {kind: checked_moment(end, field=f"{kind}_ends_on") for kind, end in ends.items()}
    with transaction.atomic():
        lock_launched(challenge)
        phases = {phase.kind: phase for phase in Phase.objects.filter(challenge=challenge)}
        changed = [phase for kind, end in ends.items() if (phase := _extended(phases.get(kind), kind, end, now))]
        if late := [problem for problem in problems_of_order(phases) if problem.field == "review_ends_on"]:
            raise late[0]
        Phase.objects.bulk_update(changed, ["ends_at"])
        kinds = [phase.kind for phase in changed]
        if kinds:
            record(Verb.CHALLENGE_CHANGED, subject=challenge, actor=actor, data={"extended": kinds}, now=now)


def _extended(phase: Phase | None, kind: PhaseKind, end: datetime, now: datetime) -> Phase | None:
    field = f"{kind}_ends_on"
    if phase is None:
        raise NoSuchPhase(field=field)
    if end == phase.ends_at:
        return None
    if phase.ends_at <= now:
        raise PhaseHasEnded(field=field)
    if end < phase.ends_at:
        raise PhaseWouldEndEarlier(field=field)
    phase.ends_at = end
    return phase
