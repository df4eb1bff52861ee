from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.timezone import localdate, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager

from crowdhub.people.along import ids_of
from crowdhub.people.enums import BulkAction, BulkState, ImportState, Kind, Role, SkillLevel, SkillSource
from crowdhub.tenancy.fields import AddressField, LineField, NoteField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel

# How far a grant of a role reaches.
EVERYWHERE = models.Q(department=None)
IN_DEPARTMENTS = models.Q(role=Role.ADMINISTRATOR, department__isnull=False)


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
        self.login = f"{self.organization_id}:{self.email.lower()}"
        super().save(*args, **kwargs)

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
