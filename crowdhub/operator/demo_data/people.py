"""Departments, places, skills, people and groups of one organization."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.operator.demo_data.content import Entry
from crowdhub.operator.demo_data.world import Person, World
from crowdhub.people.enums import Role, SkillSource
from crowdhub.people.models import (
    Department,
    DepartmentStay,
    Group,
    GroupMembership,
    Location,
    Member,
    MemberSkill,
    RoleGrant,
    Skill,
)

# How a skill came to be known, for people outside of the cast: most of it from the personnel system.
SOURCES = {
    SkillSource.IMPORT: 55,
    SkillSource.MANAGER: 20,
    SkillSource.HR: 5,
    SkillSource.WORK: 8,
    SkillSource.OWN_WORD: 12,
}
LEVELS = {1: 15, 2: 30, 3: 35, 4: 20}
ZONES = {"DE": "Europe/Berlin", "HU": "Europe/Budapest", "FR": "Europe/Paris"}
LONGEST_SERVICE, LONGEST_TRAINING, SHORTEST_SERVICE = 9_000, 1_200, 205  # days
CAST_AWAY = 9  # days
MOVES = 9  # people who changed departments in the past months
# What is taken apart neither by decomposition nor by leaving accents out, in the way of the country.
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ı": "i", "ø": "o", "đ": "d"})


def load_people(world: World, password: str) -> None:
    """Make everybody; only the cast can sign in, with the (hashed) password."""
    _load_places(world)
    for entry in world.content["departments"]:
        _gather_department(world, entry)
    _write_people(world, password)
    _write_skills(world)
    _load_groups(world)
    _write_stays(world)
    _grant_roles(world)


def _load_places(world: World) -> None:
    organization = world.organization
    for entry in world.content["locations"]:
        world.locations[entry["key"]] = Location.objects.create(organization=organization, name=entry["name"])
    for entry in world.content["skills"]:
        world.skills[entry["key"]] = Skill.objects.create(
            organization=organization, name=entry["name"], description=entry["description"]
        )
    for entry in world.content["departments"]:
        parent = world.departments.get(entry["parent"])
        department = Department.objects.create(organization=organization, name=entry["name"], parent=parent)
        department.path = f"{parent.path if parent else '/'}{department.pk}/"
        department.save(update_fields=["path"])
        world.departments[entry["key"]] = department


def _gather_department(world: World, entry: Entry) -> None:
    """Add a department's people to the world, unsaved: the cast first, then as many as are missing."""
    cast = [member for member in world.content["cast"] if member["department"] == entry["key"]]
    for member in cast:
        name = f"{member['first_name']} {member['last_name']}"
        person = _person(world, name, member["job_title"], entry["key"], member["location"], cast=member["key"])
        person.levels = dict(member["skills"])
        person.confirmed = set(person.levels)
    for number in range(entry["people"] - len(cast)):
        location = _drawn(world, entry["locations"])
        title = (
            entry["job_titles"][0]
            if number == 0
            else world.random.choice(entry["job_titles"][1:] or entry["job_titles"])
        )
        person = _person(world, _new_name(world, location), title, entry["key"], location)
        for skill, chance in entry["skills"].items():
            if world.random.random() < chance:
                person.levels[skill] = int(_drawn(world, LEVELS))


def _person(world: World, name: str, title: str, department: str, location: str, cast: str | None = None) -> Person:
    country = next(entry["country"] for entry in world.content["locations"] if entry["key"] == location)
    longest = LONGEST_TRAINING if "Apprentice" in title else LONGEST_SERVICE
    joined_on = world.clock.today - timedelta(days=world.random.randint(SHORTEST_SERVICE, longest))
    is_german = cast is None and country == "DE" and world.random.random() < 0.7
    member = Member(
        organization=world.organization,
        name=name,
        department=world.departments[department],
        location=world.locations[location],
        language="de" if is_german else "en",
        timezone=ZONES[country],
        joined_on=joined_on,
    )
    member.email = f"{cast or _local_part(name)}@{world.content['email_domain']}"
    person = Person(member=member, title=title, department=department, location=location, cast=cast)
    world.people.append(person)
    return person


def _new_name(world: World, location: str) -> str:
    """Return a name that nobody has yet, as people at the place are called."""
    entry = next(place for place in world.content["locations"] if place["key"] == location)
    taken = {person.member.email for person in world.people}
    while True:
        pool = world.content["name_pools"][_drawn(world, entry["name_pools"])]
        name = f"{world.random.choice(pool['first'])} {world.random.choice(pool['last'])}"
        if f"{_local_part(name)}@{world.content['email_domain']}" not in taken:
            return name


def _drawn(world: World, weights: dict[Any, int]) -> Any:
    return world.random.choices(list(weights), weights=list(weights.values()))[0]


