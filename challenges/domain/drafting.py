"""Writing a challenge before it is launched. Nothing is required of a draft.

None of this is an event: a draft is its managers' own business, it can be deleted without a trace, which no event
can, and whatever it said at the end is what the event of its launch stands for. Saves are counted instead.
"""

from __future__ import annotations

from typing import Final, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from challenges.domain.audience import AudienceChoice, audience_differs, clauses_for, write_audience
from challenges.domain.locks import lock_draft
from challenges.domain.phases import Dates, changed_phases, checked_dates, write_phase
from challenges.domain.saving import AUDIENCE, count_save
from challenges.models import Challenge, ChallengeManager, TermsVersion
from challenges.queries import challenge_begun
from crowdhub.common.errors import Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization

BRIEF_FIELDS: Final = ("objective", "why_it_matters", "good_answer", "success_measure")


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


def create_challenge(*, actor: Member, client_uuid: UUID | None = None, **fields: Unpack[DraftFields]) -> Challenge:
    """Make a draft that the actor manages, in their organization; raises TextTooLong.

    Unless told otherwise it promises answers within the organization's usual time, as it is now.
    The same UUID of the same actor once more is a second press of the button: it returns what the first one made, as
    it is by now. The caller has made sure that the actor may create challenges.
    """
    _check_lengths(fields)
    begun = challenge_begun(actor, client_uuid)
    if begun is not None:
        return begun
    challenge = Challenge(
        organization_id=actor.organization_id,
        created_by=actor,
        client_uuid=client_uuid,
        language=actor.language,
        answer_within_days=current_organization().answer_within_days,
    )
    _apply(challenge, fields)
    try:
        with transaction.atomic():
            challenge.save(force_insert=True)
            ChallengeManager.objects.create(organization_id=actor.organization_id, challenge=challenge, member=actor)
    except IntegrityError:
        begun = challenge_begun(actor, client_uuid)  # both presses arrived at once
        if begun is None:
            raise
        return begun
    return challenge


def save_draft(
    challenge: Challenge,
    *,
    actor: Member,
    dates: Dates | None = None,
    audience: AudienceChoice | None = None,
    known_version: int | None = None,
    **fields: Unpack[DraftFields],
) -> Challenge:
    """Change a draft, all of it or nothing; what is the same as before is no save.

    `actor` says who writes, as for every write, although a draft records nothing of its own yet.
    `known_version` is the one that the writer's page knew. Raises ChallengeNotDraft, TextTooLong,
    DraftConflict where somebody else changed the same since, and what set_dates and set_audience raise.
    """
    _check_lengths(fields)
    dates = checked_dates(dates or {})
    clauses = None if audience is None else clauses_for(challenge, audience)
    with transaction.atomic():
        lock_draft(challenge)
        phases = list(changed_phases(challenge, dates))
        changed = [name for name, value in fields.items() if getattr(challenge, name) != value]
        if audience is not None and clauses is not None and audience_differs(challenge, audience, clauses):
            changed.append(AUDIENCE)
        if not changed and not phases:
            return challenge
        count_save(challenge, [*changed, *phases], known_version=known_version)
        _apply(challenge, fields)
        if audience is not None and clauses is not None and AUDIENCE in changed:
            write_audience(challenge, audience, clauses)
        for kind in phases:
            write_phase(challenge, kind, dates[kind])
        challenge.save()
    return challenge


def set_dates(challenge: Challenge, *, actor: Member, dates: Dates) -> None:
    """Say when the phases of a draft are; raises ChallengeNotDraft, PhaseEndsBeforeItBegins and PhaseOutOfReach."""
    save_draft(challenge, actor=actor, dates=dates)


def discard_draft(challenge: Challenge, *, actor: Member) -> None:
    """Delete a draft for good, which records nothing (see save_draft); raises ChallengeNotDraft."""
    with transaction.atomic():
        lock_draft(challenge)
        challenge.delete()


def _check_lengths(fields: DraftFields) -> None:
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > _limit(name):
            raise TextTooLong(field=name)


def _apply(challenge: Challenge, fields: DraftFields) -> None:
    for name, value in fields.items():
        setattr(challenge, name, value)
        if name in BRIEF_FIELDS:
            challenge.brief_html[name] = render_markdown(str(value))


def _limit(name: str) -> int:
    return getattr(Challenge._meta.get_field(name), "max_length", None) or MAX_TEXT_LENGTH
