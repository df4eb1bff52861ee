"""The challenge room: what a challenge's managers watch and do while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import BooleanField, Count, ExpressionWrapper, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from challenges.enums import ChallengeState
from challenges.fetching import managed_challenge
from challenges.models import Challenge
from challenges.rules import counts_are_public, is_over_for_members
from challenges.wording import next_date, status_of
from crowdhub.common.http import by_htmx
from crowdhub.common.working_days import working_time_left
from crowdhub.pages.rate_words import rate_sentence
from crowdhub.pages.room_figures import funnel, rate_of, spans_of, tally
from crowdhub.pages.room_words import contributions, first_looks, funnel_rows, funnel_sentence, themes_counted_in
from crowdhub.pages.themes import themes
from crowdhub.people.models import Member
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization
from ideas.queries import answerable_by, waiting_ideas

UNANSWERED_SHOWN: Final = 10


@dataclass(frozen=True)
class Unanswered:
    """An idea that waits for its answer; `left` is working time, negative when late."""

    public_id: str
    title: str
    language: str
    published_at: datetime | None
    due_at: datetime | None
    left: timedelta | None
    may_answer: bool  # the reader; never what they wrote themselves


@login_required
@require_safe
def room(request: HttpRequest, public_id: str) -> HttpResponse:
    """What happens in a launched challenge, for its managers; a draft leads on to its editor."""
    member, challenge = managed_challenge(request, public_id)
    if challenge.state == ChallengeState.DRAFT:
        return redirect("challenges:edit", challenge.public_id)
    figures = figures_of(challenge)
    if by_htmx(request, target="figures"):
        return render(request, "pages/room_figures.html", figures | {"is_part": True})
    status, tone = status_of(challenge)
    next_label, next_at = next_date(challenge)
    waiting, to_answer = unanswered(challenge, member)
    context = figures | {
        "status": status,
        "tone": tone,
        "next_label": next_label,
        "next_at": next_at,
        "rate_sentence": rate_sentence(figures["rate"]),
        "is_over": not figures["is_live"],
        "unanswered": waiting,
        "to_answer": to_answer,
        "themes": themes(challenge),
        "themes_of": themes_counted_in(figures["rate"].published),
    }
    return render(request, "pages/room.html", context)


def figures_of(challenge: Challenge) -> dict[str, Any]:
    """Return what the room counts, and whether its page asks for it again; takes two queries."""
    spans = spans_of(challenge)
    steps, counts = funnel(challenge), tally(challenge, spans)
    rate = rate_of(counts)
    return {
        "challenge": challenge,
        "is_inviting": challenge.state == ChallengeState.LAUNCHED and challenge.invited_at is None,
        "is_live": not is_over_for_members(challenge),
        "steps": funnel_rows(steps),
        "steps_sentence": funnel_sentence(steps),
        "votes_are_secret": not counts_are_public(challenge),
        "least": current_organization().smallest_group,
        "others": max(counts["writers", None] - steps.wrote, 0),
        "rate": rate,
        "charts": [contributions(counts, spans, published=rate.published), first_looks(counts, spans)],
    }


def unanswered(challenge: Challenge, member: Member) -> tuple[list[Unanswered], int]:
    """Return the first of the ideas that wait for an answer, and how many of all of them the member can answer."""
    organization = current_organization()
    to_answer = Window(Count("pk", filter=answerable_by(member)))
    may_answer = ExpressionWrapper(answerable_by(member), output_field=BooleanField())
    columns = ("public_id", "title", "language", "published_at", "answer_due_at", may_answer, to_answer)
    rows = list(waiting_ideas(challenge).values_list(*columns)[:UNANSWERED_SHOWN])
    shown = [
        Unanswered(public_id, title, language, published_at, due_at, time_left(due_at, organization), may_answer)
        for public_id, title, language, published_at, due_at, may_answer, _count in rows
    ]
    return shown, rows[0][-1] if rows else 0


def time_left(due_at: datetime | None, organization: Organization) -> timedelta | None:
    """Return the working time until an answer is due, negative when it is late; None where none was promised."""
    if due_at is None:
        return None
    return working_time_left(due_at, region=organization.holiday_region, timezone=organization.timezone)
