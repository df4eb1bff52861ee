"""Statements that write the masses of the large organization, each in one go.

The nth member is found by counting them, because ids may have gaps. Numbers are spread by multiplying with primes that
share no factor with what they are taken modulo, so that every pair comes out once.
"""

from __future__ import annotations

from typing import Final

from crowdhub.tenancy.public_id_sql import public_id_sql

# An unusable password begins with "!"; nobody but the cast signs in here.
MEMBERS: Final = f"""
    INSERT INTO people_member (organization_id, public_id, password, login, email, name, kind, language, timezone,
        is_active, joined_on, last_visit_at, department_id, location_id)
    SELECT %(organization)s, {public_id_sql("n")}, '!' || md5(n::text),
        %(organization)s || ':person' || n || '@big.example', 'person' || n || '@big.example',
        (%(first)s::text[])[1 + n %% cardinality(%(first)s::text[])] || ' '
            || (%(last)s::text[])[1 + (n / cardinality(%(first)s::text[])) %% cardinality(%(last)s::text[])],
        'employee', CASE WHEN n %% 3 = 0 THEN 'de' ELSE 'en' END, 'Europe/Berlin', true,
        %(today)s::date - (200 + n * 7919 %% 5000),
        CASE WHEN n %% 10 > 0 THEN %(today)s::date - (1 + n * 7919 %% 190) * interval '1 day' END,
        (%(departments)s::bigint[])[1 + n * 31 %% cardinality(%(departments)s::bigint[])],
        (%(locations)s::bigint[])[1 + n * 17 %% cardinality(%(locations)s::bigint[])]
    FROM generate_series(1, %(count)s::int) n
"""  # noqa: S608  constants

STAYS: Final = """
    INSERT INTO people_departmentstay (organization_id, member_id, department_id, since)
    SELECT organization_id, id, department_id, joined_on FROM people_member
"""

# Two skills each, of which one in nine is somebody's own word.
SKILLS: Final = """
    INSERT INTO people_memberskill (organization_id, member_id, skill_id, level, source, updated_at)
    SELECT organization_id, id, (%(skills)s::bigint[])[1 + (n * 13 + k * 7) %% cardinality(%(skills)s::bigint[])],
        1 + (n + k) %% 4, CASE WHEN (n + k) %% 9 = 0 THEN 'own_word' ELSE 'import' END, %(now)s
    FROM (SELECT organization_id, id, row_number() OVER (ORDER BY id) AS n FROM people_member) member
    CROSS JOIN generate_series(0, 1) k
"""

# The power of a uniform number makes the first ideas the popular ones. Authors are the last of the members and voters
# the first, so that nobody votes for an idea of their own.
VOTES: Final = """
    WITH member AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n FROM people_member
    ), vote AS (
        SELECT v, 1 + floor(cardinality(%(ideas)s::bigint[]) * power((v - 0.5) / %(count)s, 1.5))::int AS place,
            1 + v * 7919 %% %(voters)s AS n
        FROM generate_series(1, %(count)s::int) v
    )
    INSERT INTO ideas_vote (organization_id, idea_id, member_id, created_at)
    SELECT %(organization)s, (%(ideas)s::bigint[])[vote.place], member.id, %(now)s - v * %(span)s::interval / %(count)s
    FROM vote JOIN member USING (n)
"""

EXPOSURES: Final = """
    INSERT INTO ideas_exposure (organization_id, idea_id, member_id, created_at)
    SELECT organization_id, idea_id, member_id, created_at FROM ideas_vote
    ON CONFLICT (idea_id, member_id) DO NOTHING
"""

VOTE_EVENTS: Final = """
    INSERT INTO activity_event
        (organization_id, verb, version, occurred_at, actor_id, actor_department_id, idea_id, data)
    SELECT vote.organization_id, 'vote.cast', 1, vote.created_at, member.id, member.department_id, vote.idea_id, '{}'
    FROM ideas_vote vote JOIN people_member member ON member.id = vote.member_id
    ORDER BY vote.created_at
"""

COMMENT_EVENTS: Final = """
    INSERT INTO activity_event
        (organization_id, verb, version, occurred_at, actor_id, actor_department_id, comment_id, data)
    SELECT comment.organization_id, 'comment.posted', 1, comment.created_at, member.id, member.department_id,
        comment.id, '{}'
    FROM ideas_comment comment JOIN people_member member ON member.id = comment.author_id
    ORDER BY comment.created_at
"""

# After a load of this size the planner must not go by the statistics of an empty table.
ANALYZED: Final = (
    "people_member",
    "people_memberskill",
    "people_departmentstay",
    "challenges_invitation",
    "ideas_idea",
    "ideas_contributor",
    "ideas_comment",
    "ideas_vote",
    "ideas_exposure",
    "moderation_case",
    "activity_event",
    "rewards_ledgerentry",
    "rewards_standing",
)
