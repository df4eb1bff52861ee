"""Recording what happened, and carrying it to those who want to know."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import SUBJECTS, Event, OutboxRow
from crowdhub.activity.registry import consumer_named, consumers_of, receivers_of
from crowdhub.common.bulk import BATCH, insert_columns
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
    organization_id: int = subject.organization_id  # type: ignore[attr-defined]  # every subject is a TenantModel
    event: Event = Event.objects.create(
        organization_id=organization_id,
        verb=verb,
        occurred_at=now or timezone.now(),
        actor=actor,
        actor_department_id=None if actor is None else actor.department_id,
        data=data or {},
        **{_key_of(subject): subject},
    )
    consumers = consumers_of(verb)
    if consumers:
        OutboxRow.objects.bulk_create(
            OutboxRow(organization_id=organization_id, event=event, consumer=name) for name in consumers
        )
        nudge_on_commit()
    for receiver in receivers_of(verb):
        receiver(event)
    return event


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
    consumers = consumers_of(verb)
    if events and consumers:
        rows = (
            OutboxRow(organization_id=event.organization_id, event=event, consumer=name)
            for event in events
            for name in consumers
        )
        OutboxRow.objects.bulk_create(rows, batch_size=BATCH)
        nudge_on_commit()
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
        {
            "organization_id": organization.pk,
            "verb": verb.value,
            "version": 1,
            "occurred_at": now or timezone.now(),
            "actor_id": None if actor is None else actor.pk,
            "actor_department_id": None if actor is None else actor.department_id,
            "member_id": list(member_ids),
            "data": json.dumps(data or {}),
        },
    )
    for consumer in consumers_of(verb):
        insert_columns(
            OutboxRow,
            len(event_ids),
            {
                "organization_id": organization.pk,
                "event_id": event_ids,
                "consumer": consumer,
                "attempts": 0,
                "next_attempt_at": timezone.now(),
                "last_error": "",
            },
        )
    nudge_on_commit()


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


def nudge_on_commit() -> None:
    """Have the outbox swept after the commit: once, however many events the transaction records."""
    if all(work is not _nudge for _savepoints, work, _robust in transaction.get_connection().run_on_commit):
        transaction.on_commit(_nudge, robust=True)


def _nudge() -> None:
    """Ask for a sweep now; when the broker is down, the next regular sweep does it."""
    from crowdhub.activity.tasks import sweep_outbox

    sweep_outbox.delay()
