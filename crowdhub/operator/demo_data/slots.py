"""Finding the person that a text means: "the second welder of Line 2"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from crowdhub.operator.demo_data.content import Entry
from crowdhub.operator.demo_data.world import Person, World
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import MemberSkill


def person_in(
    world: World, slot: Entry, *, others_than: Person | None = None, may: Callable[[Person], bool] = lambda person: True
) -> Person:
    """Return the person of a slot; the next one when that is `others_than` or one who `may` not.

    When nobody fits, the place does not matter, and then somebody of the department is given the skill.
    """
    if "cast" in slot:
        return world.cast(slot["cast"])
    for candidates in (_fitting(world, slot, with_place=True), _fitting(world, slot, with_place=False)):
        allowed = [person for person in candidates if person is not others_than and may(person)]
        if allowed:
            return _nth(candidates, allowed, slot["nth"])
    return _teach(world, slot, others_than)


def _fitting(world: World, slot: Entry, *, with_place: bool) -> list[Person]:
    return [
        person
        for person in world.people
        if person.cast is None
        and slot["department"] in (None, person.department)
        and (not with_place or slot["location"] in (None, person.location))
        and _is_able(person, slot["skill"], slot["level"] or 1)
    ]


def _is_able(person: Person, skill: str | None, level: int) -> bool:
    return skill is None or (skill in person.confirmed and person.levels[skill] >= level)


def _nth(candidates: list[Person], allowed: list[Person], number: int) -> Person:
    """Return the nth candidate, or the next after them who is allowed."""
    start = number % len(candidates)
    in_turn: list[Person] = [*candidates[start:], *candidates[:start]]
    return next(person for person in in_turn if person in allowed)


def _teach(world: World, slot: Entry, others_than: Person | None) -> Person:
    people = [
        person
        for person in world.people
        if person.cast is None and person is not others_than and slot["department"] in (None, person.department)
    ]
    person: Person = people[slot["nth"] % len(people)]
    skill, level = slot["skill"], slot["level"] or 1
    if skill is not None and not _is_able(person, skill, level):
        person.levels[skill] = max(level, person.levels.get(skill, 0))
        person.confirmed.add(skill)
        MemberSkill.objects.update_or_create(
            member=person.member,
            skill=world.skills[skill],
            defaults={
                "organization": world.organization,
                "level": person.levels[skill],
                "source": SkillSource.MANAGER,
                "updated_at": _before_everything(world),
            },
        )
    return person


def _before_everything(world: World) -> datetime:
    return world.clock.at(-300, 10)
