"""Events, and the outbox that carries them to the workers.

The typed keys point at models of layers above. They are named by strings: a key needs the table, not the code.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.lookups import Exact
from django.utils import timezone

from crowdhub.activity.enums import ABOUT_REASONS
from crowdhub.tenancy.fields import ProseField
from crowdhub.tenancy.models import TenantForeignKey, TenantModel

SUBJECTS = ("challenge", "idea", "comment", "case", "member", "export")


def exactly_one(*fields: str) -> Exact:
    """Return the condition that exactly one of the nullable columns is set."""
    count = models.Func(
        *(models.F(field) for field in fields), function="num_nonnulls", output_field=models.IntegerField()
    )
    return Exact(count, models.Value(1))


class Event(TenantModel):
    """A fact: something happened to one subject. Never changed, never deleted; holds ids and no text."""

    verb = models.CharField(max_length=40)  # a Verb; no choices, so that a new one needs no migration
    version = models.PositiveSmallIntegerField(default=1)
    occurred_at = models.DateTimeField(default=timezone.now)
    actor = TenantForeignKey("people.Member", on_delete=models.PROTECT, null=True, related_name="+")
    actor_department = TenantForeignKey("people.Department", on_delete=models.PROTECT, null=True, related_name="+")
    challenge = TenantForeignKey("challenges.Challenge", on_delete=models.PROTECT, null=True, related_name="events")
    idea = TenantForeignKey("ideas.Idea", on_delete=models.PROTECT, null=True, related_name="events")
    comment = TenantForeignKey("ideas.Comment", on_delete=models.PROTECT, null=True, related_name="events")
    case = TenantForeignKey("moderation.Case", on_delete=models.PROTECT, null=True, related_name="events")
    member = TenantForeignKey("people.Member", on_delete=models.PROTECT, null=True, related_name="events_about")
    export = TenantForeignKey("reports.Export", on_delete=models.PROTECT, null=True, related_name="events")
    data = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=exactly_one(*SUBJECTS), name="event_one_subject")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "occurred_at"]),
            models.Index(fields=["organization", "idea", "verb"]),
            models.Index(fields=["organization", "actor", "verb"]),
            # Few among very many; the log of exports asks for the newest of them.
            models.Index(
                fields=["organization", "occurred_at"],
                condition=models.Q(verb="member.exported"),
                name="event_exported",
            ),
            # As few; the moderators' log of their reasons asks for the newest of them.
            models.Index(
                fields=["organization", "occurred_at"],
                condition=models.Q(verb__in=[verb.value for verb in ABOUT_REASONS]),
                name="event_about_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class OutboxRow(TenantModel):
    """One event that one consumer still has to work on; closed in the transaction of that work."""

    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="outbox_rows")
    consumer = models.CharField(max_length=60)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_error = ProseField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["event", "consumer"], name="outbox_once_per_consumer")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(done_at=None, parked_at=None),
                name="outbox_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consumer} <- {self.event_id}"
