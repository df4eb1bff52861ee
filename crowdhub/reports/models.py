from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.people.models import Member
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.periods import period
from crowdhub.reports.privacy import K
from crowdhub.tenancy.fields import LineField, NoteField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel


class Export(PublicIdModel):
    """A report that somebody asked for, and the record that they did: who, when, what."""

    kind = models.CharField(_("report"), max_length=20, choices=ExportKind, default=ExportKind.ENGAGEMENT)
    file_format = models.CharField(_("format"), max_length=5, choices=ExportFormat, default=ExportFormat.XLSX)
    first_month = models.DateField(_("from"))
    last_month = models.DateField(_("to"))
    requested_by = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="exports")
    requested_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)  # per cent
    worked_at = models.DateTimeField(null=True, blank=True)  # last sign of life of the worker that runs it
    finished_at = models.DateTimeField(null=True, blank=True)
    error = NoteField(max_length=300, blank=True)
    file_name = LineField(max_length=120, blank=True)
    # In the database, because web processes keep no state of their own.
    content = models.BinaryField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(last_month__gte=models.F("first_month")), name="export_months_in_order"
            ),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="export_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def period(self) -> str:
        return period(self.first_month, self.last_month)


class FrozenMonth(TenantModel):
    """What a report shows of one calendar month, fixed when it is first read.

    Whatever changes later, every export of the month says the same, so no two of them can be subtracted. It
    holds what may be shown and nothing else: [{"department": id or null for all, "parent": id or null, "figures":
    {measure: number, or null where it is hidden}}, ...].
    """

    kind = models.CharField(max_length=20, choices=ExportKind, default=ExportKind.ENGAGEMENT)
    month = models.DateField()  # its first day
    rows = models.JSONField(default=list)
    least = models.PositiveSmallIntegerField(default=K)  # the smallest group that could be shown when it was counted
    frozen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "kind", "month"], name="month_frozen_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.month:%Y-%m}"
