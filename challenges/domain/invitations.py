"""Inviting one person by name, taking an invitation away, and noting that it was seen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.domain.audience import NotOfThisOrganization
from challenges.domain.locks import lock_launched
from challenges.models import Challenge, Invitation
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member


class InvitationWithdrawn(Refusal):
    message = _("This invitation has already been withdrawn.")


class AlreadyInvited(Refusal):
    message = _("This person has already been invited.")


class MemberNotActive(Refusal):
    message = _("This person has left and cannot be invited.")


def withdraw_invitation(invitation: Invitation, *, actor: Member, now: datetime | None = None) -> Invitation:
    """Take an invitation away; what the member has contributed stays theirs.

    Raises InvitationWithdrawn and ChallengeNotLaunched.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock_launched(invitation.challenge)
        invitation.refresh_from_db(from_queryset=Invitation.objects.select_for_update())
        if invitation.withdrawn_at is not None:
            raise InvitationWithdrawn
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        record(
            Verb.INVITATION_WITHDRAWN,
            subject=invitation.challenge,
            actor=actor,
            data={"member": invitation.member_id},
            now=now,
        )
    return invitation


def invite_by_name(challenge: Challenge, *, member: Member, actor: Member, now: datetime | None = None) -> Invitation:
    """Invite one more person to a running challenge; an invitation that was withdrawn stands again.

    Raises ChallengeNotLaunched, NotOfThisOrganization, MemberNotActive and AlreadyInvited.
    """
    now = now or timezone.now()
    if member.organization_id != challenge.organization_id:
        raise NotOfThisOrganization(field="who")
    with transaction.atomic():
        lock_launched(challenge)
        if not Member.objects.filter(pk=member.pk, is_active=True, erased_at=None).exists():
            raise MemberNotActive(field="who")
        invitation = Invitation.objects.filter(challenge=challenge, member=member).first()
        if invitation is not None and invitation.withdrawn_at is None:
            raise AlreadyInvited(field="who")
        invitation = invitation or Invitation(
            organization_id=challenge.organization_id, challenge=challenge, member=member
        )
        invitation.reason = [["include"]]
        invitation.created_at, invitation.withdrawn_at = now, None
        invitation.save()
        record(Verb.CHALLENGE_CHANGED, subject=challenge, actor=actor, data={"invited": [member.pk]}, now=now)
    return invitation


def mark_seen(challenge: Challenge, *, member: Member, now: datetime | None = None) -> None:
    """Note that the member has looked at a challenge to which they are invited; the first time counts.

    One statement needs no lock. It is no event: that somebody looked is for the challenge's figures, not for a record
    of what people read and when, and `seen_at` is all that those need.
    """
    Invitation.objects.filter(challenge=challenge, member=member, seen_at=None, withdrawn_at=None).update(
        seen_at=now or timezone.now()
    )
