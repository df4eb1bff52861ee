"""Asking the authors of an idea to be taken in. Whoever calls makes sure that the member can see the idea."""

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
from ideas.domain.teams import add_contributor
from ideas.domain.writing import AlreadyAnswered, IdeaNotPublished, NotAContributor, is_contributor
from ideas.enums import IdeaState, JoinState
from ideas.models import Idea, JoinRequest


class WritesAlready(Refusal):
    message = _("You write this idea already.")


class JoinDeclined(Refusal):
    message = _("The authors of this idea go on without you; your comments help them all the same.")


class RequestGone(Refusal):
    message = _("Nobody is waiting for this answer any more.")


def ask_to_join(idea: Idea, *, actor: Member, now: datetime | None = None) -> bool:
    """Ask to become a co-author of a published idea without an answer; returns whether that is new.

    A request that was declined stays so. Who was taken in and has left since can ask again.
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
        if request.state == JoinState.DECLINED:
            raise JoinDeclined
        if not is_first and request.state == JoinState.OPEN:
            return False
        _set(request, JoinState.OPEN, None)
        record(Verb.JOIN_ASKED, subject=idea, actor=actor, now=now)
    return True


def accept_join(request: JoinRequest, *, actor: Member, share: int = 0, now: datetime | None = None) -> None:
    """Take in the member who asked, with a share out of the actor's own; raises what add_contributor does.

    Raises RequestGone when the request was answered before.
    """
    now = now or timezone.now()
    with transaction.atomic():
        _lock_open(request, actor)
        if not is_contributor(request.idea, request.member):
            add_contributor(request.idea, request.member, actor=actor, share=share, now=now)
        _set(request, JoinState.ACCEPTED, now)


def decline_join(request: JoinRequest, *, actor: Member, now: datetime | None = None) -> None:
    """Go on without the member who asked, and tell them. Raises NotAContributor or RequestGone."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock_open(request, actor)
        _set(request, JoinState.DECLINED, now)
        record(Verb.JOIN_DECLINED, subject=request.idea, actor=actor, data={"member": request.member_id}, now=now)


def _lock_open(request: JoinRequest, actor: Member) -> None:
    # The idea first, as everywhere; two authors who answer at once come one after the other.
    lock(request.idea)
    if not is_contributor(request.idea, actor):
        raise NotAContributor
    request.refresh_from_db(fields=["state"])
    if request.state != JoinState.OPEN:
        raise RequestGone


def _set(request: JoinRequest, state: JoinState, answered_at: datetime | None) -> None:
    request.state, request.answered_at = state, answered_at
    request.save(update_fields=["state", "answered_at"])
