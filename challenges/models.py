from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.enums import ChallengeKind, ChallengeState, ClauseKind, ManagerPart, PhaseKind, Visibility
from crowdhub.people.models import Department, Group, Location, Member, Skill
from crowdhub.tenancy.bounds import LONGEST_PROMISE, SHORTEST_PROMISE, USUAL_PROMISE
from crowdhub.tenancy.fields import LineField, ProseField
from crowdhub.tenancy.models import PublicIdModel, TenantForeignKey, TenantModel


class TermsVersion(PublicIdModel):
    """One version of the terms on intellectual property; acceptances point at it, so it is never changed."""

    number = models.PositiveIntegerField()
    text = ProseField(_("terms"))
    text_html = ProseField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = TenantForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(fields=["organization", "number"], name="terms_number_once"),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Challenge(PublicIdModel):
    """A question to the people who can answer it."""

    title = LineField(_("title"), max_length=140)
    kind = models.CharField(_("kind"), max_length=10, choices=ChallengeKind, default=ChallengeKind.IDEAS)
    state = models.CharField(max_length=10, choices=ChallengeState, default=ChallengeState.DRAFT)
    visibility = models.CharField(_("visibility"), max_length=12, choices=Visibility, default=Visibility.INVITED)
    language = models.CharField(_("language"), max_length=5, default="en")
    objective = ProseField(_("objective"), blank=True)
    why_it_matters = ProseField(_("why it matters"), blank=True)
    good_answer = ProseField(_("what a good answer looks like"), blank=True)
    success_measure = ProseField(_("success measure"), blank=True)
    brief_html = models.JSONField(default=dict, editable=False)  # field name -> rendered HTML
    answer_within_days = models.PositiveSmallIntegerField(
        _("working days until an idea is answered"),
        default=USUAL_PROMISE,
        validators=[MinValueValidator(SHORTEST_PROMISE), MaxValueValidator(LONGEST_PROMISE)],
    )
    terms = TenantForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges")
    everyone = models.BooleanField(_("everyone in the organization is asked"), default=False)
    own_word_counts = models.BooleanField(
        _("skills that nobody has confirmed count, too"),
        default=False,
        help_text=_("Matters where only the invited can see the challenge."),
    )
    version = models.PositiveIntegerField(default=0)  # grows by each save, so that two managers do not overwrite
    changed_in = models.JSONField(default=dict, editable=False)  # part of a draft -> the version that changed it last
    created_by = TenantForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    client_uuid = models.UUIDField(null=True, editable=False)  # makes beginning a draft idempotent
    created_at = models.DateTimeField(default=timezone.now)
    launched_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)  # when the workers had written every invitation
    closed_at = models.DateTimeField(null=True, blank=True)
    # What came of it, told to everyone at the end; a draft until it is sent.
    report_back = ProseField(_("what came of it"), blank=True)
    report_back_html = ProseField(editable=False, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta(PublicIdModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *PublicIdModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "created_by", "client_uuid"], name="challenge_client_uuid_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "state"])]

    def __str__(self) -> str:
        return self.title

    @property
    def counts_confirmed_only(self) -> bool:
        """Whether skills must be confirmed: where only the invited see a challenge, nobody lets himself in.

        To the database audience_sql.CONFIRMED_ONLY says the same, as tests/challenges/test_audience_rule.py holds.
        """
        return self.visibility == Visibility.INVITED and not self.own_word_counts


class Phase(TenantModel):
    """From when until when something is open in a challenge; see enums.PHASE_OPENS for what."""

    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=12, choices=PhaseKind)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "kind"], name="phase_kind_once"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="phase_ends_after_start"
            ),
        ]
        ordering: ClassVar[list[str]] = ["starts_at", "ends_at"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.challenge_id}"


class ChallengeManager(TenantModel):
    """That a member manages a challenge, or stands in for the one who does."""

    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="managers")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="managed")
    part = models.CharField(max_length=10, choices=ManagerPart, default=ManagerPart.MANAGER)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "member"], name="challenge_manager_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.challenge_id}"


class ChallengeModerator(TenantModel):
    """That a member moderates a challenge, and no other: who moderates all of them holds the role instead."""

    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="moderators")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="moderated_challenges")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "member"], name="challenge_moderator_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.challenge_id}"


class AudienceClause(TenantModel):
    """One condition of a challenge's audience.

    Clauses of one kind are alternatives; departments and locations count as one kind, "where". A member is asked
    who meets one clause of every kind that is present, or was added by name, and was not left out by name.
    """

    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="audience")
    kind = models.CharField(max_length=10, choices=ClauseKind)
    skill = TenantForeignKey(Skill, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    min_level = models.PositiveSmallIntegerField(default=1)
    department = TenantForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    location = TenantForeignKey(Location, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    group = TenantForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="clause_names_its_kind",
                condition=models.Q(kind="skill", skill__isnull=False)
                | models.Q(kind="department", department__isnull=False)
                | models.Q(kind="location", location__isnull=False)
                | models.Q(kind="group", group__isnull=False)
                | models.Q(kind__in=["include", "exclude"], member__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.challenge_id}"


class Invitation(TenantModel):
    """That a member is asked, and why. Losing a skill takes none away; a manager may."""

    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="invitations")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="invitations")
    # The clauses that matched: [["skill", skill id, level], ["department", id], ["everyone"], ...]
    reason = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["challenge", "member"], name="invited_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organization", "member"])]

    def __str__(self) -> str:
        return f"{self.member_id} to {self.challenge_id}"


class TermsAcceptance(TenantModel):
    """That a member accepted a version of the terms, for a challenge."""

    terms = TenantForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="acceptances")
    challenge = TenantForeignKey(Challenge, on_delete=models.CASCADE, related_name="acceptances")
    member = TenantForeignKey(Member, on_delete=models.CASCADE, related_name="acceptances")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["terms", "challenge", "member"], name="terms_accepted_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} accepted {self.terms_id}"
