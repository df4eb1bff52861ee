from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from crowdhub.people.enums import BulkAction, BulkState, ImportState
from crowdhub.people.models.members import Member
from crowdhub.people.models.structure import Department, Group, Location
from crowdhub.tenancy.fields import LineField, NoteField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel


class MemberImport(PublicIdModel):
    """A CSV of members that an administrator uploaded, with what it would change, until it is confirmed."""

    uploaded_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    file_name = LineField(max_length=200)
    content = models.TextField(blank=True)  # emptied when the import is over: it is a copy of personal data
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READING)
    preview = models.JSONField(default=dict)  # what it would change; emptied with the content
    sends_invitations = models.BooleanField(_("send invitations to new members"), default=False)
    digest = models.CharField(max_length=64, blank=True)  # of the changes that were previewed
    error = NoteField(max_length=500, blank=True)
    counts = models.JSONField(default=dict)  # what an import that is done has changed
    created_at = models.DateTimeField(default=now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.file_name


class ImportProblem(TenantModel):
    """One thing that is wrong in an uploaded file, in the words of whoever uploaded it. Kept as long as the preview."""

    upload = TenantForeignKey(MemberImport, on_delete=models.CASCADE, related_name="problems", db_index=False)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=20, blank=True)  # empty: the row as a whole
    message = NoteField(max_length=600)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["upload", "id"], name="import_problems")]

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"


class BulkChange(PublicIdModel):
    """The same thing that an administrator has done to many people: prepared, confirmed, then worked off in batches."""

    requested_by = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=15, choices=BulkAction)
    # What the people are moved to, put into or taken out of; which of the three, says the action.
    department = TenantForeignKey(Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    location = TenantForeignKey(Location, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    group = TenantForeignKey(Group, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    member_ids = ArrayField(models.BigIntegerField(), default=list)  # in the order of their work; emptied at the end
    count = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)  # how many were come to, refused ones included
    changed_count = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=BulkState, default=BulkState.PREVIEW)
    error = NoteField(max_length=300, blank=True)  # why it was stopped, unless by hand
    created_at = models.DateTimeField(default=now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.CheckConstraint(condition=models.Q(done_count__lte=models.F("count")), name="bulk_done_of_count"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "-created_at"], name="bulk_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.public_id}"

    @property
    def target(self) -> Department | Location | Group | None:
        """What the people are moved to, put into or taken out of."""
        return self.department or self.location or self.group


class BulkRefusal(TenantModel):
    """Whom a change of many left as they were, and why, in the words of whoever asked for it."""

    change = TenantForeignKey(BulkChange, on_delete=models.CASCADE, related_name="refusals")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    reason = NoteField(max_length=300)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["change", "member"], name="bulk_refused_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.change_id}"


class SettingsVersion(TenantModel):
    """One change of the organization's settings: what, from what to what, by whom. Never changed itself."""

    number = models.PositiveIntegerField()
    changes = models.JSONField(default=dict)  # setting -> [before, after]
    set_in = models.JSONField(default=dict)  # setting -> number of the version that set it last, this one included
    agreed_with = LineField(_("agreed with"), max_length=200, blank=True)
    # None: the operator of the installation, who is nobody's member here.
    changed_by = TenantForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "number"], name="settings_number_once")
        ]

    def __str__(self) -> str:
        return f"v{self.number}"
