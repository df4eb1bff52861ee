from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from crowdhub.tenancy.bounds import (
    LARGEST_LEAST_GROUP,
    LEAST_GROUP,
    LONGEST_PROMISE,
    SHORTEST_PROMISE,
    USUAL_PROMISE,
)
from crowdhub.tenancy.fields import LineField

# No vowels and no look-alikes: an id that cannot spell a word and can be read aloud.
PUBLIC_ID_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
PUBLIC_ID_LENGTH = 10


def new_public_id() -> str:
    """Return ten random characters, about 47 bits: enough that nobody guesses one."""
    return "".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(PUBLIC_ID_LENGTH))


class Organization(models.Model):
    """A tenant: one company and everything in it."""

    slug = models.SlugField(max_length=40, unique=True)
    name = LineField(_("name"), max_length=120)
    accent_colour = models.CharField(_("accent colour"), max_length=7, default="#1f6f5c")
    language = models.CharField(_("language"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=40, default="Europe/Berlin")
    holiday_region = models.CharField(
        _("public holidays"),
        max_length=10,
        default="DE-BE",
        help_text=_("Country and region, such as DE-BE."),
    )
    # Policies: what an organization decides for all its members. People change them by people.domain.settings.
    answer_within_days = models.PositiveSmallIntegerField(
        _("working days until an idea is answered"), default=USUAL_PROMISE
    )
    has_leaderboard = models.BooleanField(_("leaderboard"), default=True)
    smallest_group = models.PositiveSmallIntegerField(_("smallest group in figures"), default=LEAST_GROUP)
    # Which Logo it has, so that a page knows its address without reading it; empty for none.
    logo_version = models.CharField(max_length=16, blank=True, default="", editable=False)
    is_operator = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # When an administrator said that the first steps need not be shown any more; whether they are done is in the data.
    first_steps_hidden_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(smallest_group__range=(LEAST_GROUP, LARGEST_LEAST_GROUP)),
                name="organization_smallest_group",
            ),
            models.CheckConstraint(
                condition=models.Q(answer_within_days__range=(SHORTEST_PROMISE, LONGEST_PROMISE)),
                name="organization_promise",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """A host name by which an organization is found. The one tenant table that is read before there is a tenant."""

    host = models.CharField(max_length=253, unique=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="domains")
    is_canonical = models.BooleanField(default=False)
    redirects = models.BooleanField(default=False, help_text=_("Lead visitors on to the canonical host."))

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_canonical=True), name="domain_one_canonical"
            )
        ]

    def __str__(self) -> str:
        return self.host


class TenantForeignKey(models.ForeignKey):
    """A key to a row of the same organization.

    Row-level security does not check what a key points at, so the constraint is a composite one,
    (organization_id, id), which Django cannot express; IsolateTenant adds it in a migration.
    """

    def __init__(self, to: Any, on_delete: Any, **options: Any) -> None:
        options["db_constraint"] = False
        super().__init__(to, on_delete, **options)


class TenantModel(models.Model):
    """A row that belongs to one organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[models.Manager[Any]] = ScopedManager(organization="organization")

    class Meta:
        abstract = True


class PublicIdModel(TenantModel):
    """A tenant row that has a page or an address in the API."""

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH, default=new_public_id, editable=False, unique=False)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "public_id"], name="%(app_label)s_%(class)s_public_id")
        ]


class Logo(TenantModel):
    """The organization's logo, as it was uploaded; a new one takes the place of the old one.

    In the database, because it is small, and its version is changed in the same transaction as the settings.
    """

    version = models.CharField(max_length=16)  # the beginning of the content's SHA-256: part of its address
    content_type = models.CharField(max_length=20)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization"], name="logo_one")
        ]

    def __str__(self) -> str:
        return self.version
