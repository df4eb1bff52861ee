"""The digest as an e-mail: HTML and text, in the reader's language and time zone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowdhub.common.colour import LIGHT, accent_for
from crowdhub.common.mail_html import attach_html
from crowdhub.inbox.digest_content import Content
from crowdhub.inbox.models import Digest
from crowdhub.inbox.unsubscribing import unsubscribe_path
from crowdhub.people.names import shown_name
from crowdhub.tenancy.models import Organization


def digest_mail(
    digest: Digest, content: Content, organization: Organization, base_url: str, *, connection: BaseEmailBackend | None
) -> EmailMultiAlternatives:
    """Return the mail, ready to send. `base_url` is the organization's canonical address, without a slash at its end.

    The Message-ID is the same whenever this digest is sent, so that a server can drop a second copy.
    """
    member = digest.member
    with translation.override(member.language), timezone.override(member.timezone):
        context = _context(digest, content, organization, base_url)
        mail = EmailMultiAlternatives(
            subject=_subject(content, organization),
            body=render_to_string("mail/digest.txt", context),
            to=[member.email],
            connection=connection,
            headers={
                "Message-ID": f"<digest-{digest.day.isoformat()}-{digest.pk}@{urlsplit(base_url).hostname}>",
                "List-Unsubscribe": f"<{context['unsubscribe_url']}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
                "Content-Language": member.language,
            },
        )
        attach_html(mail, "mail/digest.mjml", context)
    return mail


def _context(digest: Digest, content: Content, organization: Organization, base_url: str) -> dict[str, Any]:
    colours = accent_for(organization.accent_colour, LIGHT)
    return {
        "name": shown_name(digest.member, viewer=digest.member),
        "organization": organization,
        "content": content,
        "language": digest.member.language,
        "base_url": base_url,
        "logo_url": _logo_url(organization, base_url),
        "accent": colours.accent,
        "accent_ink": colours.ink,
        "inbox_url": base_url + reverse("inbox:list"),
        "preferences_url": base_url + reverse("inbox:preferences"),
        "unsubscribe_url": base_url + unsubscribe_path(digest.member),
    }


def _logo_url(organization: Organization, base_url: str) -> str:
    version = organization.logo_version
    return base_url + reverse("pages:logo", kwargs={"version": version}) if version else ""


def _subject(content: Content, organization: Organization) -> str:
    parts = []
    if content.cases:
        number = content.cases.count
        words = ngettext("%(count)d case waits for you", "%(count)d cases wait for you", number)
        parts.append(words % {"count": number})
    if content.asked:
        number = len(content.asked)
        parts.append(ngettext("%d question for you", "%d questions for you", number) % number)
    if content.waiting:
        number = sum(waiting.count for waiting in content.waiting)
        parts.append(ngettext("%d idea waits for your answer", "%d ideas wait for your answer", number) % number)
    if content.news:
        number = len(content.news) + content.more_news
        parts.append(ngettext("%d thing happened", "%d things happened", number) % number)
    # A line break in a name must not begin a header of its own.
    name = " ".join(organization.name.split())
    return _("%(organization)s: %(what)s") % {"organization": name, "what": ", ".join(parts)}
