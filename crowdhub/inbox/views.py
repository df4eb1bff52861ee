from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowdhub.common.http import by_htmx
from crowdhub.common.tabs import Tab
from crowdhub.inbox.domain import muting, reading
from crowdhub.inbox.enums import Channel, Frequency
from crowdhub.inbox.forms import PreferenceForm
from crowdhub.inbox.queries import mutes_of, notifications_of, preference_of
from crowdhub.inbox.unsubscribing import member_of_token
from crowdhub.inbox.words import Line, challenge_of, idea_of, line, path_of
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required

ROWS = 40


@login_required
@require_GET
def inbox_list(request: HttpRequest) -> HttpResponse:
    """What concerns the member, by time and challenge."""
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
    if by_htmx(request):
        return _render_list(request, member)
    return _back_to_list(request)


@login_required
@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Mute the idea of one of the member's notifications, or its challenge: all of it, or where there is no idea."""
    member = member_of(request)
    told = get_object_or_404(notifications_of(member), public_id=request.POST.get("notification", ""))
    idea = None if request.POST.get("what") == "challenge" else idea_of(told.event)
    subject = idea or challenge_of(told.event)
    muted = muting.mute(member, subject)
    text = _("Muted: %s. You still hear what is decided about your own ideas.")
    if idea is None:
        text = _("Muted: %s. No digest asks you to answer it. You still hear what is decided about your own ideas.")
    text %= subject.title
    if by_htmx(request):
        return _render_list(request, member, toast=text, undo_url=reverse("inbox:unmute", args=[muted.public_id]))
    messages.success(request, text)
    return _back_to_list(request)


@login_required
@require_POST
def unmute(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let the member hear of something again."""
    member = member_of(request)
    muted = get_object_or_404(mutes_of(member), public_id=public_id)
    muting.unmute(muted)
    text = _("Unmuted: %s") % (muted.idea or muted.challenge)
    if by_htmx(request):
        return _render_list(request, member, toast=text)
    messages.success(request, text)
    return HttpResponseRedirect(reverse("inbox:preferences"))


def _back_to_list(request: HttpRequest) -> HttpResponse:
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("inbox:list") + (f"?{query}" if query else ""))


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """What arrives where, and how often."""
    member = member_of(request)
    form = PreferenceForm(request.POST or None, initial=model_to_dict(preference_of(member)))
    if request.method == "POST" and form.is_valid():
        reading.set_preferences(
            member,
            digest=Frequency(form.cleaned_data["digest"]),
            talk=Channel(form.cleaned_data["talk"]),
            followed=Channel(form.cleaned_data["followed"]),
        )
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("inbox:preferences"))
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/preferences.html", {"form": form, "mutes": mutes_of(member)}, status=status)


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
        reading.set_preferences(member, digest=Frequency.NEVER)
    return render(request, "inbox/unsubscribe.html", {"is_done": is_done})


def _render_list(request: HttpRequest, member: Member, *, toast: str = "", undo_url: str = "") -> HttpResponse:
    notifications = notifications_of(member)
    only_unread = request.GET.get("show") == "unread"
    if only_unread:
        notifications = notifications.filter(read_at=None)
    page = Paginator(notifications, ROWS).get_page(request.GET.get("page"))
    here, address = reverse("inbox:list"), f"?{request.GET.urlencode()}" if request.GET else ""
    context = {
        "page": page,
        "periods": _by_period([line(notification, member) for notification in page]),
        "tabs": [Tab(here, _("All"), not only_unread), Tab(f"{here}?show=unread", _("Unread"), only_unread)],
        "query": "show=unread&" if only_unread else "",
        "mark_url": reverse("inbox:mark") + address,
        "mute_url": reverse("inbox:mute") + address,
        "toast": toast,
        "undo_url": undo_url + address if undo_url else "",
    }
    template = "inbox/rows.html" if by_htmx(request) else "inbox/list.html"
    return render(request, template, context)


def _period(day: date) -> str:
    """Return the heading under which the reader looks for a day: the older it is, the wider."""
    today = timezone.localdate()
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day >= today - timedelta(days=today.weekday()):
        return _("Earlier this week")
    return date_format(day, "F" if day.year == today.year else "F Y")


def _by_period(lines: list[Line]) -> list[dict[str, Any]]:
    """Group lines, newest first, by when they came and in that by challenge, in the order of their newest line."""
    periods = []
    for label, of_period in groupby(lines, key=lambda row: _period(timezone.localtime(row.at).date())):
        challenges: dict[str, list[Line]] = {}
        for row in of_period:
            challenges.setdefault(row.challenge, []).append(row)
        periods.append({"label": label, "challenges": list(challenges.items())})
    return periods
