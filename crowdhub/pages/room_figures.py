"""What the challenge room counts: grouped in SQL, so that 70,000 invitations take two queries and no memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import CharField, Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Cast, Trunc
from django.utils import timezone

from challenges.models import Challenge, Invitation
from challenges.rules import counts_are_public
from crowdhub.reports.privacy import is_large_and_mixed
from crowdhub.tenancy.context import current_organization
from ideas.enums import CommentState, IdeaState
from ideas.models import Answer, Comment, Contributor, Idea, Vote
from ideas.queries import COUNTED_BY_RATE, AnswerRate

Tally = Counter[tuple[str, date | None]]
# A column of the chart is a day, a week or a month: as fine as fits beside each other on a phone.
DAYS_AT_MOST: Final = 28
WEEKS_AT_MOST: Final = 26


@dataclass(frozen=True)
class Funnel:
    """How far those came who are asked. Whoever wrote or commented has looked, so that no step is wider than the last.

    `voted` is None while it is a secret.
    """

    invited: int
    looked: int
    took_part: int
    wrote: int
    commented: int
    voted: int | None


@dataclass(frozen=True)
class Spans:
    """The time of a challenge until now, cut into days, weeks or months; each is named by its first day."""

    kind: str
    starts: list[date]


def funnel(challenge: Challenge) -> Funnel:
    """Return how many are asked, have looked, and took part, in one query.

    Votes are not in it while their counts are hidden: who knows the ideas and comments, whose authors are named, could
    tell the votes from the rest. Nor are they where few people voted, or everybody.
    """
    wrote = Q(member__in=_members(Contributor.objects.filter(idea__in=handed_in(challenge)), "member"))
    commented = Q(member__in=_members(comments_shown(challenge), "author"))
    voted = Q(member__in=_members(Vote.objects.filter(idea__challenge=challenge), "member"))
    is_public = counts_are_public(challenge)
    found = Invitation.objects.filter(challenge=challenge, withdrawn_at=None).aggregate(
        invited=Count("pk"),
        looked=Count("pk", filter=Q(seen_at__isnull=False) | wrote | commented),
        took_part=Count("pk", filter=wrote | commented),
        wrote=Count("pk", filter=wrote),
        commented=Count("pk", filter=commented),
        **({"voted": Count("pk", filter=voted)} if is_public else {}),
    )
    voters = found.pop("voted", None)
    least = current_organization().smallest_group
    is_told = voters is not None and is_large_and_mixed({"members": found["invited"], "active": voters}, least)
    return Funnel(**found, voted=voters if is_told else None)


def spans_of(challenge: Challenge) -> Spans:
    """Return the days from the launch until today; weeks where those are too many, and then months."""
    today = timezone.localdate()
    first = min(timezone.localdate(challenge.launched_at or challenge.created_at), today)
    days = (today - first).days
    if days < DAYS_AT_MOST:
        return Spans("day", [first + timedelta(days=number) for number in range(days + 1)])
    if days < 7 * WEEKS_AT_MOST:
        monday = first - timedelta(days=first.weekday())
        return Spans("week", [monday + timedelta(days=number) for number in range(0, (today - monday).days + 1, 7)])
    return Spans("month", list(_months(first, today)))


def tally(challenge: Challenge, spans: Spans) -> Tally:
    """Return, in one query, what happened in all, under (what, None), and in each span, under (what, its first day).

    "ideas" (handed in, whatever became of them), "comments", "answers" and "looked" have both; "writers" and what an
    AnswerRate has have the first only.
    """
    ideas = handed_in(challenge)
    timed = (
        (ideas, "ideas", "submitted_at"),
        (comments_shown(challenge), "comments", "created_at"),
        (Answer.objects.filter(idea__challenge=challenge), "answers", "created_at"),
        (Invitation.objects.filter(challenge=challenge, withdrawn_at=None, seen_at__isnull=False), "looked", "seen_at"),
    )
    parts = [
        *(_counted(Idea.objects.filter(which, challenge=challenge), name) for name, which in COUNTED_BY_RATE.items()),
        _counted(Contributor.objects.filter(idea__in=ideas, member__isnull=False), "writers", what="member"),
        *(_counted(rows, name) for rows, name, _at in timed),
        *(_counted(rows, name, span=_span(at, spans.kind)) for rows, name, at in timed),
    ]
    return Counter({(name, span): count for name, span, count in parts[0].union(*parts[1:], all=True)})


def rate_of(counts: Tally) -> AnswerRate:
    """Return what `ideas.queries.answer_rate` says, of what was counted with the rest."""
    return AnswerRate(**{name: counts[name, None] for name in COUNTED_BY_RATE})


def handed_in(challenge: Challenge) -> QuerySet[Idea]:
    """Return the ideas of a challenge that are neither drafts nor withdrawn."""
    ideas: QuerySet[Idea] = Idea.objects.filter(challenge=challenge)
    return ideas.exclude(state__in=(IdeaState.DRAFT, IdeaState.WITHDRAWN))


def comments_shown(challenge: Challenge) -> QuerySet[Comment]:
    """Return the comments of a challenge that its members read."""
    return Comment.objects.filter(
        idea__challenge=challenge, idea__state=IdeaState.PUBLISHED, state=CommentState.VISIBLE
    )


def _members(rows: QuerySet[Any], who: str) -> QuerySet[Any]:
    return rows.filter(**{f"{who}__isnull": False}).order_by().values(who)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _span(at: str, kind: str) -> Cast:
    return Cast(Trunc(at, kind, output_field=DateField()), DateField())


def _counted(rows: QuerySet[Any], name: str, *, what: str = "pk", span: Any = None) -> QuerySet[Any]:
    """Return rows of (name, span, how many different ones), the span being empty unless an expression is given."""
    named = rows.order_by().annotate(
        named=Value(name, output_field=CharField()), span=span or Cast(Value(None), DateField())
    )
    counted: QuerySet[Any] = (
        named.values("named", "span").annotate(count=Count(what, distinct=True)).values_list("named", "span", "count")
    )
    return counted
