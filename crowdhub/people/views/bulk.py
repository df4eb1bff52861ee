"""Changes of many people: shown before they are done, followed while they are, and told afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django_htmx.http import HttpResponseClientRefresh

from crowdhub.common.errors import Refusal
from crowdhub.common.http import by_htmx
from crowdhub.common.numbers import grouped
from crowdhub.people import queries, rules
from crowdhub.people.access import ADMINISTRATORS_ONLY, allowed, posted_from, tell_refusal
from crowdhub.people.domain.bulk import ChangeOver, PreviewOutdated, confirm_bulk_change, is_outdated, stop_bulk_change
from crowdhub.people.enums import BulkState
from crowdhub.people.models import BulkChange, Member
from crowdhub.people.names import shown_name
from crowdhub.people.signed_out import login_required

RECENT, FIRST_NAMES, REFUSALS_PER_PAGE = 50, 10, 50
TONES = {
    BulkState.PREVIEW: "neutral",
    BulkState.RUNNING: "active",
    BulkState.DONE: "good",
    BulkState.STOPPED: "warn",
    BulkState.DISCARDED: "closed",
}


@login_required
@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """List the changes of many people."""
    member = allowed(request, rules.change_many, ADMINISTRATORS_ONLY)
    recent = [
        (one, grouped(one.count), TONES[BulkState(one.state)], shown_name(one.requested_by, viewer=member))
        for one in queries.bulk_changes_of(member)[:RECENT]
    ]
    return render(request, "people/bulk_changes.html", {"recent": recent, "section": "bulk"})


@login_required
@require_GET
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what a change would do, how far it is, or what came of it."""
    member = allowed(request, rules.change_many, ADMINISTRATORS_ONLY)
    found = _change_or_404(member, public_id)
    if not by_htmx(request):
        return _page(request, found, member)
    if found.state == BulkState.RUNNING:
        return render(request, "people/bulk_change.html#progress", {"change": found})
    return HttpResponseClientRefresh()


@posted_from("people:bulk", "public_id")
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Have a change done that was shown; pressed twice it is done once."""
    member = allowed(request, rules.change_many, ADMINISTRATORS_ONLY)
    found = get_object_or_404(queries.bulk_changes_of(member).filter(requested_by=member), public_id=public_id)
    with suppress(ChangeOver, PreviewOutdated):  # its page says so, or how far it is
        confirm_bulk_change(found, actor=member)
    return redirect("people:bulk", public_id=public_id)


@posted_from("people:bulk", "public_id")
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    """Discard a change, or do no more of it."""
    member = allowed(request, rules.change_many, ADMINISTRATORS_ONLY)
    found = _change_or_404(member, public_id)
    try:
        ended = stop_bulk_change(found, actor=member)
    except Refusal as refusal:
        tell_refusal(request, refusal)
        return redirect("people:bulk", public_id=public_id)
    if ended == BulkState.DISCARDED:
        messages.success(request, _("Nothing was changed."))
        return redirect("people:list")
    return redirect("people:bulk", public_id=public_id)


def _change_or_404(member: Member, public_id: str) -> BulkChange:
    found: BulkChange = get_object_or_404(queries.bulk_changes_of(member), public_id=public_id)
    return found


def _page(request: HttpRequest, change: BulkChange, member: Member) -> HttpResponse:
    context: dict[str, Any] = {
        "change": change,
        "count_shown": grouped(change.count),
        "section": "bulk",
        "tone": TONES[BulkState(change.state)],
        "requested_by": shown_name(change.requested_by, viewer=member),
    }
    if change.state == BulkState.PREVIEW:
        first = queries.first_people_of(change, at_most=FIRST_NAMES)
        context["names"] = [shown_name(person, viewer=member) for person in first]
        context["others"] = change.count - len(first)
        context["outdated"] = PreviewOutdated.message if is_outdated(change, now=timezone.now()) else ""
        context["may_confirm"] = change.requested_by_id == member.pk and not context["outdated"]
    elif change.state in (BulkState.DONE, BulkState.STOPPED):
        page = Paginator(queries.refusals_of(change), REFUSALS_PER_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        context["refused"] = [(one.member.public_id, shown_name(one.member, viewer=member), one.reason) for one in page]
    return render(request, "people/bulk_change.html", context)
