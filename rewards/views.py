from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crowdhub.common.http import refuse_unless
from crowdhub.common.tabs import Tab
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from rewards.board import board_for
from rewards.domain.standings import NoLeaderboard, choose_listing
from rewards.enums import DAILY_VOTE_LIMIT, NEWCOMER_DAYS, RuleCode
from rewards.forms import ListingForm
from rewards.models import Standing
from rewards.queries import entries_of, points_today
from rewards.reasons import reason_of
from rewards.rules import has_leaderboard

ENTRIES_PER_PAGE = 25
NO_LEADERBOARD = gettext_lazy(
    "There is no leaderboard here: your organization has switched it off. Your own points are under “My points”."
)


@dataclass(frozen=True)
class EntryRow:
    """Entries of one day that follow one another and have the same reason, as the page shows them."""

    count: int
    points: str
    reason: str
    idea_public_id: str | None
    occurred_at: datetime


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The reader's own points, each with its reason, and what earns any."""
    member = member_of(request)
    entries = entries_of(member)
    figures = entries.order_by().aggregate(count=Count("pk"), points=Sum("shown_points", default=0))
    paginator: Paginator[Any] = Paginator(entries, ENTRIES_PER_PAGE)
    paginator.count = figures["count"]
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "points": figures["points"],
        "page": page,
        "rows": list(_entry_rows(page)),
        "rules": _rules(),
        "limit": DAILY_VOTE_LIMIT,
        "has_leaderboard": has_leaderboard(member),
        "is_listed": _is_listed(member.pk),
    }
    return render(request, "rewards/mine.html", context)


@require_safe
@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The leaderboard of those who opted in."""
    member = member_of(request)
    refuse_unless(has_leaderboard.test, member, None, NO_LEADERBOARD)
    newcomers = request.GET.get("board") == "newcomers"
    context = {
        "board": board_for(member, newcomers=newcomers),
        "newcomers": newcomers,
        "tabs": [Tab("?", _("Everyone"), not newcomers), Tab("?board=newcomers", _("Newcomers"), newcomers)],
        "newcomer_days": NEWCOMER_DAYS,
        "is_listed": _is_listed(member.pk),
    }
    return render(request, "rewards/board.html", context)


@require_POST
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Put the reader on the leaderboard, or take them off it."""
    form = ListingForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest(_("Say whether you want to be on the leaderboard."))
    listed = form.cleaned_data["listed"]
    try:
        choose_listing(member_of(request), listed=listed)
    except NoLeaderboard as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    messages.success(request, _("You are now on the leaderboard.") if listed else _("You have left the leaderboard."))
    return redirect("rewards:board" if has_leaderboard(member_of(request)) else "rewards:mine")


def _is_listed(member_id: int) -> bool:
    return Standing.objects.filter(member=member_id, is_listed=True).exists()


def _entry_rows(entries: Iterable[Any]) -> Iterator[EntryRow]:
    def alike(entry: Any) -> tuple[str, str | None, date]:
        return reason_of(entry), entry.idea_public_id, timezone.localtime(entry.shown_at).date()

    for (reason, idea_public_id, _on), found in groupby(entries, alike):
        group = list(found)
        points = sum(entry.shown_points for entry in group)
        yield EntryRow(len(group), signed(points), reason, idea_public_id, group[0].shown_at)


def _rules() -> list[tuple[str, str]]:
    points = points_today()
    return [(str(RuleCode(code).label), signed(points[code])) for code in RuleCode]


def signed(points: int) -> str:
    """Return points with their sign, the minus as a real one."""
    return f"{points:+d}".replace("-", "−")
