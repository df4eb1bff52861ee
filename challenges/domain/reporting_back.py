"""Telling everyone at the end what came of a challenge: once, in one message, which is a draft until it is sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.domain.locks import lock_challenge
from challenges.models import Challenge
from challenges.rules import acting_managers, is_over_for_members
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member


class NotYoursToReport(Refusal):
    about = About.WHO_ASKS
    message = _("Only managers of the challenge report back on it.")


class ChallengeStillOpen(Refusal):
    message = _("People can still hand in ideas or vote. Report back when that is over: what they do is part of it.")


class AlreadyReported(Refusal):
    message = _("The report was sent. It cannot be changed or sent again: people have read it.")


class ReportChangedMeanwhile(Refusal):
    message = _("Somebody else has saved this report in the meantime. Compare, then save yours again.")


class ReportRefused(Refusal):
    message = _("This report cannot be sent.")


def save_report(challenge: Challenge, *, body: str, known_version: int, actor: Member) -> None:
    """Keep the draft of a report (Markdown). `known_version` is the challenge's, as the writer's page knew it.

    Raises NotYoursToReport, ChallengeStillOpen, AlreadyReported, ReportChangedMeanwhile, and ReportRefused when the
    text is too long. A draft is nobody's business but the managers': no event.
    """
    with transaction.atomic():
        _write(challenge, body, known_version, actor, timezone.now())
        challenge.save(update_fields=["report_back", "report_back_html", "version"])


def send_report(
    challenge: Challenge, *, body: str, known_version: int, actor: Member, now: datetime | None = None
) -> Challenge:
    """Publish the report on the challenge's page and tell everyone who was asked; once.

    Raises what save_report raises, and ReportRefused for an empty text.
    """
    now = now or timezone.now()
    with transaction.atomic():
        _write(challenge, body, known_version, actor, now)
        if not body.strip():
            raise ReportRefused(_("Write what came of it before you send it."), field="body")
        challenge.reported_at = now
        challenge.save(update_fields=["report_back", "report_back_html", "version", "reported_at"])
        record(Verb.CHALLENGE_REPORTED, subject=challenge, actor=actor, now=now)
    return challenge


def _write(challenge: Challenge, body: str, known_version: int, actor: Member, now: datetime) -> None:
    lock_challenge(challenge)
    if not acting_managers().filter(challenge=challenge, member=actor).exists():
        raise NotYoursToReport
    if challenge.reported_at is not None:
        raise AlreadyReported
    if not is_over_for_members(challenge, now=now):
        raise ChallengeStillOpen
    if known_version != challenge.version:
        raise ReportChangedMeanwhile
    if len(body) > MAX_TEXT_LENGTH:
        raise ReportRefused(_("A text has at most %(most)d characters.") % {"most": MAX_TEXT_LENGTH}, field="body")
    challenge.report_back, challenge.report_back_html = body, render_markdown(body)
    challenge.version += 1
