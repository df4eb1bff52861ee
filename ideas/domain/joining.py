"""Asking to write an idea together: a member the authors, or an author a colleague. The side that is asked accepts.

Whoever calls makes sure that the member can see the idea.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from ideas.domain.locking import lock
from ideas.domain.teams import CannotContribute, add_contributor, check_can_be_added
from ideas.domain.writing import AlreadyAnswered, IdeaNotPublished, NotAContributor, is_contributor
from ideas.enums import IdeaState, JoinState
from ideas.models import Idea, JoinRequest


class WritesAlready(Refusal):
    message = _("You already write this idea.")


class JoinDeclined(Refusal):
    message = _("The authors of this idea are going on without you; your comments still help them.")


class RequestGone(Refusal):
    message = _("Nobody is waiting for this answer any longer.")


def ask_to_join(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Ask to become a co-author of a published idea without an answer; returns whether that is new.

    A request that was declined stays so. Who was taken in and has left since can ask again, and so can who declined
    what an author asked. Who is asked by an author accepts by it.
    Raises IdeaNotPublished, AlreadyAnswered, WritesAlready or JoinDeclined.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock(idea)
        if idea.state != IdeaState.PUBLISHED:
            raise IdeaNotPublished
        if idea.answered_at is not None:
            raise AlreadyAnswered(_("This idea has been answered, so nobody can join it any more."))
        if is_contributor(idea, actor):
            raise WritesAlready
        request, is_first = JoinRequest.objects.get_or_create(
            idea=idea, member=actor, defaults={"organization_id": idea.organization_id, "created_at": now}
        )
        if not is_first and request.state == JoinState.OPEN:
            if request.invited_by_id is None:
                return False
            accept_invitation(request, actor=actor, now=now)
            return True
        if request.state == JoinState.DECLINED and request.invited_by_id is None:
            raise JoinDeclined
        _reopen(request, None, 0)
        record(Verb.JOIN_ASKED, subject=idea, actor=actor, now=now)
    return True


def invite_colleague(
    idea: Idea, member: Member, *, actor: Member, share: int = 0, now: datetime | None = None
) -> JoinRequest:
    """Ask a member with access to the challenge to write the idea, with a share out of the actor's own.

    Nobody sees their name there before they accept; they can read the idea. Who has asked the authors before is taken
    in. Who declined is not asked again, and can ask the authors. Raises what add_contributor does.
    """
    now = now or timezone.now()
    with transaction.atomic():
        check_can_be_added(idea, member, giver=actor, share=share)
        request: JoinRequest
        request, is_first = JoinRequest.objects.get_or_create(
            idea=idea,
            member=member,
            defaults={
                "organization_id": idea.organization_id,
                "invited_by": actor,
                "share": share,
                "created_at": now,
            },
        )
        if not is_first and not _may_be_invited(request):
            accept_join(request, actor=actor, share=share, now=now)
            return request
        _reopen(request, actor, share)
        data = {"member": member.pk, "share": share}
        record(Verb.JOIN_INVITED, subject=idea, actor=actor, data=data, now=now)
    return request


def accept_invitation(request: JoinRequest, *, actor: Member, now: datetime | None = None) -> None:
    """Become a co-author, as an author of the idea has asked; raises what add_contributor does.

    Raises RequestGone when it was answered or taken back before, or was never asked of the actor.
    """
    now = now or timezone.now()
    with transaction.atomic():
        inviter = _lock_invitation(request, actor)
        _set(request, JoinState.ACCEPTED, now)
        add_contributor(request.idea, actor, actor=actor, giver=inviter, share=request.share, now=now)


def decline_invitation(request: JoinRequest, *, actor: Member, now: datetime | None = None) -> None:
    """Rather not write the idea; who asked is told. Raises RequestGone."""
    now = now or timezone.now()
    with transaction.atomic():
        inviter = _lock_invitation(request, actor)
        _set(request, JoinState.DECLINED, now)
        data = {"member": actor.pk, "invited_by": inviter.pk}
        record(Verb.JOIN_DECLINED, subject=request.idea, actor=actor, data=data, now=now)


def take_back_invitation(request: JoinRequest, *, actor: Member, now: datetime | None = None) -> None:
    """Not ask a colleague any more, as any author of the idea can. Raises NotAContributor or RequestGone."""
    with transaction.atomic():
        _lock_open(request, actor)
        if request.invited_by_id is None:
            raise RequestGone
        record(Verb.JOIN_TAKEN_BACK, subject=request.idea, actor=actor, data={"member": request.member_id}, now=now)
        request.delete()


def accept_join(request: JoinRequest, *, actor: Member, share: int = 0, now: datetime | None = None) -> None:
    """Take in the member who asked, with a share out of the actor's own; raises what add_contributor does.

    Raises RequestGone when the request was answered before.
    """
    now = now or timezone.now()
    with transaction.atomic():
        _lock_open(request, actor)
        _check_asked_by_member(request)
        if not is_contributor(request.idea, request.member):
            add_contributor(request.idea, request.member, actor=actor, share=share, now=now)
        _set(request, JoinState.ACCEPTED, now)


def decline_join(request: JoinRequest, *, actor: Member, now: datetime | None = None) -> None:
    """Go on without the member who asked, and tell them. Raises NotAContributor or RequestGone."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock_open(request, actor)
        _check_asked_by_member(request)
        _set(request, JoinState.DECLINED, now)
        record(Verb.JOIN_DECLINED, subject=request.idea, actor=actor, data={"member": request.member_id}, now=now)


def _lock_open(request: JoinRequest, actor: Member) -> None:
    # The idea first, as everywhere; two authors who answer at once come one after the other.
    lock(request.idea)
    if not is_contributor(request.idea, actor):
        raise NotAContributor
    _read_again(request)
    if request.state != JoinState.OPEN:
        raise RequestGone


def _lock_invitation(request: JoinRequest, actor: Member) -> Member:
    """Return the author who asks."""
    lock(request.idea)
    _read_again(request)
    inviter: Member | None = request.invited_by
    if request.state != JoinState.OPEN or inviter is None or request.member_id != actor.pk:
        raise RequestGone
    return inviter


def _read_again(request: JoinRequest) -> None:
    try:
        request.refresh_from_db(fields=["state", "invited_by", "share"])
    except JoinRequest.DoesNotExist as error:
        raise RequestGone from error


def _check_asked_by_member(request: JoinRequest) -> None:
    """Authors do not answer what they have asked themselves."""
    if request.invited_by_id is not None:
        raise RequestGone


def _may_be_invited(request: JoinRequest) -> bool:
    """Tell whether there is a reason to ask; False where the member asks already, so that nothing is left to ask."""
    if request.state == JoinState.OPEN and request.invited_by_id is None:
        return False
    if request.state == JoinState.OPEN:
        raise CannotContribute(_("This person has already been asked."), field="email")
    if request.state == JoinState.DECLINED and request.invited_by_id is not None:
        raise CannotContribute(_("This person has declined. They can still ask to join your idea."), field="email")
    return True


def _reopen(request: JoinRequest, invited_by: Member | None, share: int) -> None:
    request.invited_by, request.share, request.state, request.answered_at = invited_by, share, JoinState.OPEN, None
    request.save(update_fields=["invited_by", "share", "state", "answered_at"])


def _set(request: JoinRequest, state: JoinState, answered_at: datetime | None) -> None:
    request.state, request.answered_at = state, answered_at
    request.save(update_fields=["state", "answered_at"])
