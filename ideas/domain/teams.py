"""Who writes an idea together, and with which share. Nobody becomes an author without having agreed: see joining.py."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.queries import challenges_visible_to
from challenges.rules import counts_are_public
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from ideas.domain.locking import lock
from ideas.domain.writing import AlreadyAnswered, IdeaNotInTheRunning, NotAContributor
from ideas.enums import ContributorPart, JoinState
from ideas.models import Contributor, Idea, JoinRequest, Revision, Vote
from ideas.rules import WITHDRAWABLE


class CannotContribute(Refusal):
    message = _("This person cannot become a co-author.")


class StaysAnAuthor(Refusal):
    message = _("Anybody who has handed in a version of an idea stays one of its authors.")


def add_contributor(
    idea: Idea,
    member: Member,
    *,
    actor: Member,
    giver: Member | None = None,
    part: str = ContributorPart.CO_AUTHOR,
    share: int = 0,
    now: datetime | None = None,
) -> Contributor:
    """Make a member who has agreed to it a co-author; their share comes out of that of `giver`, else of the actor.

    The shares of an idea always add up to 100. While voting is open, a vote that the member gave the idea is taken
    back: nobody votes for their own. Afterwards it stays, because the sum that everyone has seen would tell of it.
    Raises NotAContributor, AlreadyAnswered, IdeaNotDraft (withdrawn or not published), or CannotContribute: no access,
    there already, or more than the giver has to give.
    """
    now = now or timezone.now()
    with transaction.atomic():
        own = check_can_be_added(idea, member, giver=giver or actor, share=share)
        own.share -= share
        own.save(update_fields=["share"])
        added: Contributor = Contributor.objects.create(
            organization_id=idea.organization_id, idea=idea, member=member, part=part, share=share
        )
        _take_vote_back(idea, member, now)
        record(Verb.CONTRIBUTOR_ADDED, subject=idea, actor=actor, data={"member": member.pk, "share": share}, now=now)
    return added


def check_can_be_added(idea: Idea, member: Member, *, giver: Member, share: int) -> Contributor:
    """Return the giver's own row of the locked idea, from which the share can be taken. Raises as add_contributor."""
    own = _lock_share(idea, giver)
    promised = JoinRequest.objects.filter(idea=idea, invited_by=giver, state=JoinState.OPEN).exclude(member=member)
    room = own.share - (promised.aggregate(sum=Sum("share"))["sum"] or 0)
    if share != 0 and not 0 < share < room:
        raise CannotContribute(_("You can give away less than your own share of %(share)d %%.") % {"share": room})
    if not challenges_visible_to(member).filter(pk=idea.challenge_id).exists():
        raise CannotContribute(_("This person has no access to the challenge."))
    if Contributor.objects.filter(idea=idea, member=member).exists():
        raise CannotContribute(_("This person already writes the idea."))
    return own


def remove_contributor(idea: Idea, member: Member, *, actor: Member, now: datetime | None = None) -> None:
    """Take a co-author off, or leave as one; the share goes to the author who stays first.

    What the leaver has asked others is not asked any more. Raises NotAContributor, AlreadyAnswered, IdeaNotDraft,
    StaysAnAuthor, or CannotContribute for the last one.
    """
    with transaction.atomic():
        _lock_share(idea, actor)
        leaver = Contributor.objects.filter(idea=idea, member=member).first()
        heir = Contributor.objects.filter(idea=idea).exclude(member=member).order_by("pk").first()
        if leaver is None or heir is None:
            raise CannotContribute(_("An idea keeps at least one author."))
        if Revision.objects.filter(idea=idea, author=member).exists():
            raise StaysAnAuthor
        heir.share += leaver.share
        if leaver.part == ContributorPart.AUTHOR:
            heir.part = ContributorPart.AUTHOR
        heir.save(update_fields=["share", "part"])
        leaver.delete()
        JoinRequest.objects.filter(idea=idea, invited_by=member, state=JoinState.OPEN).delete()
        data = {"member": member.pk, "share": leaver.share, "heir": heir.member_id}
        record(Verb.CONTRIBUTOR_REMOVED, subject=idea, actor=actor, data=data, now=now)


def _take_vote_back(idea: Idea, member: Member, now: datetime) -> None:
    if counts_are_public(idea.challenge, now=now):
        return
    deleted, _by_model = Vote.objects.filter(idea=idea, member=member).delete()
    if deleted:
        # A vote is known by its voter, whoever made them an author.
        record(Verb.VOTE_WITHDRAWN, subject=idea, actor=member, data={"because": "contributor.added"}, now=now)


def _lock_share(idea: Idea, actor: Member) -> Contributor:
    lock(idea)
    if idea.answered_at is not None:
        raise AlreadyAnswered
    if idea.state not in WITHDRAWABLE:
        raise IdeaNotInTheRunning
    own: Contributor | None = Contributor.objects.filter(idea=idea, member=actor).first()
    if own is None:
        raise NotAContributor
    return own
