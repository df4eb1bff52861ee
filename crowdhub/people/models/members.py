from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from crowdhub.people.along import ids_of
from crowdhub.people.enums import Kind, Role, SkillLevel, SkillSource
from crowdhub.people.models.structure import Department, Group, Location, Skill
from crowdhub.tenancy.fields import AddressField, LineField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel

# How far a grant of a role reaches.
EVERYWHERE = models.Q(department=None)
IN_DEPARTMENTS = models.Q(role=Role.ADMINISTRATOR, department__isnull=False)


class MemberManager(BaseUserManager["Member"]):
    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(login=username)


class Member(AbstractBaseUser, PublicIdModel):
    """A person's account in one organization; a person in two organizations has two accounts."""

    # USERNAME_FIELD has to be unique everywhere, and an e-mail address is so only within its organization.
    login = models.CharField(max_length=300, unique=True, editable=False)
    email = AddressField(_("e-mail"), max_length=254)
    name = LineField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EMPLOYEE)
    department = TenantForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    location = TenantForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    manager = TenantForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    language = models.CharField(_("language"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=40, default="Europe/Berlin")
    is_active = models.BooleanField(_("active"), default=True)
    joined_on = models.DateField(_("joined on"), default=localdate)
    last_visit_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[MemberManager] = ScopedManager(organization="organization", _manager_class=MemberManager)

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint("organization", Lower("email"), name="member_email_once"),
        ]
        # One for each order of the list of people. Searching has another, which row-level security keeps from being
        # used here: see search.py.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "name", "id"], name="member_by_name"),
            models.Index(fields=["organization", "email"], name="member_by_email"),
            models.Index(fields=["organization", "department", "name", "id"], name="member_by_department"),
            models.Index(fields=["organization", "location", "name", "id"], name="member_by_location"),
            models.Index(fields=["organization", "last_visit_at", "id"], name="member_by_visit"),
            models.Index(
                fields=["organization", "name", "id"], condition=models.Q(is_active=False), name="member_inactive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_login()
        super().save(*args, **kwargs)

    def set_login(self) -> None:
        """Let the login follow the organization and the address; bulk_create() does not call save()."""
        self.login = f"{self.organization_id}:{self.email.lower()}"

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that the member holds in the whole organization, never one that is limited to a department.

        A member loaded for a request brings them along.
        """
        loaded: list[str] | None = self.__dict__.get("role_names")
        return frozenset(
            loaded if loaded is not None else self.grants.filter(EVERYWHERE).values_list("role", flat=True)
        )

    @cached_property
    def administered(self) -> frozenset[str]:
        """The paths of the departments to which the member is limited as an administrator; they cover all below them.

        A member loaded for a request brings them along.
        """
        loaded: list[str] | None = self.__dict__.get("scope_paths")
        if loaded is None:
            loaded = list(self.grants.filter(IN_DEPARTMENTS).values_list("department__path", flat=True))
        return frozenset(loaded)

    @cached_property
    def managing(self) -> frozenset[int]:
        """The ids of the challenges that the member was appointed to manage, whether or not they hold the role for it.

        A member loaded for a request brings them along.
        """
        return ids_of(self, "managing")

    @cached_property
    def moderated(self) -> frozenset[int]:
        """The ids of the challenges to which the member is limited as a moderator.

        A member loaded for a request brings them along.
        """
        return ids_of(self, "moderated")

    # What the operator's admin asks of a user. Everyone outside the operator's organization gets no.
    @property
    def is_staff(self) -> bool:
        return self.is_active and self.organization.is_operator

    @property
    def is_superuser(self) -> bool:
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class DepartmentStay(TenantModel):
    """From when until when somebody was in a department, because reports need the truth of their month."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="stays")
    department = TenantForeignKey(Department, on_delete=models.PROTECT, related_name="stays")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member"], condition=models.Q(until=None), name="stay_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.department_id}"


class MemberSkill(TenantModel):
    """A member's level in a skill, and how it is known."""

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="skills")
    skill = TenantForeignKey(Skill, on_delete=models.CASCADE, related_name="holders")
    level = models.PositiveSmallIntegerField(_("level"), choices=SkillLevel, default=SkillLevel.SOLID)
    source = models.CharField(max_length=10, choices=SkillSource, default=SkillSource.OWN_WORD)
    # A level above the confirmed one is the member's own word until somebody confirms it as well.
    claimed_level = models.PositiveSmallIntegerField(choices=SkillLevel, null=True, blank=True)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["member", "skill"], name="member_skill_once"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="member_skill_level"),
            models.CheckConstraint(
                condition=models.Q(claimed_level=None)
                | models.Q(claimed_level__lte=5, claimed_level__gt=models.F("level")),
                name="member_skill_claim_is_higher",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "skill", "level"])]

    def __str__(self) -> str:
        return f"{self.skill_id}: {self.level}"

    @property
    def is_confirmed(self) -> bool:
        return self.source != SkillSource.OWN_WORD

    @property
    def stated_level(self) -> int:
        """The level that the member states, confirmed or not."""
        return self.claimed_level or self.level


class GroupMembership(TenantModel):
    """That a member is in a group."""

    group = TenantForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["group", "member"], name="group_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.group_id}"


class RoleGrant(TenantModel):
    """That a member holds a role: in the whole organization, or in a department and everything below it.

    Only the administrator's role can be limited to a department. The HR analyst's cannot: two reports about different
    people, each of them private, may give away what the other hides. A challenge's scope is no matter of this table,
    because challenges stand above people: who manages one says ChallengeManager, and who moderates one and no other
    says ChallengeModerator.
    """

    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=15, choices=Role)
    department = TenantForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="grants")
    granted_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    granted_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["member", "role", "department"], name="role_granted_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=EVERYWHERE | models.Q(role=Role.ADMINISTRATOR),
                name="role_scope_only_of_administrators",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "role"], name="role_holders")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.role}"

    @property
    def label(self) -> str:
        """What the member is, in words."""
        if self.department is None:
            return self.get_role_display()
        return gettext("%(role)s of %(department)s") % {"role": self.get_role_display(), "department": self.department}
