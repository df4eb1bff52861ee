"""Counting engagement, in one statement a month.

A member counts, with everything that they did in the month, in the department where they were on its last day. So
every figure is about exactly the people whom `members` counts: someone who moved or left within the month cannot be
found by subtracting one figure from another. People without a department are in no figure, the total included.

How many votes an idea has is a secret until voting has closed, and where only one idea is voted on, a sum over people
tells it. So a vote counts in the month in which voting on it ended, not in the one in which it was given: no figure of
a month that is over depends on a vote that is still secret, nor on when the month is first read.

Departments deeper than two storeys count as part of the one above them on the second storey: below that, groups are
mostly too small to be shown.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import connection

from challenges.enums import ChallengeState, PhaseKind
from crowdhub.activity.enums import Verb
from crowdhub.people.models import Department
from crowdhub.reports.months import bounds_of, last_day_of
from crowdhub.reports.privacy import MEASURES
from crowdhub.tenancy.models import Organization

ROOT: Final = 0  # the whole organization
STOREYS: Final = 2

# Took part: handed in an idea, commented, or had voted where voting ended. A vote taken back and given again is one.
# `told` is challenges.rules.counts_are_public, as a query for the moment at which that becomes true; the law in
# tests/reports/test_secrecy.py holds the two together.
_COUNT: Final = """
    WITH people AS (
        SELECT DISTINCT ON (stay.member_id) stay.member_id,
            coalesce(nullif(split_part(department.path, '/', 3), ''), split_part(department.path, '/', 2))::bigint
                AS department_id
        FROM people_departmentstay stay JOIN people_department department ON department.id = stay.department_id
        WHERE stay.organization_id = %(organization)s AND stay.since <= %(last_day)s
            AND (stay.until IS NULL OR stay.until > %(last_day)s)
        ORDER BY stay.member_id, stay.since DESC
    ), told AS (
        SELECT challenge.id FROM challenges_challenge challenge
        LEFT JOIN challenges_phase voting ON voting.challenge_id = challenge.id AND voting.kind = %(voting)s
        CROSS JOIN LATERAL (
            SELECT least(voting.ends_at, CASE WHEN challenge.state = %(closed)s THEN challenge.closed_at END) AS told_at
        ) moment
        WHERE challenge.organization_id = %(organization)s
            AND moment.told_at >= %(begins)s AND moment.told_at < %(ends)s
    ), deeds AS (
        SELECT member_id, sum(ideas) AS ideas, sum(comments) AS comments, sum(votes) AS votes
        FROM (
            SELECT actor_id AS member_id, count(*) FILTER (WHERE verb = %(submitted)s) AS ideas,
                count(*) FILTER (WHERE verb = %(posted)s) AS comments, 0 AS votes
            FROM activity_event
            WHERE organization_id = %(organization)s AND occurred_at >= %(begins)s AND occurred_at < %(ends)s
                AND verb IN (%(submitted)s, %(posted)s)
            GROUP BY actor_id
            UNION ALL
            SELECT event.actor_id, 0, 0, count(DISTINCT event.idea_id)
            FROM told
            JOIN ideas_idea idea ON idea.challenge_id = told.id
            JOIN activity_event event ON event.idea_id = idea.id AND event.verb = %(voted)s
            WHERE event.organization_id = %(organization)s
            GROUP BY event.actor_id
        ) deed
        GROUP BY member_id
    ), invited AS (
        SELECT DISTINCT member_id FROM challenges_invitation
        WHERE organization_id = %(organization)s AND created_at >= %(begins)s AND created_at < %(ends)s
    ), answered AS (
        SELECT contributor.member_id, count(DISTINCT event.idea_id) AS ideas
        FROM activity_event event
        JOIN ideas_contributor contributor ON contributor.idea_id = event.idea_id AND contributor.part = 'author'
        WHERE event.organization_id = %(organization)s AND event.occurred_at >= %(begins)s
            AND event.occurred_at < %(ends)s AND event.verb = %(answered)s
        GROUP BY contributor.member_id
    )
    SELECT people.department_id, count(*), count(deeds.member_id), coalesce(sum(deeds.ideas), 0)::bigint,
        coalesce(sum(deeds.comments), 0)::bigint, coalesce(sum(deeds.votes), 0)::bigint,
        count(invited.member_id), coalesce(sum(answered.ideas), 0)::bigint
    FROM people
    LEFT JOIN deeds USING (member_id)
    LEFT JOIN invited USING (member_id)
    LEFT JOIN answered USING (member_id)
    GROUP BY people.department_id
"""


def count_month(organization: Organization, month: date) -> dict[int, dict[str, int]]:
    """Return the numbers of the people who are directly in each department, as MEASURES names them. Nothing is hidden
    here: only `privacy` may read this."""
    begins, ends = bounds_of(month, organization)
    parameters: dict[str, Any] = {
        "organization": organization.pk,
        "last_day": last_day_of(month),
        "begins": begins,
        "ends": ends,
        "submitted": Verb.IDEA_SUBMITTED,
        "posted": Verb.COMMENT_POSTED,
        "voted": Verb.VOTE_CAST,
        "voting": PhaseKind.VOTING,
        "closed": ChallengeState.CLOSED,
        "answered": Verb.IDEA_ANSWERED,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, parameters)
        return {department: dict(zip(MEASURES, row, strict=True)) for department, *row in cursor.fetchall()}


def department_tree() -> dict[int, int | None]:
    """Return the groups of the report, each with the one above it: the organization, and two storeys of departments."""
    parents: dict[int, int | None] = {ROOT: None}
    for path in Department.objects.order_by("path").values_list("path", flat=True):
        storeys = [int(number) for number in path.strip("/").split("/")][:STOREYS]
        for above, department in zip([ROOT, *storeys], storeys, strict=False):
            parents[department] = above
    return parents
