"""Flags that members put on content."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization
from ideas.domain.locking import lock as lock_idea
from ideas.domain.locking import lock_comment
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea
from ideas.queries import comments_visible_to, ideas_visible_to
from moderation.deadlines import report_due_at
from moderation.enums import CaseKind, CaseState, ReportReason
from moderation.models import Case, Report

MAX_REPORT_LENGTH: Final = 1_000


class NothingToReport(Refusal):
    message = _("There is nothing here that you can report.")


class OwnContentReported(Refusal):
    about = About.WHO_ASKS
    message = _("This is your own; you can change or withdraw it yourself.")


class AlreadyReported(Refusal):
    message = _("You have already reported this. A moderator will look at it.")


class ReportRefused(Refusal):
    message = _("This report cannot be saved.")


def report_idea(idea: Idea, *, reporter: Member, reason: str, text: str = "", now: datetime | None = None) -> Report:
    """Flag a published idea for the moderators; reports on one idea share one open case.

    Raises NothingToReport (not visible to the reporter, not published), OwnContentReported, AlreadyReported or
    ReportRefused (unknown reason, text too long, "other" without a text).
    """
    with transaction.atomic():
        lock_idea(idea)
        if idea.state != IdeaState.PUBLISHED or not ideas_visible_to(reporter).filter(pk=idea.pk).exists():
            raise NothingToReport
        if idea.contributors.filter(member=reporter).exists():
            raise OwnContentReported
        return _report(idea, "idea", Verb.IDEA_REPORTED, reporter, reason, text.strip(), now or timezone.now())


def report_comment(
    comment: Comment, *, reporter: Member, reason: str, text: str = "", now: datetime | None = None
) -> Report:
    """Flag a visible comment for the moderators. Raises what report_idea raises."""
    with transaction.atomic():
        lock_comment(comment)
        if comment.state != CommentState.VISIBLE or not comments_visible_to(reporter).filter(pk=comment.pk).exists():
            raise NothingToReport
        if comment.author_id == reporter.pk:
            raise OwnContentReported
        return _report(comment, "comment", Verb.COMMENT_REPORTED, reporter, reason, text.strip(), now or timezone.now())


def _report(
    content: Idea | Comment, key: str, verb: Verb, reporter: Member, reason: str, text: str, now: datetime
) -> Report:
    """Write the report into the content's case. The content is locked, so two first reports find each other's case."""
    _check(reason, text)
    case = _case_of(content, key, reason, now)
    report: Report
    report, is_new = Report.objects.get_or_create(
        case=case,
        reporter=reporter,
        defaults={"organization_id": case.organization_id, "reason": reason, "text": text, "created_at": now},
    )
    if not is_new:
        raise AlreadyReported
    record(verb, subject=content, actor=reporter, data={"case": case.pk, "reason": reason}, now=now)
    return report


def _check(reason: str, text: str) -> None:
    if reason not in ReportReason.values:
        raise ReportRefused(_("Choose one of the reasons."), field="reason")
    if reason == ReportReason.OTHER and not text:
        raise ReportRefused(_("Say in a few words what is wrong."), field="text")
    if len(text) > MAX_REPORT_LENGTH:
        message = _("A report has at most %(most)d characters.") % {"most": MAX_REPORT_LENGTH}
        raise ReportRefused(message, field="text")


def _case_of(content: Idea | Comment, key: str, reason: str, now: datetime) -> Case:
    """Return the content's open case; a graver report than those before brings its deadline forward."""
    due_at = report_due_at(reason, now, current_organization())
    case: Case
    case, is_new = Case.objects.get_or_create(
        kind=CaseKind.REPORT,
        state=CaseState.OPEN,
        **{key: content},
        defaults={"organization_id": content.organization_id, "opened_at": now, "due_at": due_at},
    )
    if not is_new and due_at < case.due_at:
        case.due_at = due_at
        case.save(update_fields=["due_at"])
    return case
