"""Who may do what with a challenge. Predicates take (member, challenge)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy
from rules.predicates import predicate

from challenges.enums import PHASE_OPENS, Action, ChallengeState, ManagerPart, Visibility
from challenges.models import Challenge, ChallengeManager
from crowdhub.people.enums import Role
from crowdhub.people.models import EVERYWHERE, Member, RoleGrant
from crowdhub.people.rules import is_administrator, is_manager

may_manage = is_manager | is_administrator  # anything at all; of administrators, what they began with a template


def acting_managers() -> QuerySet[ChallengeManager]:
    """Return the appointments that count: an appointment sleeps as long as its member has lost the role for it."""
    roles = RoleGrant.objects.filter(EVERYWHERE, member=OuterRef("member"), role__in=(Role.MANAGER, Role.ADMINISTRATOR))
    acting: QuerySet[ChallengeManager] = ChallengeManager.objects.filter(Exists(roles))
    return acting


@predicate
def manages(member: Member, challenge: Challenge) -> bool:
    """Uses the prefetched managers where there are some."""
    return may_manage(member) and any(manager.member_id == member.pk for manager in challenge.managers.all())


@predicate
def takes_part(member: Member, challenge: Challenge) -> bool:
    """Everyone asked takes part, and everyone at all where the challenge is open to the organization.

    Moderators and auditors see every challenge, which alone gives them no vote. Asks the database once for a challenge.
    """
    if challenge.visibility == Visibility.ORGANIZATION or manages(member, challenge):
        return True
    known: dict[int, bool] = challenge.__dict__.setdefault("known_to_take_part", {})
    if member.pk not in known:
        known[member.pk] = challenge.invitations.filter(member=member, withdrawn_at=None).exists()
    return known[member.pk]


def remember_taking_part(member: Member, challenge: Challenge, *, is_invited: bool) -> None:
    """Tell `takes_part` what a query has brought along, so that it need not ask again."""
    challenge.__dict__.setdefault("known_to_take_part", {})[member.pk] = is_invited


@predicate
def appoints(member: Member, challenge: Challenge) -> bool:
    """Whether the member says who looks after it: managers do, and their deputies once no manager is left who can."""
    if not manages(member, challenge):
        return False
    parts = {manager.part for manager in challenge.managers.all() if manager.member_id == member.pk}
    if ManagerPart.MANAGER in parts:
        return True
    others = acting_managers().filter(challenge=challenge, part=ManagerPart.MANAGER, member__is_active=True)
    return not others.exists()


@predicate
def is_draft(member: Member, challenge: Challenge) -> bool:
    return challenge.state == ChallengeState.DRAFT


@predicate
def is_launched(member: Member, challenge: Challenge) -> bool:
    return challenge.state == ChallengeState.LAUNCHED


def has_open(challenge: Challenge, action: Action, *, now: datetime | None = None) -> bool:
    """Tell whether a phase of the launched challenge has the action open; uses prefetched phases."""
    now = now or timezone.now()
    return challenge.state == ChallengeState.LAUNCHED and any(
        action in PHASE_OPENS[phase.kind] and phase.starts_at <= now < phase.ends_at for phase in challenge.phases.all()
    )


def next_opening(challenge: Challenge, action: Action, *, now: datetime | None = None) -> datetime | None:
    """Return when the action opens next in the launched challenge, or None; uses prefetched phases."""
    if challenge.state != ChallengeState.LAUNCHED:
        return None
    now = now or timezone.now()
    opening = (phase for phase in challenge.phases.all() if action in PHASE_OPENS[phase.kind])
    return min((phase.starts_at for phase in opening if phase.starts_at > now), default=None)


def counts_are_public(challenge: Challenge, *, now: datetime | None = None) -> bool:
    """Tell whether vote counts may be shown or sorted by: only when voting has closed for good.

    As a query: queries.challenges_with_secret_counts, and `told` in crowdhub.reports.figures.
    """
    now = now or timezone.now()
    if challenge.state == ChallengeState.CLOSED:
        return True
    return any(phase.kind == "voting" and phase.ends_at <= now for phase in challenge.phases.all())


def is_over_for_members(challenge: Challenge, *, now: datetime | None = None) -> bool:
    """Tell whether nobody can hand in ideas or vote any more: the time to report back. Decisions may still be open."""
    if challenge.state != ChallengeState.LAUNCHED:
        return challenge.state == ChallengeState.CLOSED
    now = now or timezone.now()
    asking = {kind for kind, opens in PHASE_OPENS.items() if opens & {Action.SUBMIT, Action.VOTE}}
    return all(phase.ends_at <= now for phase in challenge.phases.all() if phase.kind in asking)


# A rule that refuses somebody who can see what it is about has its sentence below it.
create_challenge = is_manager
WHO_CREATES = gettext_lazy("Only challenge managers may write challenges.")
begin_challenge = is_manager | is_administrator  # with a template; an administrator becomes a manager by it
WHO_BEGINS = gettext_lazy("Only challenge managers and administrators may start a challenge.")
edit_challenge = manages
WHO_MANAGES = gettext_lazy("Only the managers of this challenge may do that.")
appoint_people = appoints
WHO_APPOINTS = gettext_lazy("Only the managers of this challenge say who looks after it, not their deputies.")
WHO_IS_ASKED = gettext_lazy("You are not asked in this challenge.")  # to whoever does not take part
launch_challenge = manages & is_draft
see_reach = manages & is_draft  # once it is launched, its invitations tell
close_challenge = manages & is_launched
