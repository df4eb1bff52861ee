"""Reads of points that have a name.

How many votes an idea has is a secret until voting has closed. Points from votes would tell it, so until then
they are booked but not shown: not in the entries, not in a sum, not in an order. Who voted stays a secret for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Case, F, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Sum, When, Window
from django.db.models.functions import Coalesce, Rank, RowNumber
from django.utils import timezone

from challenges.queries import challenges_with_secret_counts, counts_public_since
from crowdhub.people.models import Member
from ideas.queries import ideas_visible_to
from rewards.enums import DEFAULT_POINTS, NEWCOMER_DAYS, EntryKind
from rewards.models import LedgerEntry, Rule, Standing

_IDEA: Final = "event__idea"
_CHALLENGE: Final = "event__idea__challenge"
# Of entries with one time: never by their own order, which is that of the votes.
LEDGER_TIE: Final = ("about_id", "pk")


def secret_entries(*, now: datetime | None = None) -> QuerySet[LedgerEntry]:
    """Return the entries that would tell vote counts: votes, and the limits on them, which each challenge has alone."""
    secret = challenges_with_secret_counts(now=now).values("pk")
    return LedgerEntry.objects.filter(counts_on__isnull=False, event__idea__challenge__in=secret)


def entries_of(member: Member, *, now: datetime | None = None) -> QuerySet[LedgerEntry]:
    """Return the entries of a member's ledger that may be shown to them, newest first.

    Votes are shown as one sum for each idea, and what was above the daily limits as one for each challenge, both at the
    moment from which counts are public. Single entries would tell when each vote was given, and that one was taken back
    when somebody became an author: that is, who voted.

    Each entry has `shown_points`, `shown_at`, `verb`, and `idea_title` and `idea_public_id`, which are None where the
    member cannot see the idea.
    """
    own = LedgerEntry.objects.filter(member=member)
    votes = own.filter(counts_on__isnull=False).exclude(
        pk__in=secret_entries(now=now).filter(member=member).values("pk")
    )
    by_idea, by_challenge = votes.exclude(kind=EntryKind.CAPPED), votes.filter(kind=EntryKind.CAPPED)
    stands_for_all = Q(pk__in=_firsts(by_idea, _IDEA)) | Q(pk__in=_firsts(by_challenge, _CHALLENGE))
    about = ideas_visible_to(member).filter(pk=OuterRef("about_id"))
    entries: QuerySet[LedgerEntry] = (
        own.filter(Q(counts_on=None) | stands_for_all)
        .annotate(
            verb=F("event__verb"),
            shown_points=Case(
                When(counts_on=None, then=F("points")),
                When(kind=EntryKind.CAPPED, then=_sum_of(by_challenge, _CHALLENGE)),
                default=_sum_of(by_idea, _IDEA),
            ),
            shown_at=Case(
                When(counts_on=None, then=F("occurred_at")),
                default=counts_public_since(_CHALLENGE, now=now or timezone.now()),
            ),
            # The limit of a challenge is about no idea of it: the one that reached it would tell of its last vote.
            about_id=Case(
                When(kind=EntryKind.CAPPED, then=None),
                default=Coalesce("event__idea_id", "event__comment__idea_id", "event__case__idea_id"),
            ),
        )
        .annotate(
            idea_title=Subquery(about.values("title")[:1]),
            idea_public_id=Subquery(about.values("public_id")[:1]),
        )
        .select_related("rule")
        .order_by("-shown_at", *LEDGER_TIE)
    )
    return entries


def _firsts(votes: QuerySet[LedgerEntry], group: str) -> QuerySet[Any]:
    """Return the key of one entry of each group that shows a sum; a group whose votes were all taken back has none."""
    earned_or_limit = Q(kind__in=(EntryKind.EARNED, EntryKind.CAPPED))
    groups = votes.order_by().values(group).annotate(first=Min("pk", filter=earned_or_limit), total=Sum("points"))
    found: QuerySet[Any] = groups.exclude(total=0).values("first")
    return found


def _sum_of(votes: QuerySet[LedgerEntry], group: str) -> Subquery:
    same = votes.filter(**{group: OuterRef(group)}).order_by().values("member")
    return Subquery(same.annotate(total=Sum("points")).values("total"), output_field=IntegerField())


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
