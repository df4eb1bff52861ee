"""Times in mails: plain words, because a mail has neither titles nor scripts."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def days_left(closes_at: datetime) -> str:
    """Return how long something is still open, in days of the reader's calendar, with the last day."""
    local = timezone.localtime(closes_at)
    days = (local.date() - timezone.localdate()).days
    day = date_format(local, "DATE_FORMAT")
    if days <= 0:
        return _("closes today")
    return ngettext("%(days)d day left, until %(day)s", "%(days)d days left, until %(day)s", days) % {
        "days": days,
        "day": day,
    }


@register.filter
def waiting_for_answer(count: int, due_at: datetime | None) -> str:
    """Return how many ideas wait for the reader's answer, and until when the first of them can."""
    ideas = ngettext("%(count)d idea waits for your answer", "%(count)d ideas wait for your answer", count)
    ideas %= {"count": count}
    if due_at is None:
        return ideas
    day = date_format(timezone.localtime(due_at), "DATE_FORMAT")
    is_late = due_at < timezone.now()
    words = _("%(ideas)s; the first was due on %(day)s") if is_late else _("%(ideas)s; the first is due on %(day)s")
    return words % {"ideas": ideas, "day": day}


@register.filter
def waiting_for_decision(count: int, due_at: datetime) -> str:
    """Return how many cases wait for the reader as a moderator, and until when the first of them can."""
    cases = ngettext("%(count)d case waits for you", "%(count)d cases wait for you", count) % {"count": count}
    day = date_format(timezone.localtime(due_at), "DATE_FORMAT")
    is_late = due_at < timezone.now()
    words = _("%(cases)s; the first was due on %(day)s") if is_late else _("%(cases)s; the first is due on %(day)s")
    return words % {"cases": cases, "day": day}


@register.filter
def promised_by(due_at: datetime) -> str:
    """Return by when an answer is promised, or that it is late."""
    day = date_format(timezone.localtime(due_at), "DATE_FORMAT")
    if due_at < timezone.now():
        return _("the answer was promised by %s and is late") % day
    return _("answer promised by %s") % day
