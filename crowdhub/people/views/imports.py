"""Importing members: upload, preview, confirm, and how far it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.people import queries
from crowdhub.people.access import administrator_of, posted_from, tell_refusal
from crowdhub.people.domain import importing
from crowdhub.people.domain.import_file import COLUMNS
from crowdhub.people.domain.import_preview import SHOWN
from crowdhub.people.enums import ImportState
from crowdhub.people.forms import ConfirmImportForm, UploadForm
from crowdhub.people.models import MemberImport
from crowdhub.people.names import shown_name
from crowdhub.people.signed_out import login_required

RECENT = 20
PROBLEMS_PER_PAGE = 100


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """List what was imported, and upload a file."""
    administrator = administrator_of(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            upload = importing.upload_members(file.name, file.read(), actor=administrator)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("people:import", public_id=upload.public_id)
    recent = [(one, shown_name(one.uploaded_by, viewer=administrator)) for one in queries.recent_imports()[:RECENT]]
    context = {"form": form, "recent": recent, "columns": COLUMNS, "section": "imports"}
    return render(request, "people/imports.html", context, status=form_status(form))


@login_required
@require_GET
def one_import(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show how far an import is, what it would change, or what came of it."""
    administrator_of(request)
    upload = _upload_or_404(public_id)
    if request.headers.get("HX-Request"):
        if upload.state in importing.UNDER_WAY:
            return render(request, "people/import.html#progress", _progress(upload))
        return HttpResponseClientRefresh()
    return _page(request, upload, ConfirmImportForm())


@login_required
@require_GET
def problems(request: HttpRequest, public_id: str) -> StreamingHttpResponse:
    """Everything that is wrong in an uploaded file, as a file."""
    administrator = administrator_of(request)
    upload = _upload_or_404(public_id)
    return StreamingHttpResponse(
        importing.csv_of_problems(upload, administrator.organization),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="import_problems_{upload.public_id}.csv"'},
    )


@posted_from("people:import", "public_id")
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the workers do the import that was previewed."""
    administrator = administrator_of(request)
    upload = _upload_or_404(public_id)
    form = ConfirmImportForm(request.POST)
    if not form.is_valid():
        return _page(request, upload, form, status=422)
    try:
        importing.confirm_import(
            upload,
            actor=administrator,
            digest=form.cleaned_data["digest"],
            send_invitations=form.cleaned_data["send_invitations"],
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _page(request, upload, form, status=409)
    return redirect("people:import", public_id=public_id)


@posted_from("people:import", "public_id")
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forget an uploaded file."""
    act = partial(importing.discard_import, actor=administrator_of(request))
    return _decide(request, public_id, act, _("The file is discarded. Nothing was changed."))


@posted_from("people:import", "public_id")
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Preview an import once more."""
    act = partial(importing.reopen_import, actor=administrator_of(request))
    return _decide(request, public_id, act, _("The file is read again."))


def _upload_or_404(public_id: str) -> MemberImport:
    """Return an import without its file, which may be large."""
    upload: MemberImport = get_object_or_404(MemberImport.objects.defer("content"), public_id=public_id)
    return upload


def _decide(request: HttpRequest, public_id: str, act: Any, done: str) -> HttpResponse:
    upload = _upload_or_404(public_id)
    try:
        act(upload)
    except Refusal as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, done)
    return redirect("people:import", public_id=public_id)


def _page(request: HttpRequest, upload: MemberImport, form: ConfirmImportForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"upload": upload, "form": form, "section": "imports", "shown": SHOWN}
    if upload.state == ImportState.PREVIEW and upload.preview:
        counts = upload.preview["counts"]
        context["page"] = Paginator(queries.problems_of(upload), PROBLEMS_PER_PAGE).get_page(request.GET.get("page"))
        context["may_confirm"] = not counts["problems"] and bool(counts["new"] or counts["changed"])
    elif upload.state in importing.UNDER_WAY:
        context |= _progress(upload)
    return render(request, "people/import.html", context, status=status)


def _progress(upload: MemberImport) -> dict[str, Any]:
    return {"upload": upload, "percent": importing.progress_of(upload), "is_under_way": True}
