from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from challenges.models import Challenge
from crowdhub.operator.demo_data.clock import Clock
from crowdhub.people.models import Department, Group, Location, Member, Skill
from crowdhub.tenancy.models import Organization
from ideas.models import Comment, Idea


@dataclass(eq=False)
class Person:
    """A member with what the demo knows about them beyond the columns."""

    member: Member
    title: str
    department: str
    location: str
    cast: str | None = None
    levels: dict[str, int] = field(default_factory=dict)  # skill key -> level
    confirmed: set[str] = field(default_factory=set)  # keys of skills that are more than their own word
    moved_on: date | None = None
    earlier_department: Department | None = None

    def at(self, moment: datetime) -> Member:
        """Return the member as of a time: events keep the department that somebody was in then."""
        if self.moved_on is None or moment.date() >= self.moved_on:
            return self.member
        member = copy(self.member)
        member.department = self.earlier_department
        return member


@dataclass
class World:
    """What has been loaded of one organization, by the keys that the texts use."""

    organization: Organization
    clock: Clock
    # Every loading gives the same people; nothing here has to be hard to guess.
    random: Random
    content: dict[str, Any]
    departments: dict[str, Department] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    skills: dict[str, Skill] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    challenges: dict[str, Challenge] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)

    def cast(self, key: str) -> Person:
        return next(person for person in self.people if person.cast == key)

    def by_id(self) -> dict[int, Person]:
        return {person.member.pk: person for person in self.people}
