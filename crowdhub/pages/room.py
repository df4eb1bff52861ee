"""The challenge room: what a challenge's managers watch and do while it runs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.db.models import CharField, Count, DateField, F, QuerySet, Value
from django.db.models.functions import Cast, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenges.enums import ChallengeState
from challenges.models import Challenge, Invitation
from challenges.views.fetching import managed_challenge
from challenges.views.lists import next_date, status_of
from crowdhub.common.working_days import working_time_left
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization
from ideas.enums import IdeaState
from ideas.models import Idea
from ideas.queries import answer_rate

DAYS_SHOWN: Final = 14
UNANSWERED_SHOWN: Final = 25


@dataclass(frozen=True)
class Unanswered:
    """An idea that waits for its answer; `left` is working time, negative when late."""

    public_id: str
    title: str
    published_at: datetime | None
    due_at: datetime | None
    left: timedelta | None


@login_required
@require_safe
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happens in a launched challenge, for its managers; a draft leads on to its editor."""
    _member, challenge = managed_challenge(request, public_id)
    if challenge.state == ChallengeState.DRAFT:
        return redirect("challenges:edit", challenge.public_id)
    status, tone = status_of(challenge)
    next_label, next_at = next_date(challenge)
    counts = tally(challenge)
    labels, series = by_day(counts)
    context = {
        "challenge": challenge,
        "status": status,
        "tone": tone,
        "next_label": next_label,
        "next_at": next_at,
        "is_inviting": challenge.state == ChallengeState.LAUNCHED and challenge.invited_at is None,
        "figures": {name: counts[name, None] for name in ("invited", "seen", "contributing", "ideas")},
        "rate": answer_rate(challenge),
        "labels": labels,
        "series": series,
        "unanswered": unanswered(challenge),
    }
    return render(request, "pages/room.html", context)


def tally(challenge: Challenge) -> Counter[tuple[str, date | None]]:
    """Return, in one query, how many were invited, have looked and contribute, and how many ideas were handed in.

    All of it under (what, None); looks and ideas of the past two weeks also under (what, day).
    """
    since = timezone.now() - timedelta(days=DAYS_SHOWN)
    standing = Invitation.objects.filter(challenge=challenge, withdrawn_at=None)
    seen = standing.filter(seen_at__isnull=False)
    ideas = handed_in(challenge)
    parts = [
        _counted(standing, "invited"),
        _counted(seen, "seen"),
        _counted(ideas, "ideas"),
        _counted(ideas.filter(contributors__member__isnull=False), "contributing", what="contributors__member"),
        _counted(seen.filter(seen_at__gte=since), "seen", day=TruncDate("seen_at")),
        _counted(ideas.filter(submitted_at__gte=since), "ideas", day=TruncDate("submitted_at")),
    ]
    return Counter({(name, day): count for name, day, count in parts[0].union(*parts[1:], all=True)})


def by_day(counts: Counter[tuple[str, date | None]]) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """Return the past two weeks as a chart has them: the days, and how many looked and handed in on each."""
    today = timezone.localdate()
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS_SHOWN))]
    labels = [date_format(day, _("j M")) for day in days]
    return labels, [
        (_("Looked at it"), [counts["seen", day] for day in days]),
        (_("Ideas handed in"), [counts["ideas", day] for day in days]),
    ]


def unanswered(challenge: Challenge) -> list[Unanswered]:
    """Return published ideas that have no answer yet, those due first on top."""
    organization = current_organization()
    waiting = Idea.objects.filter(challenge=challenge, state=IdeaState.PUBLISHED, answered_at=None)
    rows = waiting.order_by(F("answer_due_at").asc(nulls_last=True), "pk").values_list(
        "public_id", "title", "published_at", "answer_due_at"
    )
    return [
        Unanswered(public_id, title, published_at, due_at, _left(due_at, organization))
        for public_id, title, published_at, due_at in rows[:UNANSWERED_SHOWN]
    ]


def handed_in(challenge: Challenge) -> QuerySet[Idea]:
    """Return the ideas of a challenge that are neither drafts nor withdrawn."""
    ideas: QuerySet[Idea] = Idea.objects.filter(challenge=challenge)
    return ideas.exclude(state__in=(IdeaState.DRAFT, IdeaState.WITHDRAWN))


def _left(due_at: datetime | None, organization: Organization) -> timedelta | None:
    if due_at is None:
        return None
    return working_time_left(due_at, region=organization.holiday_region, timezone=organization.timezone)


def _counted(rows: QuerySet[Any], name: str, *, what: str = "pk", day: Any = None) -> QuerySet[Any]:
    """Return rows of (name, day, how many different ones), the day being empty unless an expression is given."""
    named = rows.order_by().annotate(
        name=Value(name, output_field=CharField()), day=day or Cast(Value(None), DateField())
    )
    counted: QuerySet[Any] = (
        named.values("name", "day").annotate(count=Count(what, distinct=True)).values_list("name", "day", "count")
    )
    return counted
