from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.models import exactly_one
from crowdhub.people.models import Member
from crowdhub.tenancy.fields import LineField, NoteField, ProseField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel
from ideas.models import Comment, Idea
from moderation.enums import CaseKind, CaseOutcome, CaseState, ReportReason


class Case(PublicIdModel):
    """Something that a moderator has to decide: a new idea, or content that somebody reported."""

    kind = models.CharField(max_length=10, choices=CaseKind)
    state = models.CharField(max_length=10, choices=CaseState, default=CaseState.OPEN)
    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, null=True, blank=True, related_name="cases")
    comment = TenantForeignKey(Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="cases")
    opened_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    # A lease: whoever opened the case last has it for a quarter of an hour, then it is free again.
    claimed_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.CheckConstraint(condition=exactly_one("idea", "comment"), name="case_one_subject"),
            models.UniqueConstraint(
                fields=["kind", "idea"],
                condition=models.Q(state="open", idea__isnull=False),
                name="case_one_open_idea",
            ),
            models.UniqueConstraint(
                fields=["kind", "comment"],
                condition=models.Q(state="open", comment__isnull=False),
                name="case_one_open_comment",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "state", "due_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def idea_at_stake(self) -> Idea:
        """The idea that is to be decided about, or on which the comment stands."""
        idea = self.idea if self.comment is None else self.comment.idea
        assert idea is not None  # noqa: S101  the database holds that a case has an idea or a comment
        return idea


class Report(TenantModel):
    """A flag that a member put on content."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    reporter = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=15, choices=ReportReason)
    text = NoteField(_("what is wrong"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["case", "reporter"], name="report_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.case_id}"


class Decision(TenantModel):
    """How a case was decided, by whom, and the reason that the author reads. Undone decisions stay on record."""

    case = TenantForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=CaseOutcome)
    reason = ProseField(_("reason"), blank=True)
    reason_html = ProseField(editable=False, blank=True)
    # The idea that said the same before; the author reads which one it is.
    original = TenantForeignKey(Idea, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["decided_at"]

    def __str__(self) -> str:
        return f"{self.outcome} of {self.case_id}"


class ReasonTemplate(PublicIdModel):
    """A reason that moderators start from and edit."""

    outcome = models.CharField(max_length=20, choices=CaseOutcome)
    language = models.CharField(max_length=5, default="en")
    title = LineField(_("title"), max_length=120)
    text = ProseField(_("text"))
    version = models.PositiveIntegerField(default=0)  # grows by each save, so that two moderators do not overwrite

    class Meta(PublicIdModel.Meta):
        ordering: ClassVar[list[str]] = ["title"]

    def __str__(self) -> str:
        return self.title
