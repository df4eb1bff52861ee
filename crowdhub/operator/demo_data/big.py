"""A generated organization of the size of a large company, to measure against: see benchmarks/."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, connections, transaction

from challenges.models import Challenge
from crowdhub.operator.demo_data import big_sql
from crowdhub.operator.demo_data.aftermath import close_outbox
from crowdhub.operator.demo_data.big_ideas import load_challenges
from crowdhub.operator.demo_data.clock import Clock
from crowdhub.operator.demo_data.content import organization_content
from crowdhub.operator.demo_data.organizations import is_there, new_organization
from crowdhub.people.enums import Role, SkillSource
from crowdhub.people.models import Department, DepartmentStay, Location, Member, MemberSkill, RoleGrant, Skill
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization
from ideas.domain.exposure import count_exposures, count_talk
from rewards.domain.booking import book
from rewards.domain.facts import Scope

SLUG, HOST = "big", "big.localhost"
MEMBERS, VOTES = 70_000, 40_000
DEPARTMENTS, LOCATIONS = 40, 12
# The cast: who can sign in. Their names are their parts.
CAST: dict[str, Role | None] = {
    "employee": None,
    "moderator": Role.MODERATOR,
    "manager": Role.MANAGER,
    "administrator": Role.ADMINISTRATOR,
}
VOTES_SPAN = timedelta(days=20)


def load_big(*, password: str, now: datetime, members: int = MEMBERS) -> bool:
    """Load the large organization unless it is there; returns whether anything was loaded.

    In two transactions with new statistics in between: planned for empty tables, inviting 70,000 people takes minutes.
    """
    if not is_there(HOST):
        _load_people(make_password(password), now, members)
        _analyze()
    with transaction.atomic(), tenant(Organization(pk=Domain.objects.get(host=HOST).organization_id)) as opened:
        organization = Organization.objects.get(pk=opened.pk)
        is_loaded = Challenge.objects.exists()
        if not is_loaded:
            _load_work(organization, now, members)
    if not is_loaded:
        _analyze()
    return not is_loaded


def _load_people(password: str, now: datetime, members: int) -> None:
    with new_organization(SLUG, name="Big Company") as organization:
        departments, locations, skills = _load_places(organization)
        _load_members(organization, departments, locations, skills, members - len(CAST), now)
        _load_cast(organization, departments[0], locations[0], skills[:2], password, now)


def _load_work(organization: Organization, now: datetime, members: int) -> None:
    clock = Clock.of(organization, now)
    ideas = load_challenges(clock, organization, manager=_cast("manager"), moderator=_cast("moderator"))
    _load_votes(organization, ideas, members, now)
    count_exposures()
    count_talk()
    book(organization, Scope())
    close_outbox()


def _cast(part: str) -> Member:
    return Member.objects.get(email=_email(part))


def _email(part: str) -> str:
    return f"{part}@{SLUG}.example"


def _load_places(organization: Organization) -> tuple[list[Department], list[Location], list[Skill]]:
    root = Department.objects.create(organization=organization, name="Big Company")
    departments = [root] + [
        Department.objects.create(organization=organization, name=f"Department {number}", parent=root)
        for number in range(1, DEPARTMENTS)
    ]
    for department in departments:
        department.path = f"/{root.pk}/" if department is root else f"/{root.pk}/{department.pk}/"
    Department.objects.bulk_update(departments, ["path"])
    locations = Location.objects.bulk_create(
        Location(organization=organization, name=f"Site {number}") for number in range(1, LOCATIONS + 1)
    )
    skills = Skill.objects.bulk_create(
        Skill(organization=organization, name=entry["name"], description=entry["description"])
        for entry in organization_content("acme")["skills"]
    )
    return departments, locations, skills


def _load_cast(
    organization: Organization,
    department: Department,
    location: Location,
    skills: list[Skill],
    password: str,
    now: datetime,
) -> None:
    for part, role in CAST.items():
        member = Member(
            organization=organization,
            name=part.capitalize(),
            email=_email(part),
            department=department,
            location=location,
            joined_on=now.date() - timedelta(days=1000),
            password=password,
        )
        member.save()
        own = {"organization": organization, "member": member}
        DepartmentStay.objects.create(department=department, since=member.joined_on, **own)
        for skill in skills:
            MemberSkill.objects.create(skill=skill, level=4, source=SkillSource.IMPORT, **own)
        if role is not None:
            RoleGrant.objects.create(role=role, **own)


def _load_members(
    organization: Organization,
    departments: list[Department],
    locations: list[Location],
    skills: list[Skill],
    count: int,
    now: datetime,
) -> None:
    names = organization_content("acme")["name_pools"]["german"]
    parameters: dict[str, Any] = {
        "organization": organization.pk,
        "count": count,
        "now": now,
        "today": now.date(),
        "departments": [department.pk for department in departments],
        "locations": [location.pk for location in locations],
        "skills": [skill.pk for skill in skills],
        "first": names["first"],
        "last": names["last"],
    }
    with connection.cursor() as cursor:
        cursor.execute(big_sql.MEMBERS, parameters)
        cursor.execute(big_sql.SKILLS, parameters)
        cursor.execute(big_sql.STAYS)


def _load_votes(organization: Organization, ideas: list[int], members: int, now: datetime) -> None:
    parameters: dict[str, Any] = {
        "organization": organization.pk,
        "ideas": ideas,
        "count": VOTES * members // MEMBERS,
        "voters": members * 6 // 7,
        "now": now,
        "span": VOTES_SPAN,
    }
    with connection.cursor() as cursor:
        for statement in (big_sql.VOTES, big_sql.EXPOSURES, big_sql.VOTE_EVENTS, big_sql.COMMENT_EVENTS):
            cursor.execute(statement, parameters)


def _analyze() -> None:
    """Refresh the planner's statistics, which only the tables' owner may do."""
    with connections["owner"].cursor() as cursor:
        for table in big_sql.ANALYZED:
            cursor.execute(f'ANALYZE "{table}"')
