from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from challenges.enums import PhaseKind
from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.models import Department, DepartmentStay, Member
from crowdhub.reports.months import last_full_month
from crowdhub.tenancy.context import current_organization
from ideas.models import Idea
from tests import factories
from tests.harness.cast import Cast

LONG_AGO = date(2020, 1, 1)


def last_month() -> date:
    return last_full_month(current_organization(), timezone.now())


def within(month: date, day: int = 15) -> datetime:
    return datetime.combine(month.replace(day=day), time(12), ZoneInfo(current_organization().timezone))


def stay(member: Member, department: Department, *, since: date = LONG_AGO, until: date | None = None) -> None:
    DepartmentStay.objects.create(
        organization=member.organization, member=member, department=department, since=since, until=until
    )


def staff(department: Department, count: int, *, since: date = LONG_AGO) -> list[Member]:
    """Make people who have been in a department since long ago."""
    people = [factories.member(department=department) for _ in range(count)]
    for person in people:
        stay(person, department, since=since)
    return people


def vote(idea: Idea, *people: Member, at: datetime) -> None:
    for person in people:
        record(Verb.VOTE_CAST, subject=idea, actor=person, now=at)


def end_voting(challenge: Challenge, *, at: datetime) -> None:
    """Let the voting of a challenge have ended at a time, or end then."""
    challenge.phases.filter(kind=PhaseKind.VOTING).update(starts_at=at - timedelta(days=300), ends_at=at)


def idea_voted_on(cast: Cast) -> Idea:
    """Make an idea on which voting has ended last month, so that its votes count there."""
    challenge = factories.challenge(cast.carol)
    end_voting(challenge, at=within(last_month(), day=20))
    return factories.idea(challenge, cast.alice)


def comment(idea: Idea, person: Member, *, at: datetime) -> None:
    record(Verb.COMMENT_POSTED, subject=factories.comment(idea, person), actor=person, now=at)


def days(count: int) -> timedelta:
    return timedelta(days=count)
