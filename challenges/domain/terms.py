"""The terms under which ideas are handed in: versions, and who accepted which."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_launched
from challenges.models import Challenge, TermsAcceptance, TermsVersion
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member


class TermsAreEmpty(Refusal):
    message = _("Write the terms first.")


class TermsTooLong(Refusal):
    message = _("These terms are too long.")


class ChallengeHasNoTerms(Refusal):
    message = _("This challenge has no terms that could be accepted.")


def publish_terms(text: str, *, actor: Member, now: datetime | None = None) -> TermsVersion:
    """Add the next version of the organization's terms; earlier ones stay as they are.

    The same text as the newest version makes no new one. Raises TermsAreEmpty and TermsTooLong.
    """
    text = text.strip()
    if not text:
        raise TermsAreEmpty(field="new_terms")
    if len(text) > MAX_TEXT_LENGTH:
        raise TermsTooLong(field="new_terms")
    with transaction.atomic():
        _lock_numbers(actor.organization_id)
        newest: TermsVersion | None = TermsVersion.objects.order_by("-number").first()
        if newest is not None and newest.text == text:
            return newest
        version: TermsVersion = TermsVersion.objects.create(
            organization_id=actor.organization_id,
            number=1 if newest is None else newest.number + 1,
            text=text,
            text_html=render_markdown(text),
            created_by=actor,
            created_at=now or timezone.now(),
        )
        # Terms are no subject of events: what is on record is that this member gave the organization new ones.
        record(Verb.TERMS_PUBLISHED, subject=actor, actor=actor, data={"terms": version.pk}, now=now)
        return version


def accept_terms(challenge: Challenge, *, member: Member, now: datetime | None = None) -> TermsAcceptance:
    """Note that a member accepts the challenge's terms; a second time changes nothing.

    Raises ChallengeNotLaunched and ChallengeHasNoTerms.
    """
    with transaction.atomic():
        lock_launched(challenge)
        if challenge.terms_id is None:
            raise ChallengeHasNoTerms
        acceptance, is_new = TermsAcceptance.objects.get_or_create(
            terms_id=challenge.terms_id,
            challenge=challenge,
            member=member,
            defaults={"organization_id": challenge.organization_id, "accepted_at": now or timezone.now()},
        )
        if is_new:
            data = {"terms": challenge.terms_id}
            record(Verb.TERMS_ACCEPTED, subject=challenge, actor=member, data=data, now=now)
    found: TermsAcceptance = acceptance
    return found


def _lock_numbers(organization_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"terms of {organization_id}"])
