"""The dates of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.enums import PhaseKind
from challenges.models import Challenge, Phase
from crowdhub.common.errors import Refusal

Span = tuple[datetime, datetime]
# From when until when; None takes the phase out of the challenge.
Dates = Mapping[PhaseKind, Span | None]
# Beyond these years a typing error is likelier than a plan. A day of grace on both sides is for time zones.
YEARS: Final = (2000, 2100)
_EARLIEST: Final = datetime(YEARS[0] - 1, 12, 31, tzinfo=UTC)
_LATEST: Final = datetime(YEARS[1] + 1, 1, 2, tzinfo=UTC)


class PhaseOutOfReach(Refusal):
    message = gettext_lazy("Give a year between 2000 and 2100.")


class PhaseEndsBeforeItBegins(Refusal):
    message = gettext_lazy("The end must be after the beginning.")


class PhasesOutOfOrder(Refusal):
    message = gettext_lazy("The phases do not fit together.")


def checked_dates(dates: Dates) -> Dates:
    """Return the dates in UTC; raises PhaseOutOfReach and PhaseEndsBeforeItBegins."""
    return {kind: None if span is None else _checked(kind, *span) for kind, span in dates.items()}


def checked_moment(moment: datetime, *, field: str) -> datetime:
    """Return a moment in UTC; raises PhaseOutOfReach."""
    if not _EARLIEST <= moment <= _LATEST:
        raise PhaseOutOfReach(field=field)
    return moment.astimezone(UTC)


def changed_phases(challenge: Challenge, dates: Dates) -> Iterator[PhaseKind]:
    """Yield the kinds whose phase is not as these dates say."""
    present = {phase.kind: (phase.starts_at, phase.ends_at) for phase in Phase.objects.filter(challenge=challenge)}
    yield from (kind for kind, span in dates.items() if present.get(kind) != span)


def write_phase(challenge: Challenge, kind: PhaseKind, span: Span | None) -> None:
    """Write one phase inside the caller's transaction, or take it out."""
    if span is None:
        Phase.objects.filter(challenge=challenge, kind=kind).delete()
        return
    defaults = {"organization_id": challenge.organization_id, "starts_at": span[0], "ends_at": span[1]}
    Phase.objects.update_or_create(challenge=challenge, kind=kind, defaults=defaults)


def problems_of_order(phases: Mapping[str, Phase]) -> list[PhasesOutOfOrder]:
    """Return what does not fit together among the phases of a challenge that takes ideas, by kind. They may overlap."""
    submission, voting, review = (phases.get(kind) for kind in PhaseKind)
    problems: list[PhasesOutOfOrder] = []
    if submission is not None and voting is not None and voting.starts_at < submission.starts_at:
        problems.append(
            PhasesOutOfOrder(_("Voting cannot begin before ideas can be handed in."), field="voting_starts_on")
        )
    last = max((phase.ends_at for phase in (submission, voting) if phase is not None), default=None)
    if review is not None and last is not None and review.ends_at < last:
        problems.append(
            PhasesOutOfOrder(_("Decide after the last idea and the last vote are in."), field="review_ends_on")
        )
    return problems


def _checked(kind: PhaseKind, starts_at: datetime, ends_at: datetime) -> Span:
    """Compare in UTC: moments of one time zone are compared by their clocks, which show an hour of autumn twice."""
    field = f"{kind}_ends_on"
    starts_at, ends_at = checked_moment(starts_at, field=field), checked_moment(ends_at, field=field)
    if ends_at <= starts_at:
        raise PhaseEndsBeforeItBegins(field=field)
    return starts_at, ends_at
