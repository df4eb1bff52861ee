"""What a launch would reach: who and how many, whether their skills suffice, and who is asked too often."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from challenges.audience_sql import ASKED_SQL, CONFIRMED_ONLY, asked_parameters
from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from crowdhub.people.models import Member

START_RATE: Final = 0.10  # share of the invited who answer, until an organization's own rate is learnt
FEWEST_ANSWERS: Final = 3  # expected for each required skill; below it a manager is warned
TIRED_AFTER: Final = 2  # invitations within TIRED_DAYS: one more is too many
TIRED_DAYS: Final = 30
SAMPLE_SIZE: Final = 8
DEPARTMENTS_SHOWN: Final = 12


@dataclass(frozen=True)
class Coverage:
    """How many of the audience have one of the skills that are asked for."""

    clause: AudienceClause
    holders: int

    @property
    def expected_answers(self) -> float:
        return self.holders * START_RATE

    @property
    def is_thin(self) -> bool:
        return self.expected_answers < FEWEST_ANSWERS


@dataclass(frozen=True)
class Reach:
    """The figures of an audience; departments by size, the largest first."""

    count: int
    departments: list[tuple[str, int]]  # those who have no department are not in it
    coverage: list[Coverage]
    tired_count: int  # were invited twice or more within 30 days
    sample: list[tuple[Member, str]]  # the same people each time, only their name loaded; with their department

    @property
    def expected_answers(self) -> float:
        return self.count * START_RATE

    @property
    def asked_for_one_answer(self) -> int:
        """How many have to be asked so that one answer can be expected."""
        return round(1 / START_RATE)

    @property
    def dominant_department(self) -> str | None:
        """The department that more than half of the audience is in, if there are others at all."""
        if len(self.departments) < 2 or self.departments[0][1] * 2 <= self.count:
            return None
        return self.departments[0][0]

    @property
    def departments_shown(self) -> list[tuple[str, int]]:
        return self.departments[:DEPARTMENTS_SHOWN]


# Parameters: those of ASKED_SQL; since when invitations tire; how many; the size and the seed of the sample.
_REACH_SQL: Final = f"""
    WITH asked AS MATERIALIZED (SELECT member_id FROM ({ASKED_SQL}) asked),
    audience AS MATERIALIZED (
        SELECT member.id, member.public_id, member.name, department.id AS department_id,
            department.name AS department
        FROM asked JOIN people_member member ON member.id = asked.member_id
        LEFT JOIN people_department department ON department.id = member.department_id
    )
    SELECT json_build_object(
        'count', (SELECT count(*) FROM audience),
        'departments', (
            SELECT coalesce(json_agg(json_build_array(department, size) ORDER BY size DESC, department), '[]') FROM (
                SELECT department, count(*) AS size FROM audience WHERE department_id IS NOT NULL
                GROUP BY department_id, department) sizes),
        'coverage', (SELECT coalesce(json_object_agg(id, holders), '{{}}') FROM (
            SELECT clause.id, count(audience.id) AS holders
            FROM challenges_challenge challenge
            JOIN challenges_audienceclause clause ON clause.challenge_id = challenge.id AND clause.kind = 'skill'
            JOIN people_memberskill held ON held.skill_id = clause.skill_id
                AND CASE WHEN {CONFIRMED_ONLY}
                    THEN held.source <> 'own_word' AND held.level >= clause.min_level
                    ELSE coalesce(held.claimed_level, held.level) >= clause.min_level END
            JOIN audience ON audience.id = held.member_id
            WHERE challenge.id = %s GROUP BY clause.id) covered),
        'tired', (SELECT count(*) FROM (
            SELECT member_id FROM challenges_invitation
            WHERE created_at > %s AND withdrawn_at IS NULL AND member_id IN (SELECT id FROM audience)
            GROUP BY member_id HAVING count(*) >= %s) often),
        'sample', (SELECT coalesce(json_agg(json_build_array(id, public_id, name, department)), '[]') FROM (
            SELECT * FROM audience ORDER BY md5(id::text || %s), id LIMIT %s) sampled)
    )
"""  # noqa: S608  constants


def audience_reach(
    challenge: Challenge, clauses: list[AudienceClause] | None = None, *, now: datetime | None = None
) -> Reach:
    """Return what a launch of the challenge would reach, by one query, and one more when no clauses are given."""
    since = (now or timezone.now()) - timedelta(days=TIRED_DAYS)
    parameters = [*asked_parameters([challenge.pk]), challenge.pk, since, TIRED_AFTER, challenge.public_id, SAMPLE_SIZE]
    with connection.cursor() as cursor:
        cursor.execute(_REACH_SQL, parameters)
        found = cursor.fetchone()[0]
    found = json.loads(found) if isinstance(found, str) else found
    if clauses is None:
        clauses = list(challenge.audience.select_related("skill"))
    return Reach(
        count=found["count"],
        departments=[(name, size) for name, size in found["departments"]],
        coverage=[
            Coverage(clause, found["coverage"].get(str(clause.pk), 0))
            for clause in clauses
            if clause.kind == ClauseKind.SKILL
        ],
        tired_count=found["tired"],
        sample=[_person(*columns) for columns in found["sample"]],
    )


def _person(pk: int, public_id: str, name: str, department: str | None) -> tuple[Member, str]:
    return Member(pk=pk, public_id=public_id, name=name), department or ""
