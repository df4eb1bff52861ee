"""The mails that lead people to their account: an invitation, and a link to a new password.

The Message-ID is that of the event by which a mail was asked for, so that a server can drop a second copy; whoever asks
once more gets another mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowdhub.common.mail_html import attach_html
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.hosts import organization_url
from crowdhub.tenancy.models import Organization


@dataclass(frozen=True)
class Words:
    """What a mail with one link says."""

    subject: str
    lead: str
    action: str
    note: str


def password_url(member: Member) -> str:
    """Return the address, at the organization's own host, where the member may choose a password, for a few days.

    The key in it is allauth's: it ends with its first use, and with any change of password or address.
    """
    kwargs = {"uidb36": user_pk_to_url_str(member), "key": default_token_generator.make_token(member)}
    return organization_url(member.organization_id, reverse("account_reset_password_from_key", kwargs=kwargs))


def invitation_mail(member: Member, *, event_id: int) -> EmailMultiAlternatives:
    """Return the mail that asks a new member to choose a password, in their language."""
    organization = current_organization()
    with translation.override(member.language):
        words = Words(
            subject=_("Your account at %(organization)s") % {"organization": organization.name},
            lead=_(
                "%(organization)s asks its people for ideas on CrowdHub and answers every one of them. "
                "An account is ready for you. Choose a password and you are in."
            )
            % {"organization": organization.name},
            action=_("Choose a password"),
            note=_validity()
            + " "
            + _("After that, ask for a new link where you sign in, with “Forgot your password?”."),
        )
        return _compose(member, organization, words, message=f"invitation-{event_id}")


def password_mail(member: Member, *, event_id: int) -> EmailMultiAlternatives:
    """Return the mail with a link to a new password, in the member's language."""
    organization = current_organization()
    with translation.override(member.language):
        words = Words(
            subject=_("A new password for %(organization)s") % {"organization": organization.name},
            lead=_("Somebody asked for a new password for your account at %(organization)s.")
            % {"organization": organization.name},
            action=_("Choose a new password"),
            note=_validity()
            + " "
            + _("If it was not you, do nothing: your password stays as it is, and nobody else has this link."),
        )
        return _compose(member, organization, words, message=f"password-{event_id}")


def _validity() -> str:
    days = settings.PASSWORD_RESET_TIMEOUT // (24 * 3600)
    return ngettext("The link works for %d day.", "The link works for %d days.", days) % days


def _compose(member: Member, organization: Organization, words: Words, *, message: str) -> EmailMultiAlternatives:
    url = password_url(member)
    context = {
        "words": words,
        "name": shown_name(member, viewer=member),
        "url": url,
        "organization": organization,
        "language": member.language,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(words.subject.split()),
        body=render_to_string("people/mail/link.txt", context),
        to=[member.email],
        headers={"Message-ID": f"<{message}@{urlsplit(url).hostname}>"},
    )
    attach_html(mail, "people/mail/link.mjml", context)
    return mail