def _local_part(name: str) -> str:
    spelled_out = unicodedata.normalize("NFKD", name.lower().translate(SPELLED_OUT)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", ".", spelled_out).strip(".")


def _write_people(world: World, password: str) -> None:
    heads: dict[str, Person] = {}
    for person in world.people:
        member = person.member
        member.set_login()
        member.password = password if person.cast else make_password(None)
        member.last_visit_at = member.last_login = _last_visit(world, person)
        if person.cast is None:
            heads.setdefault(person.department, person)
    Member.objects.bulk_create(person.member for person in world.people)
    for person in world.people:
        person.member.manager = _manager(world, person, heads)
    Member.objects.bulk_update((person.member for person in world.people), ["manager"], batch_size=500)


def _manager(world: World, person: Person, heads: dict[str, Person]) -> Member | None:
    """Return the head of the person's department or, for a head, of the nearest one above."""
    key: str | None = person.department
    parents = {entry["key"]: entry["parent"] for entry in world.content["departments"]}
    while key is not None:
        if key in heads and heads[key] is not person:
            return heads[key].member
        key = parents[key]
    return None


def _last_visit(world: World, person: Person) -> datetime:
    """Return when somebody was here last; the cast find some news in their inbox."""
    days_ago = CAST_AWAY if person.cast else min(int(world.random.expovariate(1 / 6)), 90)
    return world.clock.at(-days_ago, world.random.randint(6, 16), world.random.randint(0, 59))


def _write_skills(world: World) -> None:
    rows = []
    for person in world.people:
        for key, level in person.levels.items():
            source = SkillSource.IMPORT if person.cast else _drawn(world, SOURCES)
            if source != SkillSource.OWN_WORD:
                person.confirmed.add(key)
            days_ago = world.random.randint(20, 500)
            rows.append(
                MemberSkill(
                    organization=world.organization,
                    member=person.member,
                    skill=world.skills[key],
                    level=level,
                    source=source,
                    updated_at=world.clock.at(-days_ago, 10),
                )
            )
    MemberSkill.objects.bulk_create(rows, batch_size=1_000)


def _load_groups(world: World) -> None:
    for entry in world.content["groups"]:
        group = Group.objects.create(organization=world.organization, name=entry["name"])
        world.groups[entry["key"]] = group
        members = _members_of(world, entry["members"])
        if entry["key"] == "new-colleagues":
            _hire_lately(world, members)
        GroupMembership.objects.bulk_create(
            GroupMembership(organization=world.organization, group=group, member=person.member) for person in members
        )


def _members_of(world: World, entry: Entry) -> list[Person]:
    """Return the group's cast and its number of others, those with the wanted title first."""
    fitting = [person for person in world.people if person.department in entry["departments"] and not person.cast]
    world.random.shuffle(fitting)
    fitting.sort(key=lambda person: entry["job_title_contains"] not in person.title)
    cast = [world.cast(key) for key in entry["cast"]]
    return cast + fitting[: entry["count"] - len(cast)]


def _hire_lately(world: World, people: list[Person]) -> None:
    for person in people:
        person.member.joined_on = world.clock.day(-world.random.randint(25, 175))
    Member.objects.bulk_update((person.member for person in people), ["joined_on"])


def _write_stays(world: World) -> None:
    """Write who was where since when: some have changed departments in the past months."""
    long_here = world.clock.today - timedelta(days=SHORTEST_SERVICE)
    movable = [person for person in world.people if not person.cast and person.member.joined_on <= long_here]
    count = min(MOVES, len(movable) // 10)
    for person in world.random.sample(movable, count):
        others = [key for key in world.departments if key != person.department]
        person.earlier_department = world.departments[world.random.choice(others)]
        person.moved_on = world.clock.day(-world.random.randint(20, 150)).replace(day=1)
    DepartmentStay.objects.bulk_create(stay for person in world.people for stay in _stays(person))


def _stays(person: Person) -> list[DepartmentStay]:
    member = person.member
    stay = DepartmentStay(organization_id=member.organization_id, member=member, department=member.department)
    if person.earlier_department is None or person.moved_on is None:
        stay.since = member.joined_on
        return [stay]
    stay.since = person.moved_on
    earlier = DepartmentStay(
        organization_id=member.organization_id,
        member=member,
        department=person.earlier_department,
        since=member.joined_on,
        until=person.moved_on,
    )
    return [earlier, stay]


def _grant_roles(world: World) -> None:
    """Grant the cast its roles; everybody is an employee without one."""
    granted_at = world.clock.at(-420, 9)
    administrator = next(person for person in world.content["cast"] if Role.ADMINISTRATOR in person["roles"])
    granter = world.cast(administrator["key"]).member
    for entry in world.content["cast"]:
        member = world.cast(entry["key"]).member
        for role in entry["roles"]:
            if role in Role.values:
                RoleGrant.objects.create(
                    organization=world.organization, member=member, role=role, granted_by=granter, granted_at=granted_at
                )
                record(Verb.ROLE_GRANTED, subject=member, actor=granter, data={"role": role}, now=granted_at)
