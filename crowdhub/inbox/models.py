from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Channel, Frequency, Reason
from crowdhub.people.models import Member
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel
from ideas.models import Idea


class Notification(PublicIdModel):
    """That an event concerns a member, and why. Its words are made when it is read."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="notifications")
    event = TenantForeignKey(Event, on_delete=models.PROTECT, related_name="notifications")
    reason = models.CharField(max_length=12, choices=Reason)
    created_at = models.DateTimeField(default=timezone.now)  # when it happened
    # When the row came, by the database's clock: workers may be late. Empty where it came before this was written down.
    written_at = models.DateTimeField(null=True, db_default=Now(), editable=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["member", "event"], name="notified_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "member", "-created_at"]),
            models.Index(fields=["member"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} for {self.member_id}"


class Preference(TenantModel):
    """How often a member wants the digest, and where talk arrives; no row means daily, and everywhere."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="preferences")
    digest = models.CharField(_("digest"), max_length=10, choices=Frequency, default=Frequency.DAILY)
    talk = models.CharField(
        _("comments on my ideas and replies to me"),
        max_length=10,
        choices=Channel,
        default=Channel.DIGEST,
        db_default=Channel.DIGEST,
    )
    followed = models.CharField(
        _("ideas that I follow"), max_length=10, choices=Channel, default=Channel.DIGEST, db_default=Channel.DIGEST
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.digest}"


class Mute(PublicIdModel):
    """That a member wants to hear no more of the talk about one idea, or about a whole challenge.

    What is decided about their own, and what a colleague asks of them, reaches them all the same. Home and inbox still
    ask them to answer a muted challenge; the digest does not.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="mutes")
    challenge = TenantForeignKey(Challenge, null=True, on_delete=models.CASCADE, related_name="mutes")
    idea = TenantForeignKey(Idea, null=True, on_delete=models.CASCADE, related_name="mutes")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["member", "challenge"], name="mute_challenge_once"),
            models.UniqueConstraint(fields=["member", "idea"], name="mute_idea_once"),
            models.CheckConstraint(
                condition=models.Q(challenge=None, idea__isnull=False) | models.Q(challenge__isnull=False, idea=None),
                name="mute_of_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea or self.challenge} for {self.member_id}"


class Digest(TenantModel):
    """The digest of one day for one member: written before it is sent, so that nobody gets two."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    covers_since = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)  # stays empty where there was nothing to say
    is_empty = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member", "day"], name="digest_once_a_day")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["organization", "day"],
                condition=models.Q(sent_at=None, is_empty=False),
                name="digest_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} for {self.member_id}"
