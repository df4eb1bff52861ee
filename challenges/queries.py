"""Reads of challenges that have a name. What a member may not see is not in the result."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from challenges.enums import PHASE_OPENS, Action, ChallengeState, PhaseKind, Visibility
from challenges.models import (
    Challenge,
    ChallengeManager,
    ChallengeModerator,
    Invitation,
    Phase,
    TermsAcceptance,
    TermsVersion,
)
from challenges.rules import acting_managers, may_manage
from crowdhub.common.keyset import Keyset, Part
from crowdhub.people.enums import Kind, Role
from crowdhub.people.models import Member, RoleGrant
from crowdhub.people.search import people_named

# Their work needs every challenge that was launched, whoever was invited.
ROLES_THAT_SEE_ALL = frozenset({Role.MODERATOR, Role.AUDITOR})
# Partners and guests take part; what is published is for the organization's own people to decide.
IS_EMPLOYEE = Q(kind=Kind.EMPLOYEE)


def invitation_of(member: Member) -> QuerySet[Invitation]:
    """Return the member's standing invitation to the challenge of an outer query."""
    return Invitation.objects.filter(challenge=OuterRef("pk"), member=member, withdrawn_at=None)


def managed_as(member: Member, challenge: OuterRef) -> QuerySet[ChallengeManager]:
    """Return what the member was appointed to in the challenge of an outer query, if they have the role for it."""
    appointed: QuerySet[ChallengeManager] = ChallengeManager.objects.filter(challenge=challenge, member=member)
    return appointed if may_manage(member) else appointed.none()


def managed_by(member: Member) -> QuerySet[Challenge]:
    """Return the challenges that the member manages or stands in for, drafts included."""
    return Challenge.objects.filter(Exists(managed_as(member, OuterRef("pk"))))


def ids_managed_by(member: int | OuterRef) -> QuerySet[Any, Any]:
    """Return the ids of the challenges that a member was appointed to manage, even where that sleeps; as the next."""
    return ChallengeManager.objects.filter(member=member).values_list("challenge", flat=True)


def ids_moderated_by(member: int | OuterRef) -> QuerySet[Any, Any]:
    """Return the ids of the challenges to which a member is limited as a moderator; by the key, or an outer query's."""
    return ChallengeModerator.objects.filter(member=member).values_list("challenge", flat=True)


def challenges_visible_to(member: Member) -> QuerySet[Challenge]:
    """Return the challenges whose existence the member may know of."""
    manages = Exists(managed_as(member, OuterRef("pk")))
    launched = ~Q(state=ChallengeState.DRAFT)
    if member.roles & ROLES_THAT_SEE_ALL:
        return Challenge.objects.filter(launched | Q(manages))
    in_reach = Q(visibility=Visibility.ORGANIZATION) | Q(Exists(invitation_of(member))) | Q(pk__in=member.moderated)
    return Challenge.objects.filter((launched & in_reach) | Q(manages))


def challenges_asking(member: Member) -> QuerySet[Challenge]:
    """Return the launched challenges to which the member is invited."""
    return Challenge.objects.filter(Exists(invitation_of(member)), state=ChallengeState.LAUNCHED)


def phases_to_take_part_in(challenge: OuterRef, *, at: datetime | None = None) -> QuerySet[Phase]:
    """Return the phases of an outer query's challenge that take ideas or votes and are not over; some may yet begin."""
    kinds = [kind for kind, opens in PHASE_OPENS.items() if opens & {Action.SUBMIT, Action.VOTE}]
    return Phase.objects.filter(challenge=challenge, kind__in=kinds, ends_at__gt=at or timezone.now())


def phases_opening(action: Action, *, at: datetime | None = None) -> QuerySet[Phase]:
    """Return the phases that have the action open at a time (now, if none is given)."""
    at = at or timezone.now()
    kinds = [kind for kind, opens in PHASE_OPENS.items() if action in opens]
    return Phase.objects.filter(kind__in=kinds, starts_at__lte=at, ends_at__gt=at)


def is_running() -> Q:
    """Return the condition that a launched challenge has not seen the end of its last phase."""
    unfinished = Phase.objects.filter(challenge=OuterRef("pk"), ends_at__gt=timezone.now())
    return Q(Exists(unfinished), state=ChallengeState.LAUNCHED)


def challenges_listed(member: Member, which: str) -> QuerySet[Challenge]:
    """Return one of the lists of challenges that a member has, the newest first.

    "asked": running ones to which they are invited; "open": other running ones that they see; "past": launched ones
    that are over; "managed": those that they manage, drafts included. Raises KeyError for any other name.
    """
    invited = Exists(invitation_of(member))
    visible = challenges_visible_to(member).exclude(state=ChallengeState.DRAFT)
    found = {
        "asked": Challenge.objects.filter(is_running(), invited),
        "open": visible.filter(is_running()).exclude(invited),
        "past": visible.exclude(is_running()),
        "managed": managed_by(member),
    }[which]
    return found.order_by("-launched_at", "-created_at", "-pk")


