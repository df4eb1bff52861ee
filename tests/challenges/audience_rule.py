"""The rule of who is asked, in Python and one member at a time, to hold what audience_sql.py says to the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from challenges.wording import Reason
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Member

# Clauses with the same number are alternatives; a member has to meet one of each number that is present.
REQUIREMENTS: Final[dict[str, int]] = {
    ClauseKind.SKILL: 1,
    ClauseKind.DEPARTMENT: 2,
    ClauseKind.LOCATION: 2,
    ClauseKind.GROUP: 3,
}
# The order in which a reason names what was met.
KIND_ORDER: Final = {kind: place for place, kind in enumerate(REQUIREMENTS)}


@dataclass(frozen=True)
class Audience:
    """What decides who is asked: a challenge's clauses and settings."""

    clauses: tuple[AudienceClause, ...] = ()
    everyone: bool = False
    confirmed_only: bool = False  # one's own word about a skill does not count


@dataclass(frozen=True)
class HeldSkill:
    """A member's level in a skill: confirmed (None: not at all), and as they state it themselves."""

    confirmed_level: int | None
    stated_level: int


@dataclass(frozen=True)
class MemberFacts:
    """What the rule has to know of a member."""

    member_id: int
    is_active: bool = True
    skills: dict[int, HeldSkill] = field(default_factory=dict)
    department_ids: frozenset[int] = frozenset()  # their own and every one above it
    location_id: int | None = None
    group_ids: frozenset[int] = frozenset()


def audience_of(challenge: Challenge) -> Audience:
    """Return the audience of a challenge; uses prefetched clauses."""
    return Audience(
        clauses=tuple(challenge.audience.all()),
        everyone=challenge.everyone,
        confirmed_only=challenge.counts_confirmed_only,
    )


def facts_of(member: Member) -> MemberFacts:
    """Return the facts of one member, by three queries unless skills, memberships and department are loaded."""
    department = member.department
    ids = set() if department is None else {int(part) for part in department.path.split("/") if part} | {department.pk}
    return MemberFacts(
        member_id=member.pk,
        is_active=member.is_active and member.erased_at is None,
        skills={
            held.skill_id: HeldSkill(
                confirmed_level=None if held.source == SkillSource.OWN_WORD else held.level,
                stated_level=held.claimed_level or held.level,
            )
            for held in member.skills.all()
        },
        department_ids=frozenset(ids),
        location_id=member.location_id,
        group_ids=frozenset(membership.group_id for membership in member.memberships.all()),
    )


def audience_matches(audience: Audience, facts: MemberFacts) -> Reason | None:
    """Return why a member is asked, or None when they are not.

    Nobody is asked who was left out by name, is not active or was erased, whatever else is true of them.
    """
    by_name = {clause.kind for clause in audience.clauses if clause.member_id == facts.member_id}
    if not facts.is_active or ClauseKind.EXCLUDE in by_name:
        return None
    if audience.everyone:
        return [["everyone"]]
    return _conditions_met(audience, facts) or ([["include"]] if ClauseKind.INCLUDE in by_name else None)


def _conditions_met(audience: Audience, facts: MemberFacts) -> Reason | None:
    conditions = [clause for clause in audience.clauses if clause.kind in REQUIREMENTS]
    met = [(clause, item) for clause in _in_order(conditions) if (item := _item_for(clause, audience, facts))]
    if not conditions or _requirements(clause for clause, _item in met) != _requirements(conditions):
        return None
    return [item for _clause, item in met]


def _in_order(clauses: Iterable[AudienceClause]) -> list[AudienceClause]:
    return sorted(clauses, key=lambda clause: (KIND_ORDER[clause.kind], clause.pk))


def _requirements(clauses: Iterable[AudienceClause]) -> set[int]:
    return {REQUIREMENTS[clause.kind] for clause in clauses}


def _item_for(clause: AudienceClause, audience: Audience, facts: MemberFacts) -> list[str | int] | None:
    """Return what the clause adds to the reason when the member meets it."""
    if clause.kind == ClauseKind.SKILL and clause.skill_id is not None:
        level = _level(facts.skills.get(clause.skill_id), audience)
        return None if level is None or level < clause.min_level else ["skill", clause.skill_id, level]
    if clause.kind == ClauseKind.DEPARTMENT and clause.department_id in facts.department_ids:
        return ["department", clause.department_id]
    if clause.kind == ClauseKind.LOCATION and clause.location_id is not None:
        return ["location", clause.location_id] if clause.location_id == facts.location_id else None
    if clause.kind == ClauseKind.GROUP and clause.group_id in facts.group_ids:
        return ["group", clause.group_id]
    return None


def _level(held: HeldSkill | None, audience: Audience) -> int | None:
    if held is None:
        return None
    return held.confirmed_level if audience.confirmed_only else held.stated_level
