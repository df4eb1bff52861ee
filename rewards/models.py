from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from crowdhub.tenancy.models import TenantForeignKey, TenantModel
from rewards.enums import EntryKind, RuleCode


class Rule(TenantModel):
    """How many points something earns, from a day on. A change is a new version; old entries keep theirs."""

    code = models.CharField(max_length=20, choices=RuleCode)
    version = models.PositiveIntegerField(default=1)
    points = models.PositiveIntegerField()
    starts_on = models.DateField(default=timezone.localdate)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "code", "version"], name="rule_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}: {self.points}"


class LedgerEntry(TenantModel):
    """Points that an event gave to a member or took back. Never changed: what was wrong is compensated.

    Unique by event, rule, member and kind, with two refinements. The correction of a day (a cap) names the day that it
    is about, because one event may correct several: an author who leaves an idea gives back votes of many days. And a
    reversal is unique by the entry that it takes back, because that event takes back as many entries. An entry names no
    subject of its own: its event does, with a typed key and a check, and a second copy could only disagree.
    """

    member = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="ledger")
    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="ledger")
    rule = TenantForeignKey(Rule, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    points = models.IntegerField()
    occurred_at = models.DateTimeField()
    # The day, in the organization's zone, of the vote that the entry is about: it counts towards that day's limit,
    # even when the vote was withdrawn on another day. Empty for everything that no limit is on.
    counts_on = models.DateField(null=True)
    reverses = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["event", "rule", "member", "kind", "counts_on"],
                condition=models.Q(reverses=None),
                nulls_distinct=False,
                name="entry_once",
            ),
            models.UniqueConstraint(fields=["reverses"], name="entry_reversed_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "member", "occurred_at"]),
            models.Index(
                fields=["organization", "member", "counts_on"],
                condition=models.Q(counts_on__isnull=False),
                name="entry_under_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} for {self.member_id}"


class Standing(TenantModel):
    """A member's sum over the ledger, and whether they want to be seen on the leaderboard."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="standings")
    points = models.IntegerField(default=0)
    is_listed = models.BooleanField(default=False)  # opted in to the leaderboard
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member"], name="standing_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "-points"], condition=models.Q(is_listed=True), name="standing_board")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.points}"
