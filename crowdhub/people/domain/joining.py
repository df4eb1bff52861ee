"""How people get into their account: by an invitation, and by a link to a new password."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.mail import get_connection
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.domain.keeping import ensure_keeps
from crowdhub.people.facts import Fact, announce, announce_of_nobody
from crowdhub.people.mail import invitation_mail, password_mail
from crowdhub.people.models import Member


class AlreadyJoined(Refusal):
    message = _("This person has already signed in and needs no invitation.")


class CannotSignIn(Refusal):
    message = _("This account is deactivated. Reactivate it before you send an invitation.")


@transaction.atomic
def invite_member(member: Member, *, actor: Member | None) -> None:
    """Invite a member to join; the workers mail the link. Raises AlreadyJoined, CannotSignIn, NotKept.

    For administrators; `actor` is None for the operator's commands.
    """
    ensure_keeps(actor, member)
    if not member.is_active:
        raise CannotSignIn
    if member.last_login is not None:
        raise AlreadyJoined
    announce(Fact.INVITED, member, actor=actor)


def mail_invitations(events: Mapping[int, int]) -> int:
    """Mail a link to those of the members who have not joined yet, and return how many they were.

    `events` has the id of each member and of the event by which they were invited.
    """
    waiting = Member.objects.filter(pk__in=events, is_active=True, last_login=None).order_by("pk")
    mails = [invitation_mail(member, event_id=events[member.pk]) for member in waiting]
    if mails:
        get_connection().send_messages(mails)
    return len(mails)


@transaction.atomic
def ask_for_password_link(person: Member | None) -> None:
    """Have a link to a new password mailed to the member whose address somebody typed; None when nobody has it.

    Nobody is signed in, and the time that this takes must not tell whether the account exists: both cases do the same
    work here, whatever the broker and the mail server do, and the workers mail by the outbox, which keeps trying.
    """
    if person is None:
        announce_of_nobody(Fact.PASSWORD_LINK_ASKED)
    else:
        announce(Fact.PASSWORD_LINK_ASKED, person, actor=None)


def mail_password_links(events: Mapping[int, int]) -> int:
    """Mail a link to a new password to those of the members who may sign in, and return how many they were.

    `events` has the id of each member and of the event by which they asked.
    """
    able = Member.objects.filter(pk__in=events, is_active=True).order_by("pk")
    mails = [password_mail(member, event_id=events[member.pk]) for member in able]
    if mails:
        get_connection().send_messages(mails)
    return len(mails)
