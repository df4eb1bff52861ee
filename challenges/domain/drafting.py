"""Writing a challenge before it is launched. Nothing is required of a draft, and none of it is an event yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_draft
from challenges.enums import PhaseKind
from challenges.models import Challenge, ChallengeManager, Phase, TermsVersion
from crowdhub.common.errors import Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member

BRIEF_FIELDS: Final = ("objective", "why_it_matters", "good_answer", "success_measure")
# From when until when; None takes the phase out of the challenge.
Dates = Mapping[PhaseKind, tuple[datetime, datetime] | None]


class DraftFields(TypedDict, total=False):
    """What a draft can be given; what is left out stays as it is."""

    title: str
    kind: str
    language: str
    visibility: str
    objective: str
    why_it_matters: str
    good_answer: str
    success_measure: str
    answer_within_days: int
    everyone: bool
    own_word_counts: bool
    terms: TermsVersion | None


class TextTooLong(Refusal):
    message = _("This text is too long.")


YEARS = (2000, 2100)  # beyond them a typing error is likelier than a plan


class PhaseOutOfReach(Refusal):
    message = _("Give a year between 2000 and 2100.")


class PhaseEndsBeforeItBegins(Refusal):
    message = _("The end has to lie after the beginning.")


def create_challenge(*, actor: Member, **fields: Unpack[DraftFields]) -> Challenge:
    """Make a draft that the actor manages, in their organization; raises TextTooLong.

    The caller has made sure that the actor may create challenges.
    """
    challenge = Challenge(organization_id=actor.organization_id, created_by=actor, language=actor.language)
    _apply(challenge, fields)
    with transaction.atomic():
        challenge.save(force_insert=True)
        ChallengeManager.objects.create(organization_id=actor.organization_id, challenge=challenge, member=actor)
    return challenge


def save_draft(challenge: Challenge, *, actor: Member, **fields: Unpack[DraftFields]) -> Challenge:
    """Change a draft; raises ChallengeNotDraft and TextTooLong."""
    with transaction.atomic():
        lock_draft(challenge)
        _apply(challenge, fields)
        challenge.save()
    return challenge


def set_dates(challenge: Challenge, *, actor: Member, dates: Dates) -> None:
    """Say when the phases of a draft are; raises ChallengeNotDraft, PhaseEndsBeforeItBegins and PhaseOutOfReach."""
    with transaction.atomic():
        lock_draft(challenge)
        for kind, span in dates.items():
            if span is None:
                Phase.objects.filter(challenge=challenge, kind=kind).delete()
            else:
                save_phase(challenge, kind, *span)


def discard_draft(challenge: Challenge, *, actor: Member) -> None:
    """Delete a draft for good; raises ChallengeNotDraft."""
    with transaction.atomic():
        lock_draft(challenge)
        challenge.delete()


def save_phase(challenge: Challenge, kind: PhaseKind, starts_at: datetime, ends_at: datetime) -> None:
    """Write one phase inside the caller's transaction; raises PhaseEndsBeforeItBegins and PhaseOutOfReach."""
    if not (YEARS[0] <= starts_at.year and ends_at.year <= YEARS[1]):
        raise PhaseOutOfReach(field=f"{kind}_ends_on")
    if ends_at <= starts_at:
        raise PhaseEndsBeforeItBegins(field=f"{kind}_ends_on")
    Phase.objects.update_or_create(
        challenge=challenge,
        kind=kind,
        defaults={"organization_id": challenge.organization_id, "starts_at": starts_at, "ends_at": ends_at},
    )


def _apply(challenge: Challenge, fields: DraftFields) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > _limit(name):
            raise TextTooLong(field=name)
        setattr(challenge, name, value)
        if name in BRIEF_FIELDS:
            challenge.brief_html[name] = render_markdown(str(value))


def _limit(name: str) -> int:
    return getattr(Challenge._meta.get_field(name), "max_length", None) or MAX_TEXT_LENGTH
