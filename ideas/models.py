from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from crowdhub.common.file_kinds import CONTENT_TYPES, PICTURES, FileKind
from crowdhub.common.file_names import LONGEST
from crowdhub.people.models import Member
from crowdhub.tenancy.fields import LineField, ProseField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel
from ideas.enums import CommentState, ContributorPart, IdeaState, JoinState, LinkKind, Outcome


class Idea(PublicIdModel):
    """An answer to a challenge, from its first saved line to the decision about it."""

    challenge = TenantForeignKey(Challenge, on_delete=models.PROTECT, related_name="ideas")
    state = models.CharField(max_length=20, choices=IdeaState, default=IdeaState.DRAFT)
    title = LineField(_("title"), max_length=140, blank=True)
    body = ProseField(_("your idea"), blank=True)
    body_html = ProseField(editable=False, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    revision_number = models.PositiveIntegerField(default=0)  # 0 while it was never submitted
    # What the authors have written since it was sent back, and nobody else reads: see drafts.py. Empty: nothing.
    draft_title = LineField(max_length=140, null=True, editable=False)
    draft_body = ProseField(editable=False, blank=True)
    draft_body_html = ProseField(editable=False, blank=True)
    draft_language = LineField(max_length=5, editable=False, blank=True)
    client_uuid = models.UUIDField(null=True, editable=False)  # makes saving a draft idempotent
    version = models.PositiveIntegerField(default=0)  # grows by each save, so that two tabs do not overwrite
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)  # of the first answer
    # Exposures, counted from Exposure by a worker: the least seen idea is shown first.
    seen_count = models.PositiveIntegerField(default=0)
    # Members beside its authors who have commented and are not hidden, counted by the same worker.
    talk_count = models.PositiveIntegerField(default=0)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "client_uuid"], name="idea_client_uuid_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "challenge", "state", "seen_count"]),
            models.Index(
                fields=["organization", "answer_due_at"],
                condition=models.Q(answered_at=None, answer_due_at__isnull=False),
                name="idea_answer_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title or "untitled"

    def get_absolute_url(self) -> str:
        return reverse("ideas:detail", args=[self.public_id])


class Revision(TenantModel):
    """What an idea said, and which files were beside it, when it was handed in or changed for the nth time."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = LineField(max_length=140)
    body = ProseField()
    files = models.JSONField(default=list)  # [{"name": "plan.pdf", "sha256": "…"}, …]; the files themselves may be gone
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "number"], name="revision_number_once")
        ]
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"{self.idea_id} v{self.number}"


class Contributor(TenantModel):
    """Who wrote an idea: one row a person, with their part and their share in per cent."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="contributors")
    member = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="contributions")
    part = models.CharField(max_length=10, choices=ContributorPart, default=ContributorPart.AUTHOR)
    share = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "member"], name="contributor_once"),
            models.CheckConstraint(condition=models.Q(share__lte=100), name="contributor_share"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "member"])]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.idea_id}"


class Attachment(PublicIdModel):
    """A file beside the text of an idea; its content is in the storage, under a key that says nothing."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="attachments")
    uploader = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    name = LineField(max_length=LONGEST)
    kind = models.CharField(max_length=10, choices=FileKind)  # told from its bytes
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=100)
    after_revision = models.PositiveIntegerField(default=0)  # the idea's last one when the file came
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["idea", "sha256"], name="attachment_once"),
            models.UniqueConstraint(fields=["organization", "storage_key"], name="attachment_key_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address that the file is downloaded from."""
        return reverse("ideas:attachment", args=[self.idea.public_id, self.public_id])

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.kind]

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURES


class JoinRequest(PublicIdModel):
    """That a member asked the authors of an idea to take them in, or an author a colleague to write it with them.

    One for each member and idea. Nobody is named as an author before the side that was asked has accepted.
    """

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="join_requests")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    # The author who asks; empty where the member does. Goes with them, for then nobody has asked.
    invited_by = TenantForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    share = models.PositiveSmallIntegerField(default=0)  # what that author gives from their own, in per cent
    state = models.CharField(max_length=10, choices=JoinState, default=JoinState.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["idea", "member"], name="join_request_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["organization", "member"],
                condition=models.Q(state="open", invited_by__isnull=False),
                name="invited_to_write",
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} to join {self.idea_id}"


class IdeaLink(PublicIdModel):
    """That an idea builds on another one, is a part of it, or says the same; a reader who cannot see both sees none."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="links")
    other = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="links_here")
    kind = models.CharField(max_length=12, choices=LinkKind)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["idea", "other", "kind"], name="idea_link_once"),
            models.CheckConstraint(condition=~models.Q(idea=models.F("other")), name="idea_link_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.kind} {self.other_id}"


class Comment(PublicIdModel):
    """A remark on an idea, or an answer to another remark."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="comments")
    parent = TenantForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="comments")
    body = ProseField(_("comment"))
    body_html = ProseField(editable=False)
    language = models.CharField(max_length=5, default="en")
    state = models.CharField(max_length=10, choices=CommentState, default=CommentState.VISIBLE)
    is_helpful = models.BooleanField(default=False)  # marked so by an author of the idea
    client_uuid = models.UUIDField(null=True, editable=False)  # makes an import idempotent
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "client_uuid"], name="comment_client_uuid_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "idea", "created_at"]),
            models.Index(fields=["organization", "author"]),
        ]

    def __str__(self) -> str:
        return f"comment on {self.idea_id}"

    def get_absolute_url(self) -> str:
        """Return the address of the comment in its discussion, on whatever page of it that is."""
        return f"{self.idea.get_absolute_url()}?comment={self.public_id}#comment-{self.public_id}"


class Vote(TenantModel):
    """A member's support for an idea; at most one each, and never for one's own."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="votes")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="votes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "member"], name="vote_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "member"])]

    def __str__(self) -> str:
        return f"{self.member_id} for {self.idea_id}"


class Follow(TenantModel):
    """That a member wants to hear what happens to an idea."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="follows")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="follows")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "member"], name="follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} follows {self.idea_id}"


class Answer(TenantModel):
    """What the organization decided about an idea, with its reasons. A later one does not erase an earlier one."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="answers")
    outcome = models.CharField(_("decision"), max_length=12, choices=Outcome)
    reasons = ProseField(_("reasons"))
    reasons_html = ProseField(editable=False)
    author = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "outcome"], name="answer_outcome_once")
        ]
        ordering: ClassVar[list[str]] = ["created_at"]

    def __str__(self) -> str:
        return f"{self.outcome} for {self.idea_id}"


class AnswerPause(TenantModel):
    """A time in which the author had the ball, so that the promise did not run."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea"], condition=models.Q(ended_at=None), name="pause_one_open")
        ]

    def __str__(self) -> str:
        return f"pause of {self.idea_id}"


class Exposure(TenantModel):
    """That a member had an idea before their eyes: what fair order and scores are divided by."""

    idea = TenantForeignKey(Idea, on_delete=models.CASCADE, related_name="exposures")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["idea", "member"], name="exposure_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} saw {self.idea_id}"
