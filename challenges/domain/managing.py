"""Who looks after a challenge: who manages it, who stands in for them, and who moderates it and no other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_challenge
from challenges.enums import ManagerPart
from challenges.models import Challenge, ChallengeManager, ChallengeModerator
from challenges.queries import may_become_manager, may_become_moderator, moderates_everything
from challenges.rules import acting_managers
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.domain.roles import forget_roles
from crowdhub.people.models import Member


class NotEligible(Refusal):
    message = _("Only people who hold the role “Challenge manager” can be added; administrators grant it.")


class LastManager(Refusal):
    message = _("This is the last manager: make somebody else a manager first.")


class NotAManager(Refusal):
    message = _("This person does not manage the challenge.")


class NotAnEmployee(Refusal):
    message = _("Only active employees can moderate a challenge, not guests or partners.")


class ModeratesEverything(Refusal):
    message = _("This person already moderates every challenge in the organization.")


class NotAModerator(Refusal):
    message = _("This person is not a moderator of this challenge.")


def appoint_manager(
    challenge: Challenge, *, member: Member, part: ManagerPart, actor: Member, now: datetime | None = None
) -> ChallengeManager:
    """Let a member manage a challenge, in any of its states, or give another part to one who does so already.

    The part that they have already changes nothing. Raises NotEligible, and LastManager where nobody but deputies
    would be left.
    """
    with transaction.atomic():
        lock_challenge(challenge)
        present = ChallengeManager.objects.filter(challenge=challenge, member=member)
        appointed: ChallengeManager | None = present.first()
        if appointed is None:
            return _add(challenge, member, part, actor, now)
        if appointed.part != part:
            _check_manager_remains(challenge, without=member if part != ManagerPart.MANAGER else None)
            appointed.part = part
            appointed.save(update_fields=["part"])
            _record(Verb.MANAGER_CHANGED, appointed, actor, now)
    return appointed


def dismiss_manager(challenge: Challenge, *, member: Member, actor: Member, now: datetime | None = None) -> None:
    """Take a challenge from a member who manages it; raises NotAManager and LastManager."""
    with transaction.atomic():
        lock_challenge(challenge)
        appointed = ChallengeManager.objects.filter(challenge=challenge, member=member).first()
        if appointed is None:
            raise NotAManager
        if appointed.part == ManagerPart.MANAGER:
            _check_manager_remains(challenge, without=member)
        appointed.delete()
        forget_roles(member)
        _record(Verb.MANAGER_REMOVED, appointed, actor, now)


def appoint_moderator(
    challenge: Challenge, *, member: Member, actor: Member, now: datetime | None = None
) -> ChallengeModerator:
    """Let a member moderate a challenge, in any of its states, and no other; a second time changes nothing.

    Raises NotAnEmployee and ModeratesEverything.
    """
    with transaction.atomic():
        lock_challenge(challenge)
        appointed: ChallengeModerator | None = _moderator(challenge, member)
        if appointed is None:
            _check_may_moderate(member)
            appointed = ChallengeModerator.objects.create(
                organization_id=challenge.organization_id, challenge=challenge, member=member
            )
            forget_roles(member)
            _record(Verb.MODERATOR_ADDED, appointed, actor, now)
    return appointed


def dismiss_moderator(challenge: Challenge, *, member: Member, actor: Member, now: datetime | None = None) -> None:
    """Take the moderation of a challenge from a member, who loses it at once; raises NotAModerator."""
    with transaction.atomic():
        lock_challenge(challenge)
        appointed = _moderator(challenge, member)
        if appointed is None:
            raise NotAModerator
        appointed.delete()
        forget_roles(member)
        _record(Verb.MODERATOR_REMOVED, appointed, actor, now)


def _moderator(challenge: Challenge, member: Member) -> ChallengeModerator | None:
    found: ChallengeModerator | None = ChallengeModerator.objects.filter(challenge=challenge, member=member).first()
    return found


def _check_may_moderate(member: Member) -> None:
    if not may_become_moderator(member):
        raise NotAnEmployee(field="member")
    if moderates_everything(member):
        raise ModeratesEverything(field="member")


def _add(
    challenge: Challenge, member: Member, part: ManagerPart, actor: Member, now: datetime | None
) -> ChallengeManager:
    if not may_become_manager(member):
        raise NotEligible(field="member")
    appointed: ChallengeManager = ChallengeManager.objects.create(
        organization_id=challenge.organization_id, challenge=challenge, member=member, part=part
    )
    forget_roles(member)
    _record(Verb.MANAGER_ADDED, appointed, actor, now)
    return appointed


def _check_manager_remains(challenge: Challenge, *, without: Member | None) -> None:
    """Somebody who has left or lost the role does not count: nobody could appoint another one."""
    active = acting_managers().filter(
        challenge=challenge, part=ManagerPart.MANAGER, member__is_active=True, member__erased_at=None
    )
    if without is not None and not active.exclude(member=without).exists():
        raise LastManager


def _record(verb: Verb, appointed: ChallengeManager | ChallengeModerator, actor: Member, now: datetime | None) -> None:
    # The event is about the member: a draft is deleted with all that hangs on it, and events are never deleted.
    data: dict[str, object] = {"challenge": appointed.challenge_id}
    if isinstance(appointed, ChallengeManager):
        data["part"] = appointed.part
    record(verb, subject=appointed.member, actor=actor, data=data, now=now)