def invitations_listed(challenge: Challenge, *, search: str = "") -> QuerySet[Invitation]:
    """Return the invitations of a challenge with their members, the withdrawn ones included, by name."""
    found = Invitation.objects.filter(challenge=challenge).select_related("member__department")
    if search:
        found = found.filter(member__in=people_named(Member.objects.all(), search))
    return found.order_by("member__name", "member_id")


INVITATIONS_BY_NAME = Keyset("invitations", (Part(("member__name", "member_id")),))


def managers_listed(challenge: Challenge) -> QuerySet[ChallengeManager]:
    """Return who manages a challenge with the members, the managers before their deputies, then by name.

    Each has `is_acting`: whether they hold the role for it.
    """
    acting = Exists(acting_managers().filter(pk=OuterRef("pk")))
    found = ChallengeManager.objects.filter(challenge=challenge).select_related("member__department")
    listed: QuerySet[ChallengeManager] = found.annotate(is_acting=acting).order_by("-part", "member__name", "pk")
    return listed


def moderators_listed(challenge: Challenge) -> QuerySet[ChallengeModerator]:
    """Return who moderates a challenge and no other, with the members, by name."""
    found = ChallengeModerator.objects.filter(challenge=challenge).select_related("member__department")
    return found.order_by("member__name", "pk")


def people_to_appoint(challenge: Challenge, *, search: str = "") -> QuerySet[Member]:
    """Return who could get a part in looking after a challenge, by name, with `may_manage` and `may_moderate`.

    Without words those who could manage it: nearly everyone could moderate it.
    """
    managers = ChallengeManager.objects.filter(challenge=challenge).values("member")
    moderators = ChallengeModerator.objects.filter(challenge=challenge).values("member")
    found = _active_members().annotate(
        may_manage=_as_column(Q(_holds(Role.MANAGER)) & ~Q(pk__in=managers)),
        may_moderate=_as_column(IS_EMPLOYEE & ~Q(_holds(Role.MODERATOR)) & ~Q(pk__in=moderators)),
    )
    may_get_one = Q(may_manage=True) | Q(may_moderate=True) if search.split() else Q(may_manage=True)
    return people_named(found.filter(may_get_one), search).select_related("department").order_by("name", "pk")


def may_become_manager(member: Member) -> bool:
    """Tell whether a member of this organization could manage a challenge, as it is in the database now."""
    return _active_members().filter(_holds(Role.MANAGER), pk=member.pk).exists()


def may_become_moderator(member: Member) -> bool:
    """Tell whether a member of this organization could moderate a challenge, as it is in the database now."""
    return _active_members().filter(IS_EMPLOYEE, pk=member.pk).exists()


def moderates_everything(member: Member) -> bool:
    """Tell whether a member moderates the whole organization, as it is in the database now."""
    return RoleGrant.objects.filter(member=member, role=Role.MODERATOR).exists()


def _active_members() -> QuerySet[Member]:
    return Member.objects.filter(is_active=True, erased_at=None)


def _holds(role: Role) -> Exists:
    return Exists(RoleGrant.objects.filter(member=OuterRef("pk"), role=role))


def _as_column(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())


def _ended_voting(challenge: str, now: datetime) -> QuerySet[Phase]:
    """Return the voting phase that is over, if it is, of the challenge at a path of an outer query."""
    return Phase.objects.filter(challenge=OuterRef(challenge), kind=PhaseKind.VOTING, ends_at__lte=now)


def challenges_with_secret_counts(*, now: datetime | None = None) -> QuerySet[Challenge]:
    """Return the challenges whose vote counts may not be shown: the opposite of rules.counts_are_public, as a query.

    test_the_query_for_secret_counts_agrees_with_the_rule (tests/rewards/test_pages.py) holds the two together.
    """
    over = _ended_voting("pk", now or timezone.now())
    return Challenge.objects.exclude(state=ChallengeState.CLOSED).exclude(Exists(over))


def counts_public_since(challenge: str, *, now: datetime) -> Combinable:
    """Return the moment from which the counts of the challenge at this path have been public, where they are."""
    ended_at = Subquery(_ended_voting(challenge, now).order_by("ends_at").values("ends_at")[:1])
    return Coalesce(Least(ended_at, F(f"{challenge}__closed_at")), F(f"{challenge}__created_at"))


def has_accepted_terms(member: Member, challenge: Challenge) -> bool:
    """Tell whether the member accepted the version of the terms that the challenge has; true where it has none."""
    if challenge.terms_id is None:
        return True
    return TermsAcceptance.objects.filter(challenge=challenge, terms=challenge.terms_id, member=member).exists()


def newest_terms() -> TermsVersion | None:
    """Return the newest version of the organization's terms, with the member who wrote it; None where it has none."""
    newest: TermsVersion | None = TermsVersion.objects.select_related("created_by").order_by("-number").first()
    return newest


def challenge_begun(actor: Member, client_uuid: UUID | None) -> Challenge | None:
    """Return what the actor has begun with this UUID before."""
    if client_uuid is None:
        return None
    found: Challenge | None = Challenge.objects.filter(created_by=actor, client_uuid=client_uuid).first()
    return found
