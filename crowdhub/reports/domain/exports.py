"""Asking for exports and taking them away; both are on record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.people.models import Member
from crowdhub.reports import rules
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.models import Export
from crowdhub.reports.months import MOST_MONTHS, last_full_month, month_of, months_between


class ExportNotAllowed(Refusal):
    about = About.WHO_ASKS
    message = _("Only HR analysts can export reports.")


class UnknownReport(Refusal):
    about = About.INPUT
    message = _("There is no such report or format.")


class MonthsOutOfOrder(Refusal):
    message = _("The last month is before the first one.")


class MonthIsRunning(Refusal):
    message = _("Only months that are over can be exported.")


class TooManyMonths(Refusal):
    message = _("A report covers at most three years.")


class ExportNotReady(Refusal):
    message = _("This export is not finished yet.")


def request_export(
    kind: str,
    file_format: str,
    first_month: date,
    last_month: date,
    *,
    actor: Member,
    now: datetime | None = None,
) -> Export:
    """Put an export of full calendar months into the queue; any day of a month stands for it.

    For HR. The same request while the first one is still running returns that one. Raises ExportNotAllowed,
    UnknownReport, MonthsOutOfOrder, MonthIsRunning or TooManyMonths.
    """
    now = now or timezone.now()
    first, last = month_of(first_month), month_of(last_month)
    if not rules.request_export(actor):
        raise ExportNotAllowed
    _check(kind, file_format, first, last, last_full_month(actor.organization, now))
    months = {"first_month": first, "last_month": last}
    wanted = {"kind": kind, "file_format": file_format, **months, "requested_by": actor}
    with transaction.atomic():
        # A second press of the button waits here for the first.
        Member.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)
        return _running(wanted) or _put_into_queue(wanted, actor, now)


def _running(wanted: dict[str, Any]) -> Export | None:
    unfinished = Export.objects.filter(**wanted, state__in=(ExportState.WAITING, ExportState.RUNNING))
    found: Export | None = unfinished.first()
    return found


def _put_into_queue(wanted: dict[str, Any], actor: Member, now: datetime) -> Export:
    export: Export = Export.objects.create(organization_id=actor.organization_id, requested_at=now, **wanted)
    record(Verb.EXPORT_REQUESTED, subject=export, actor=actor, now=now)
    return export


def download_export(export: Export, *, actor: Member, now: datetime | None = None) -> bytes:
    """Return the file, and put on record who took it. For HR. Raises ExportNotAllowed or ExportNotReady."""
    if not rules.request_export(actor):
        raise ExportNotAllowed
    if not rules.download_export(actor, export) or export.content is None:
        raise ExportNotReady
    record(Verb.EXPORT_DOWNLOADED, subject=export, actor=actor, now=now)
    return bytes(export.content)


def _check(kind: str, file_format: str, first: date, last: date, latest: date) -> None:
    if kind not in ExportKind.values or file_format not in ExportFormat.values:
        raise UnknownReport
    if last < first:
        raise MonthsOutOfOrder(field="last_month")
    if last > latest:
        raise MonthIsRunning(field="last_month")
    if len(list(months_between(first, last))) > MOST_MONTHS:
        raise TooManyMonths(field="first_month")
