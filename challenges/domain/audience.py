"""Saying whom a challenge asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_draft
from challenges.domain.saving import AUDIENCE, count_save
from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from crowdhub.common.errors import About, Refusal
from crowdhub.people.enums import SkillLevel
from crowdhub.people.models import Department, Group, Location, Member, Skill

Named = Skill | Department | Location | Group | Member


class NotOfThisOrganization(Refusal):
    about = About.INPUT
    message = _("The audience names something that your organization does not have.")


class NoSuchLevel(Refusal):
    about = About.INPUT
    message = _("Levels of skills go from 1 to 5.")


@dataclass(frozen=True)
class AudienceChoice:
    """Whom a challenge asks, as a manager chose it. Skills come with the lowest level that is enough."""

    everyone: bool = False
    skills: tuple[tuple[Skill, int], ...] = ()
    departments: tuple[Department, ...] = ()
    locations: tuple[Location, ...] = ()
    groups: tuple[Group, ...] = ()
    included: tuple[Member, ...] = ()
    excluded: tuple[Member, ...] = ()


def set_audience(challenge: Challenge, *, actor: Member, choice: AudienceChoice) -> list[AudienceClause]:
    """Replace the audience of a draft and return its clauses; like every change of a draft (save_draft) it is no event.

    A skill that is named twice counts once, with the lower level. Raises ChallengeNotDraft, NotOfThisOrganization
    and NoSuchLevel.
    """
    clauses = clauses_for(challenge, choice)
    with transaction.atomic():
        lock_draft(challenge)
        count_save(challenge, [AUDIENCE], known_version=None)
        made = write_audience(challenge, choice, clauses)
        challenge.save(update_fields=["everyone", "version", "changed_in"])
    return made


def audience_differs(challenge: Challenge, choice: AudienceChoice, clauses: list[AudienceClause]) -> bool:
    """Tell whether a draft asks somebody else than these clauses."""
    present = {_meaning(clause) for clause in AudienceClause.objects.filter(challenge=challenge)}
    return challenge.everyone != choice.everyone or present != {_meaning(clause) for clause in clauses}


def write_audience(challenge: Challenge, choice: AudienceChoice, clauses: list[AudienceClause]) -> list[AudienceClause]:
    """Replace the clauses of a locked draft; the caller writes the challenge's row."""
    challenge.everyone = choice.everyone
    AudienceClause.objects.filter(challenge=challenge).delete()
    return AudienceClause.objects.bulk_create(clauses)


def _meaning(clause: AudienceClause) -> tuple[object, ...]:
    named = (clause.skill_id, clause.department_id, clause.location_id, clause.group_id, clause.member_id)
    return (clause.kind, clause.min_level, *named)


def clauses_for(challenge: Challenge, choice: AudienceChoice) -> list[AudienceClause]:
    """Return the clauses that a choice means, not saved; raises NotOfThisOrganization and NoSuchLevel."""
    levels: dict[Skill, int] = {}
    for skill, level in choice.skills:
        if level not in SkillLevel:
            raise NoSuchLevel
        levels[skill] = min(level, levels.get(skill, level))
    by_kind: Mapping[ClauseKind, Iterable[Named]] = {
        ClauseKind.SKILL: levels,
        ClauseKind.DEPARTMENT: choice.departments,
        ClauseKind.LOCATION: choice.locations,
        ClauseKind.GROUP: choice.groups,
        ClauseKind.INCLUDE: choice.included,
        ClauseKind.EXCLUDE: choice.excluded,
    }
    return [
        _clause(challenge, kind, named, level=levels.get(named, 1) if isinstance(named, Skill) else 1)
        for kind, all_named in by_kind.items()
        for named in dict.fromkeys(all_named)
    ]


def _clause(challenge: Challenge, kind: ClauseKind, named: Named, *, level: int) -> AudienceClause:
    if named.organization_id != challenge.organization_id:
        raise NotOfThisOrganization
    target = "member" if isinstance(named, Member) else kind.value
    return AudienceClause(
        organization_id=challenge.organization_id, challenge=challenge, kind=kind, min_level=level, **{target: named}
    )
