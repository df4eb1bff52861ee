from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crowdhub.tenancy.fields import LineField, NoteField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey


class Department(PublicIdModel):
    """A node in the tree of departments; `path` holds the ids from the root, as "/1/7/"."""

    name = LineField(_("name"), max_length=120)
    parent = TenantForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=200, editable=False, default="")

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(
                "organization", "parent", Lower("name"), name="department_name_once", nulls_distinct=False
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "path"])]
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Location(PublicIdModel):
    """A place where people work."""

    name = LineField(_("name"), max_length=120)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint("organization", Lower("name"), name="location_name_once"),
        ]
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Skill(PublicIdModel):
    """Something that people can do, and that a challenge can ask for."""

    name = LineField(_("name"), max_length=120)
    description = NoteField(_("description"), max_length=300, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint("organization", Lower("name"), name="skill_name_once"),
        ]
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name


class Group(PublicIdModel):
    """A named set of members that is neither a department nor a skill."""

    name = LineField(_("name"), max_length=120)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint("organization", Lower("name"), name="group_name_once"),
        ]
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name
