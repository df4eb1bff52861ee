"""How much one member may keep: drafts that nobody reads, and files, which would fill the disk for everybody."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from ideas.enums import ContributorPart, IdeaState
from ideas.models import Attachment, Contributor

MAX_DRAFTS: Final = 50  # of one member, in all challenges
MB: Final = 1024 * 1024


class TooManyDrafts(Refusal):
    message = _("You have reached the limit for drafts. Hand one in or withdraw one first.")


class NoRoomForYourFiles(Refusal):
    message = _("Your attachments take up all the room that you have. Remove some that are not needed.")


class NoRoomForFiles(Refusal):
    message = _("Your organization has no more room for attachments. Tell whoever runs CrowdHub for you.")


def has_room_for_draft(member: Member) -> bool:
    """Tell whether the member may begin one more draft."""
    begun = Contributor.objects.filter(member=member, part=ContributorPart.AUTHOR, idea__state=IdeaState.DRAFT)
    return begun.count() < MAX_DRAFTS


def ensure_room_for_draft(member: Member) -> None:
    """Raise TooManyDrafts, or hold the member until the commit, so that of two drafts begun at once each is counted."""
    _hold(member)
    if not has_room_for_draft(member):
        raise TooManyDrafts


def room_for_files(member: Member) -> int | None:
    """Return how many bytes of files the member may still attach; None where the operator sets no bound."""
    if not settings.MEMBER_FILES_MB:
        return None
    most: int = settings.MEMBER_FILES_MB * MB
    return max(0, most - _sum(Attachment.objects.filter(uploader=member)))


def ensure_room_for_file(member: Member, size: int) -> None:
    """Raise NoRoomForYourFiles or NoRoomForFiles when so many bytes are too many; holds the member until the commit.

    The organization is not held, or all would wait for the slowest: what is sent at one moment may exceed its bound.
    """
    _hold(member)
    room = room_for_files(member)
    if room is not None and size > room:
        raise NoRoomForYourFiles(field="file")
    most = settings.ORGANIZATION_FILES_MB * MB
    if most and _sum(Attachment.objects.all()) + size > most:
        raise NoRoomForFiles(field="file")


def _sum(attachments: QuerySet[Attachment]) -> int:
    total: int | None = attachments.aggregate(total=Sum("size"))["total"]
    return total or 0


def _hold(member: Member) -> None:
    Member.objects.select_for_update(of=("self",), no_key=True).filter(pk=member.pk).values_list("pk").first()
