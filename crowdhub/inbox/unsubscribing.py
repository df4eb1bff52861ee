"""The signed address that stops one member's digest without signing in."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization

SALT = "crowdhub.inbox.unsubscribe"


def unsubscribe_path(member: Member) -> str:
    """Return the address, without a host; it does not expire, because old mails are where people look for it."""
    token = signing.dumps([member.organization_id, member.public_id], salt=SALT)
    return reverse("inbox:unsubscribe", args=[token])


def member_of_token(token: str) -> Member | None:
    """Return whose token this is; None for a forged one, and for one of another organization."""
    try:
        organization_id, public_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if organization_id != current_organization().pk:
        return None
    return Member.objects.filter(public_id=public_id).first()
