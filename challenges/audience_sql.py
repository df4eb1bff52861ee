"""The rule of who is asked, for the database, over any number of members at once.

Nobody is asked who was left out by name, is not active or was erased, whatever else is true of them. Skills,
departments with locations, and groups are three requirements: one clause of each that the audience names has to be met.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from challenges.models import Challenge
from crowdhub.people.models import Member

# Of a row of challenges_challenge: Challenge.counts_confirmed_only, which tests/challenges/test_audience_rule.py holds.
CONFIRMED_ONLY: Final = "(visibility = 'invited' AND NOT own_word_counts)"

# Parameters: ids of challenges; ids of members, twice (None: everybody). Row-level security keeps the tenant.
# A department is met by everyone below it too: its id is in their department's path.
ASKED_SQL: Final = f"""
    WITH asking AS MATERIALIZED (
        SELECT id, organization_id, everyone, {CONFIRMED_ONLY} AS confirmed_only
        FROM challenges_challenge WHERE id = ANY(%s::bigint[])
    ), candidate AS MATERIALIZED (
        SELECT id, department_id, location_id FROM people_member
        WHERE is_active AND erased_at IS NULL AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))
    ), condition AS MATERIALIZED (
        SELECT clause.*, asking.confirmed_only,
            CASE clause.kind WHEN 'skill' THEN 1 WHEN 'group' THEN 3 ELSE 2 END AS requirement,
            CASE clause.kind WHEN 'skill' THEN 0 WHEN 'department' THEN 1 WHEN 'location' THEN 2 ELSE 3 END AS place
        FROM asking JOIN challenges_audienceclause clause ON clause.challenge_id = asking.id
        WHERE clause.kind NOT IN ('include', 'exclude') AND NOT asking.everyone
    ), needed AS (
        SELECT challenge_id, count(DISTINCT requirement) AS requirements FROM condition GROUP BY challenge_id
    ), held AS (
        SELECT member_id, skill_id, source <> 'own_word' AS confirmed,
            level AS confirmed_level, coalesce(claimed_level, level) AS stated_level
        FROM people_memberskill WHERE skill_id IN (SELECT skill_id FROM condition WHERE kind = 'skill')
    ), met AS (
        SELECT condition.challenge_id, held.member_id, condition.requirement, condition.place, condition.id,
            jsonb_build_array('skill', held.skill_id,
                CASE WHEN condition.confirmed_only THEN held.confirmed_level ELSE held.stated_level END) AS item
        FROM condition
        JOIN held ON held.skill_id = condition.skill_id
            AND (held.confirmed OR NOT condition.confirmed_only)
            AND condition.min_level
                <= CASE WHEN condition.confirmed_only THEN held.confirmed_level ELSE held.stated_level END
        JOIN candidate ON candidate.id = held.member_id
        WHERE condition.kind = 'skill'
        UNION ALL
        SELECT condition.challenge_id, candidate.id, condition.requirement, condition.place, condition.id,
            jsonb_build_array('department', condition.department_id)
        FROM condition
        JOIN people_department below ON below.id = condition.department_id
            OR strpos(below.path, '/' || condition.department_id || '/') > 0
        JOIN candidate ON candidate.department_id = below.id
        WHERE condition.kind = 'department'
        UNION ALL
        SELECT condition.challenge_id, candidate.id, condition.requirement, condition.place, condition.id,
            jsonb_build_array('location', condition.location_id)
        FROM condition JOIN candidate ON candidate.location_id = condition.location_id
        WHERE condition.kind = 'location'
        UNION ALL
        SELECT condition.challenge_id, candidate.id, condition.requirement, condition.place, condition.id,
            jsonb_build_array('group', condition.group_id)
        FROM condition
        JOIN people_groupmembership membership ON membership.group_id = condition.group_id
        JOIN candidate ON candidate.id = membership.member_id
        WHERE condition.kind = 'group'
    ), reasoned AS (
        SELECT challenge_id, member_id, jsonb_agg(item ORDER BY place, id) AS reason,
            count(DISTINCT requirement) AS requirements
        FROM met GROUP BY challenge_id, member_id
    ), named AS (
        SELECT asking.organization_id, asking.id AS challenge_id, candidate.id AS member_id,
            '[["everyone"]]'::jsonb AS reason, 1 AS rank
        FROM asking CROSS JOIN candidate WHERE asking.everyone
        UNION ALL
        SELECT asking.organization_id, asking.id, reasoned.member_id, reasoned.reason, 2
        FROM asking JOIN needed ON needed.challenge_id = asking.id
        JOIN reasoned ON reasoned.challenge_id = asking.id AND reasoned.requirements = needed.requirements
        UNION ALL
        SELECT asking.organization_id, asking.id, candidate.id, '[["include"]]'::jsonb, 3
        FROM asking
        JOIN challenges_audienceclause clause ON clause.challenge_id = asking.id AND clause.kind = 'include'
        JOIN candidate ON candidate.id = clause.member_id
    )
    SELECT DISTINCT ON (challenge_id, member_id) organization_id, challenge_id, member_id, reason
    FROM named
    WHERE (challenge_id, member_id) NOT IN (
        SELECT clause.challenge_id, clause.member_id
        FROM asking JOIN challenges_audienceclause clause ON clause.challenge_id = asking.id
        WHERE clause.kind = 'exclude'
    )
    ORDER BY challenge_id, member_id, rank
"""  # noqa: S608  a constant

# Parameters: when; then those of ASKED_SQL. An invitation that was withdrawn stands in the way of a new one.
INVITE_SQL: Final = f"""
    INSERT INTO challenges_invitation (organization_id, challenge_id, member_id, reason, created_at)
    SELECT organization_id, challenge_id, member_id, reason, %s FROM ({ASKED_SQL}) asked
    ON CONFLICT (challenge_id, member_id) DO NOTHING
"""  # noqa: S608  two constants


def asked_parameters(challenge_ids: Collection[int], member_ids: Collection[int] | None = None) -> list[Any]:
    """Return the parameters of ASKED_SQL; `member_ids` None means everybody."""
    members = None if member_ids is None else list(member_ids)
    return [list(challenge_ids), members, members]


def commonest_reason(challenge: Challenge) -> list[Any]:
    """Return the reason that most of those have whom a launch would ask; empty when it would ask nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT mode() WITHIN GROUP (ORDER BY reason)::text FROM ({ASKED_SQL}) asked",  # noqa: S608  a constant
            asked_parameters([challenge.pk]),
        )
        (reason,) = cursor.fetchone()
    return json.loads(reason) if reason else []


def audience_queryset(challenge: Challenge) -> QuerySet[Member]:
    """Return the members whom the challenge asks, or would ask if it were launched now."""
    asked = RawSQL(f"SELECT member_id FROM ({ASKED_SQL}) asked", asked_parameters([challenge.pk]))  # noqa: S608, S611
    return Member.objects.filter(pk__in=asked)


def invite_all(challenge_ids: Collection[int], *, now: datetime, member_ids: Collection[int] | None = None) -> int:
    """Write the invitations that these challenges still lack, each with its reason, in one statement.

    Only for these members, if any are given. Returns how many were written.
    """
    with connection.cursor() as cursor:
        cursor.execute(INVITE_SQL, [now, *asked_parameters(challenge_ids, member_ids)])
        return int(cursor.rowcount)
