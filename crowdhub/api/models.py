from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.people.models import Member
from crowdhub.tenancy.fields import LineField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey


class PersonalToken(PublicIdModel):
    """A member's key to the API; only its SHA-256 is kept, because the secret is random and long."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    client_uuid = models.UUIDField(null=True, editable=False)  # makes creating it idempotent
    name = LineField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "member", "client_uuid"], name="token_client_uuid_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()
