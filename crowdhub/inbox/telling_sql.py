"""Telling many members in one statement: they may be the whole of a large organization."""

from __future__ import annotations

from typing import Any

from django.db import connection

from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.tenancy.public_id_sql import public_id_sql


def notify_members(members_sql: str, event: Event, reason: Reason) -> int:
    """Tell the members whom a query selects of the event; return how many had not been told.

    The query returns organization_id and member_id; it may name %(challenge)s and %(actor)s, which are the event's, and
    %(reason)s. A notification is found by its own member and by nobody else, so the database may draw its id.
    """
    parameters: dict[str, Any] = {
        "event": event.pk,
        "reason": reason,
        "at": event.occurred_at,
        "challenge": event.challenge_id,
        "actor": event.actor_id,
    }
    statement = f"""
        INSERT INTO inbox_notification (organization_id, member_id, event_id, reason, created_at, public_id)
        SELECT addressee.organization_id, addressee.member_id, %(event)s, %(reason)s, %(at)s,
            {public_id_sql("addressee.member_id")}
        FROM ({members_sql}) addressee
        ON CONFLICT DO NOTHING
    """  # noqa: S608  constants
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)
