from __future__ import annotations

from datetime import datetime

from django.db import connection

from crowdhub.people.models import Member
from ideas.models import Follow, Idea, Vote

_INSERT = """
    INSERT INTO {table} (organization_id, idea_id, member_id, created_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (idea_id, member_id) DO NOTHING RETURNING id
"""


def insert_once(model: type[Vote | Follow], idea: Idea, member: Member, now: datetime) -> bool:
    """Write the row unless there is one; return whether it was written, exact under concurrent requests.

    A plain get_or_create cannot tell, because two requests may both find nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(table=connection.ops.quote_name(model._meta.db_table)),
            [idea.organization_id, idea.pk, member.pk, now],
        )
        return cursor.fetchone() is not None
