"""Who manages a challenge, and who stands in for them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_challenge
from challenges.enums import ManagerPart
from challenges.models import Challenge, ChallengeManager
from challenges.queries import may_become_manager
from challenges.rules import acting_managers
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member


class NotEligible(Refusal):
    message = _("Only people who hold the role “Challenge manager” can be added; administrators grant it.")


class LastManager(Refusal):
    message = _("This is the last manager: make somebody else a manager first.")


class NotAManager(Refusal):
    message = _("This person does not manage the challenge.")


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
        _record(Verb.MANAGER_REMOVED, appointed, actor, now)


def _add(
    challenge: Challenge, member: Member, part: ManagerPart, actor: Member, now: datetime | None
) -> ChallengeManager:
    if not may_become_manager(member):
        raise NotEligible(field="member")
    appointed: ChallengeManager = ChallengeManager.objects.create(
        organization_id=challenge.organization_id, challenge=challenge, member=member, part=part
    )
    _record(Verb.MANAGER_ADDED, appointed, actor, now)
    return appointed


def _check_manager_remains(challenge: Challenge, *, without: Member | None) -> None:
    """Somebody who has left or lost the role does not count: nobody could appoint another one."""
    active = acting_managers().filter(
        challenge=challenge, part=ManagerPart.MANAGER, member__is_active=True, member__erased_at=None
    )
    if without is not None and not active.exclude(member=without).exists():
        raise LastManager


def _record(verb: Verb, appointed: ChallengeManager, actor: Member, now: datetime | None) -> None:
    # The event is about the member: a draft is deleted with all that hangs on it, and events are never deleted.
    data = {"challenge": appointed.challenge_id, "part": appointed.part}
    record(verb, subject=appointed.member, actor=actor, data=data, now=now)
