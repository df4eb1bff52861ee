"""Recording what happened, and carrying it to those who want to know."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import SUBJECTS, Event, OutboxRow
from crowdhub.activity.registry import consumer_named, consumers_of, receivers_of
from crowdhub.common.bulk import BATCH, defaults_of, insert_columns
from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization


def record(
    verb: Verb,
    *,
    subject: models.Model,
    actor: Member | None,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Event:
    """Write the event and its outbox rows in the caller's transaction, and tell the receivers in it.

    `subject` decides the organization. `data` holds ids and codes only: no text, no names.
    """
    return record_for_each(verb, subjects=[subject], actor=actor, data=data, now=now)[0]


def record_for_each(
    verb: Verb,
    *,
    subjects: Sequence[models.Model],
    actor: Member | None,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> list[Event]:
    """Do for many subjects of one kind, which the same thing happened to, what `record` does for one.

    The number of statements does not grow with every subject.
    """
    department_id = None if actor is None else actor.department_id
    occurred_at = now or timezone.now()
    events = Event.objects.bulk_create(
        [
            Event(
                organization_id=subject.organization_id,  # type: ignore[attr-defined]  # every subject is a TenantModel
                verb=verb,
                occurred_at=occurred_at,
                actor=actor,
                actor_department_id=department_id,
                data=data or {},
                **{_key_of(subject): subject},
            )
            for subject in subjects
        ],
        batch_size=BATCH,
    )
    _put_into_outbox(verb, {event.pk: event.organization_id for event in events})
    for receiver in receivers_of(verb):
        for event in events:
            receiver(event)
    return events


def record_for_members(
    verb: Verb,
    member_ids: Sequence[int],
    *,
    organization: Organization,
    actor: Member | None,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Do for many members, whom the same thing happened to, what `record` does for one, by few statements.

    An import may bring a whole directory. Verbs with receivers in the transaction are not for it: those get one event
    at a time.
    """
    if receivers_of(verb):
        raise ValueError(f"{verb} has receivers in the transaction, which take one event at a time.")
    event_ids = insert_columns(
        Event,
        len(member_ids),
        defaults_of(Event)
        | {
            "organization_id": organization.pk,
            "verb": verb.value,
            "occurred_at": now or timezone.now(),
            "actor_id": None if actor is None else actor.pk,
            "actor_department_id": None if actor is None else actor.department_id,
            "member_id": list(member_ids),
            "data": json.dumps(data or {}),
        },
    )
    _put_into_outbox(verb, dict.fromkeys(event_ids, organization.pk))


def consume(consumer: str, row_ids: list[int]) -> int:
    """Run a consumer on the open ones of these outbox rows and close them, in one transaction.

    Returns how many were open; rows that another worker holds are left to it.
    """
    with transaction.atomic():
        rows = list(
            OutboxRow.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk__in=row_ids, consumer=consumer, done_at=None)
            .select_related("event")
            .order_by("event_id")
        )
        if rows:
            consumer_named(consumer)([row.event for row in rows])
            OutboxRow.objects.filter(pk__in=[row.pk for row in rows]).update(done_at=timezone.now())
    return len(rows)


def _key_of(subject: models.Model) -> str:
    key = str(subject._meta.model_name)
    if key not in SUBJECTS:
        raise ValueError(f"A {key} cannot be the subject of an event.")
    return key


def _put_into_outbox(verb: Verb, events: Mapping[int, int]) -> None:
    """Write what the consumers have to work on; `events` are ids of events of this verb with their organization's."""
    rows = [(*event, consumer) for event in events.items() for consumer in consumers_of(verb)]
    if not rows:
        return
    columns = {
        "event_id": [event_id for event_id, _organization_id, _consumer in rows],
        "organization_id": [organization_id for _event_id, organization_id, _consumer in rows],
        "consumer": [consumer for _event_id, _organization_id, consumer in rows],
    }
    insert_columns(OutboxRow, len(rows), defaults_of(OutboxRow) | columns)
    nudge_on_commit()


def nudge_on_commit() -> None:
    """Have the outbox swept after the commit: once, however many events the transaction records."""
    if all(work is not _nudge for _savepoints, work, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Ask for a sweep now; when the broker is down, the next regular sweep does it."""
    from crowdhub.activity.tasks import sweep_outbox

    sweep_outbox.delay()
