from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crowdhub.activity.models import Event
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.http import refuse_unless
from crowdhub.common.numbers import grouped
from crowdhub.people.forms import FilterForm
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from crowdhub.reports import rules
from crowdhub.reports.domain.exports import ExportNotReady, download_export, request_export
from crowdhub.reports.domain.freezing import frozen_months
from crowdhub.reports.engagement import MEASURE_LABELS, hidden_text, legend, measure_grid
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.files import CONTENT_TYPES
from crowdhub.reports.forms import ExportForm, PreviewForm
from crowdhub.reports.models import Export
from crowdhub.reports.months import choosable_months, months_between
from crowdhub.reports.pictures import by_department, by_month, from_asked_to_taking_part
from crowdhub.reports.queries import directory_exports, downloads_of, exports_on_record

EXPORTS_PER_PAGE = 20
TONES = {
    ExportState.WAITING: "neutral",
    ExportState.RUNNING: "active",
    ExportState.DONE: "good",
    ExportState.FAILED: "bad",
}


@dataclass(frozen=True)
class ExportRow:
    """An export as the log shows it."""

    export: Export
    requested_by: str
    tone: str
    downloads: list[tuple[str, Any]]  # who, when


@dataclass(frozen=True)
class DirectoryRow:
    """That the list of people was taken away, as the log shows it."""

    at: datetime
    by: str
    count: str
    file_format: str
    narrowed_by: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def export_list(request: HttpRequest) -> HttpResponse:
    """The catalogue, the form that asks for an export, and the log of all that were made."""
    member = member_of(request)
    refuse_unless(rules.see_export_log, member, None, rules.LOG_READERS_ONLY)
    if request.method == "POST":
        return _request_export(request, member)
    return _render_list(request, member, _form(ExportForm, member))


def _request_export(request: HttpRequest, member: Member) -> HttpResponse:
    refuse_unless(rules.request_export.test, member, None, rules.HR_ONLY)
    form = _form(ExportForm, member, request.POST)
    if form.is_valid():
        try:
            export = request_export(ExportKind.ENGAGEMENT, **form.cleaned_data, actor=member)
            return redirect("reports:detail", export.public_id)
        except Refusal as refusal:
            put_refusal(form, refusal)
    return _render_list(request, member, form, status=422)


def _render_list(request: HttpRequest, member: Member, form: Any, status: int = 200) -> HttpResponse:
    page = Paginator(exports_on_record(), EXPORTS_PER_PAGE).get_page(request.GET.get("page"))
    taken = Paginator(directory_exports(), EXPORTS_PER_PAGE).get_page(request.GET.get("taken"))
    context = {
        "form": form if rules.request_export(member) else None,
        "page": page,
        "rows": _export_rows(list(page), member),
        "exports_query": f"taken={taken.number}&" if taken.number > 1 else "",
        "directory_page": taken,
        "directory_exports": [_directory_row(event, member) for event in taken],
        "directory_query": f"page={page.number}&" if page.number > 1 else "",
        "legend": legend([member.organization.smallest_group]),
        "may_download": rules.see_figures(member),
    }
    return render(request, "reports/list.html", context, status=status)


@never_cache
@require_safe
@login_required
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One export: how far it is, and who took it."""
    member = member_of(request)
    export = get_object_or_404(exports_on_record(), public_id=public_id)
    refuse_unless(rules.see_export_log, member, export, rules.LOG_READERS_ONLY)
    context = {
        "export": export,
        "row": _export_rows([export], member)[0],
        "is_under_way": export.state in (ExportState.WAITING, ExportState.RUNNING),
        "may_download": rules.download_export(member, export),
        "is_hr": rules.see_figures(member),
    }
    template = "reports/detail.html#progress" if getattr(request, "htmx", False) else "reports/detail.html"
    return render(request, template, context)


@never_cache
@require_safe
@login_required
def download(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file; that it was taken is put on record."""
    member = member_of(request)
    export = get_object_or_404(Export.objects.all(), public_id=public_id)
    refuse_unless(rules.see_figures.test, member, export, rules.HR_ONLY)
    try:
        content = download_export(export, actor=member)
    except ExportNotReady:
        return redirect("reports:detail", export.public_id)
    response = HttpResponse(content, content_type=CONTENT_TYPES[ExportFormat(export.file_format)])
    response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
    return response


@require_safe
@login_required
def preview(request: HttpRequest) -> HttpResponse:
    """The report on the screen, one figure at a time, with the same cells hidden as in the file."""
    member = member_of(request)
    refuse_unless(rules.see_figures.test, member, None, rules.HR_ONLY)
    form = _form(PreviewForm, member, request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "legend": legend([member.organization.smallest_group])}
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else _first_choice(form)
    if chosen:
        context |= _preview_tables(member, **chosen)
    return render(request, "reports/preview.html", context, status=200 if chosen else 422)


def _first_choice(form: Any) -> dict[str, Any]:
    """Return what is shown before anything was chosen; nothing for a choice that is wrong."""
    if form.is_bound:
        return {}
    return {name: field.clean(form.get_initial_for_field(field, name)) for name, field in form.fields.items()}


def _preview_tables(member: Member, *, first_month: Any, last_month: Any, measure: str) -> dict[str, Any]:
    months = frozen_months(member.organization, months_between(first_month, last_month))
    return {
        "label": str(MEASURE_LABELS[measure]),
        "months": [frozen.month for frozen in months],
        "legend": legend([frozen.least for frozen in months]),
        "hidden": hidden_text(months[-1].least),
        "grid": measure_grid(months, measure),
        "by_month": by_month(months, measure),
        "by_department": by_department(months[-1], measure),
        "funnel": from_asked_to_taking_part(months[-1]),
    }


def _form(kind: type[Any], member: Member, data: Any = None) -> Any:
    return kind(data, months=choosable_months(member.organization, timezone.now()))


def _directory_row(event: Event, viewer: Member) -> DirectoryRow:
    chosen, fields = event.data["filters"], FilterForm.base_fields.items()
    return DirectoryRow(
        event.occurred_at,
        shown_name(event.actor, viewer=viewer),
        grouped(event.data["count"]),
        event.data["format"].upper(),
        # The words that somebody looked for are not on record, only that there were some.
        [str(field.label) for name, field in fields if chosen.get(FilterForm.NAMES.get(name, name))],
    )


def _export_rows(exports: list[Export], viewer: Member) -> list[ExportRow]:
    downloads = downloads_of(exports)
    return [
        ExportRow(
            export=export,
            requested_by=shown_name(export.requested_by, viewer=viewer),
            tone=TONES[ExportState(export.state)],
            downloads=[
                (shown_name(event.actor, viewer=viewer), event.occurred_at) for event in downloads.get(export.pk, [])
            ],
        )
        for export in exports
    ]
