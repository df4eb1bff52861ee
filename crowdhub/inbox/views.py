from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowdhub.common.tabs import Tab
from crowdhub.common.templatetags.times import short_day
from crowdhub.inbox.domain import reading
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.forms import PreferenceForm
from crowdhub.inbox.queries import digest_frequency, notifications_of
from crowdhub.inbox.unsubscribing import member_of_token
from crowdhub.inbox.words import Line, line, path_of
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required

ROWS = 40


@login_required
@require_GET
def inbox_list(request: HttpRequest) -> HttpResponse:
    """What concerns the member, by day and challenge."""
    return _render_list(request, member_of(request))


@login_required
@require_GET
def open_notification(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark as read and go where it leads."""
    member = member_of(request)
    notification = get_object_or_404(notifications_of(member), public_id=public_id)
    reading.mark_read(member, [public_id])
    return HttpResponseRedirect(path_of(notification.event))


@login_required
@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Mark the named notifications as read or unread, or all of them as read; other people's are not touched."""
    member = member_of(request)
    ids = request.POST.getlist("notification")
    wanted = request.POST.get("as", "read")
    if wanted == "all_read":
        reading.mark_all_read(member)
    elif wanted == "unread":
        reading.mark_unread(member, ids)
    else:
        reading.mark_read(member, ids)
    if getattr(request, "htmx", False):
        return _render_list(request, member)
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("inbox:list") + (f"?{query}" if query else ""))


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What arrives where, and how often."""
    member = member_of(request)
    form = PreferenceForm(request.POST or None, initial={"digest": digest_frequency(member)})
    if request.method == "POST" and form.is_valid():
        reading.set_digest_frequency(member, Frequency(form.cleaned_data["digest"]))
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("inbox:preferences"))
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/preferences.html", {"form": form}, status=status)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the digest of the member who got the mail. Scanners follow links in mails, so reading changes nothing.

    Mail programs post here by themselves (RFC 8058), without a cookie; the signature is the permission.
    """
    member = member_of_token(token)
    if member is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        reading.set_digest_frequency(member, Frequency.NEVER)
    return render(request, "inbox/unsubscribe.html", {"is_done": is_done})


def _render_list(request: HttpRequest, member: Member) -> HttpResponse:
    notifications = notifications_of(member)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        notifications = notifications.filter(read_at=None)
    page = Paginator(notifications, ROWS).get_page(request.GET.get("page"))
    here = reverse("inbox:list")
    context = {
        "page": page,
        "days": _by_day([line(notification, member) for notification in page]),
        "tabs": [Tab(here, _("All"), not only_unread), Tab(f"{here}?show=unread", _("Unread"), only_unread)],
        "query": "show=unread&" if only_unread else "",
        "mark_url": reverse("inbox:mark") + (f"?{request.GET.urlencode()}" if request.GET else ""),
    }
    template = "inbox/rows.html" if getattr(request, "htmx", False) else "inbox/list.html"
    return render(request, template, context)


def _day_label(day: date) -> str:
    days_ago = (timezone.localdate() - day).days
    named = {0: _("Today"), 1: _("Yesterday")}
    return named.get(days_ago) or short_day(day)


def _by_day(lines: list[Line]) -> list[dict[str, Any]]:
    """Group lines, newest first, by the reader's day and in it by challenge, in the order of their newest line."""
    days = []
    for day, of_day in groupby(lines, key=lambda row: timezone.localtime(row.at).date()):
        challenges: dict[str, list[Line]] = {}
        for row in of_day:
            challenges.setdefault(row.challenge, []).append(row)
        days.append({"day": day, "label": _day_label(day), "challenges": list(challenges.items())})
    return days
