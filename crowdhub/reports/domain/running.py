"""Doing the work of an export, in short transactions, so that its progress can be seen and a worker may die."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from structlog import get_logger

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.names import shown_name
from crowdhub.reports.domain.freezing import freeze_month
from crowdhub.reports.engagement import MEASURE_LABELS, hidden_text, legend, report_rows
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.files import Sheet, write_csv, write_xlsx
from crowdhub.reports.models import Export, FrozenMonth
from crowdhub.reports.months import months_between
from crowdhub.reports.privacy import MEASURES
from crowdhub.tenancy.models import Organization

log = get_logger(__name__)

# A worker that gave no sign for so long is dead; well above the time that one month takes.
SILENCE: Final = timedelta(seconds=60)
WRITERS: Final = {ExportFormat.CSV: write_csv, ExportFormat.XLSX: write_xlsx}
COUNTING_SHARE: Final = 90  # per cent of the progress; the rest is writing the file


def run_export(organization: Organization, export_id: int) -> None:
    """Make the file of an export that waits, or whose worker died. Does nothing for any other."""
    export = _claim(export_id)
    if export is None:
        return
    try:
        _finish(export, _make_file(export, _count(organization, export)))
    except Exception as error:
        log.exception("export failed", export=export.pk)
        _give_up(export, error)
        raise


def exports_left(*, now: datetime | None = None) -> QuerySet[Export]:
    """Return the exports that nobody works on: never started since they were asked for, or abandoned."""
    silent_since = (now or timezone.now()) - SILENCE
    never = Q(state=ExportState.WAITING, requested_at__lt=silent_since)
    return Export.objects.filter(never | Q(_abandoned(silent_since))).order_by("pk")


def _abandoned(silent_since: datetime) -> Q:
    return Q(state=ExportState.RUNNING, worked_at__lt=silent_since)


@transaction.atomic
def _claim(export_id: int) -> Export | None:
    """Take an export, unless another worker has it."""
    now = timezone.now()
    free = Q(state=ExportState.WAITING) | _abandoned(now - SILENCE)
    claimed = Export.objects.filter(free, pk=export_id).update(
        state=ExportState.RUNNING, worked_at=now, progress=0, error=""
    )
    export: Export | None = Export.objects.select_related("requested_by").get(pk=export_id) if claimed else None
    return export


def _count(organization: Organization, export: Export) -> list[FrozenMonth]:
    months = list(months_between(export.first_month, export.last_month))
    frozen = []
    for number, month in enumerate(months, start=1):
        with transaction.atomic():
            frozen.append(freeze_month(organization, month))
        _note_progress(export, COUNTING_SHARE * number // len(months))
    return frozen


@transaction.atomic
def _note_progress(export: Export, progress: int) -> None:
    running = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING)
    running.update(progress=progress, worked_at=timezone.now())


@transaction.atomic
def _make_file(export: Export, months: list[FrozenMonth]) -> bytes:
    """Write the report in the language of the one who asked."""
    with translation.override(export.requested_by.language), timezone.override(export.requested_by.timezone):
        header = [_("Month"), _("Department"), _("Part of"), *(str(MEASURE_LABELS[measure]) for measure in MEASURES)]
        rows = [
            [
                f"{row.month:%Y-%m}",
                row.name,
                row.part_of,
                *(hidden_text(row.least) if figure is None else figure for figure in row.figures),
            ]
            for row in report_rows(months)
        ]
        sheet = Sheet(_title(export), header, rows, _about(export, months))
        return WRITERS[ExportFormat(export.file_format)](sheet)


def _title(export: Export) -> str:
    return str(ExportKind(export.kind).label)


def _about(export: Export, months: list[FrozenMonth]) -> list[tuple[str, str]]:
    """Return who asked for what, when, and how to read it."""
    requested = date_format(timezone.localtime(export.requested_at), "DATETIME_FORMAT")
    facts = [
        (pgettext("document", "Report"), _title(export)),
        (_("Organization"), export.organization.name),
        (_("Period"), export.period),
        (_("Requested by"), shown_name(export.requested_by, viewer=export.requested_by)),
        (_("Requested on"), f"{requested} ({timezone.get_current_timezone_name()})"),
    ]
    return facts + [(_("How to read it"), line) for line in legend([month.least for month in months])]


@transaction.atomic
def _finish(export: Export, content: bytes) -> None:
    """Keep the file; a worker that was taken for dead and is late leaves what the other one made."""
    period = f"{export.first_month:%Y-%m}_{export.last_month:%Y-%m}"
    done = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
        state=ExportState.DONE,
        progress=100,
        finished_at=timezone.now(),
        file_name=f"{export.kind}_{period}.{export.file_format}",
        content=content,
    )
    if done:
        record(Verb.EXPORT_FINISHED, subject=export, actor=None, data={"state": ExportState.DONE})


@transaction.atomic
def _give_up(export: Export, error: Exception) -> None:
    failed = Export.objects.filter(pk=export.pk, state=ExportState.RUNNING).update(
        state=ExportState.FAILED, finished_at=timezone.now(), error=type(error).__name__
    )
    if failed:
        record(Verb.EXPORT_FINISHED, subject=export, actor=None, data={"state": ExportState.FAILED})
