"""Reads of points that have a name.

How many votes an idea has is a secret until voting has closed. Points from votes would tell it, so until then
they are booked but not shown: not in the entries, not in a sum, not in an order.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, Rank, RowNumber
from django.utils import timezone

from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge, Phase
from crowdhub.people.models import Member
from ideas.queries import ideas_visible_to
from rewards.enums import DEFAULT_POINTS, NEWCOMER_DAYS
from rewards.models import LedgerEntry, Rule, Standing


def challenges_with_secret_counts(*, now: datetime | None = None) -> QuerySet[Challenge]:
    """Return the challenges whose vote counts may not be shown: challenges.rules.counts_are_public, as a query."""
    over = Phase.objects.filter(challenge=OuterRef("pk"), kind=PhaseKind.VOTING, ends_at__lte=now or timezone.now())
    return Challenge.objects.exclude(state=ChallengeState.CLOSED).exclude(Exists(over))


def secret_entries(*, now: datetime | None = None) -> QuerySet[LedgerEntry]:
    """Return the entries that would tell vote counts: votes, and the limits on them, which each challenge has alone."""
    secret = challenges_with_secret_counts(now=now).values("pk")
    return LedgerEntry.objects.filter(counts_on__isnull=False, event__idea__challenge__in=secret)


def entries_of(member: Member, *, now: datetime | None = None) -> QuerySet[LedgerEntry]:
    """Return the entries of a member's ledger that may be shown to them, newest first.

    Each has `verb`, and `idea_title` and `idea_public_id`, which are None where the member cannot see the idea.
    """
    about = ideas_visible_to(member).filter(pk=OuterRef("about_id"))
    entries: QuerySet[LedgerEntry] = (
        LedgerEntry.objects.filter(member=member)
        .exclude(pk__in=secret_entries(now=now).filter(member=member).values("pk"))
        .annotate(
            verb=F("event__verb"),
            about_id=Coalesce("event__idea_id", "event__comment__idea_id", "event__case__idea_id"),
        )
        .annotate(
            idea_title=Subquery(about.values("title")[:1]),
            idea_public_id=Subquery(about.values("public_id")[:1]),
        )
        .select_related("rule")
        .order_by("-occurred_at", "-pk")
    )
    return entries


def points_today() -> dict[str, int]:
    """Return what each rule gives today; the starting points where the organization has no rules yet."""
    rules = Rule.objects.filter(starts_on__lte=timezone.localdate()).order_by("starts_on", "version")
    return DEFAULT_POINTS | dict(rules.values_list("code", "points"))


def listed_standings(*, newcomers: bool = False, now: datetime | None = None) -> QuerySet[Any]:
    """Return the standings of those who opted in, with `shown` points; newcomers joined in the last 90 days."""
    secret = secret_entries(now=now).filter(member=OuterRef("member")).order_by().values("member")
    hidden = Subquery(secret.annotate(total=Sum("points")).values("total"), output_field=IntegerField())
    listed = Standing.objects.filter(is_listed=True, member__is_active=True, member__erased_at=None)
    if newcomers:
        listed = listed.filter(member__joined_on__gt=timezone.localdate(now) - timedelta(days=NEWCOMER_DAYS))
    shown: QuerySet[Any] = listed.annotate(shown=F("points") - Coalesce(hidden, 0))
    return shown


def with_places(standings: QuerySet[Any]) -> QuerySet[Any]:
    """Number standings: `rank` is shared by equals (1, 2, 2, 4), `row` is everyone's own."""
    numbered: QuerySet[Any] = (
        standings.annotate(
            rank=Window(Rank(), order_by=F("shown").desc()),
            row=Window(RowNumber(), order_by=[F("shown").desc(), F("member_id").asc()]),
        )
        .select_related("member")
        .order_by("row")
    )
    return numbered
