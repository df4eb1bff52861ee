"""What the authors of ideas and comments read about decisions on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest

from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea
from ideas.rules import contributes
from moderation.enums import CaseOutcome
from moderation.models import Decision
from moderation.queries import original_of, with_original
from moderation.rules import read_decisions

register = template.Library()

EXPLAINED = (IdeaState.CHANGES_REQUESTED, IdeaState.REJECTED)


@dataclass(frozen=True)
class Statement:
    """What was decided, why, by whom and when."""

    outcome: str
    label: str
    reason_html: str
    by: str
    at: datetime
    reported_first: bool
    original: Idea | None = None  # that said the same before, if the reader can see it


@register.inclusion_tag("moderation/statement.html", takes_context=True)
def statement_of_reasons(context: dict[str, Any], idea: Idea) -> dict[str, Any]:
    """Show contributors, moderators and auditors why an idea was sent back or not published; else nothing.

    Costs one query where there is something to show, none otherwise (given prefetched contributors).
    """
    member = _reader(context)
    if member is None or idea.state not in EXPLAINED or not (contributes(member, idea) or read_decisions(member, idea)):
        return {"statement": None}
    outcomes = (CaseOutcome.CHANGES_REQUESTED, CaseOutcome.REJECTED, CaseOutcome.HIDDEN)
    decision = (
        with_original(Decision.objects.filter(case__idea=idea, undone_at=None, outcome__in=outcomes), member)
        .select_related("case", "decided_by", "original")
        .order_by("-decided_at", "-pk")
        .first()
    )
    statement = decision and replace(_statement(decision, member), original=original_of(decision))
    return {"statement": statement, "idea": idea, "is_own": contributes(member, idea)}


@register.inclusion_tag("moderation/comment_statement.html", takes_context=True)
def statement_for_comment(context: dict[str, Any], comment: Comment) -> dict[str, Any]:
    """Show the author of a hidden comment, moderators and auditors why it was hidden; else nothing.

    The decisions on all hidden comments of the idea are read once a page.
    """
    member = _reader(context)
    if member is None or comment.state != CommentState.HIDDEN:
        return {"statement": None}
    if comment.author_id != member.pk and not read_decisions(member, comment.idea):
        return {"statement": None}
    return {"statement": _comment_statements(context["request"], comment.idea_id, member).get(comment.pk)}


def _comment_statements(request: HttpRequest, idea_id: int, member: Member) -> dict[int, Statement]:
    cache: dict[int, dict[int, Statement]] = request.__dict__.setdefault("comment_statements", {})
    if idea_id not in cache:
        decisions = Decision.objects.filter(
            case__comment__idea=idea_id, undone_at=None, outcome=CaseOutcome.HIDDEN
        ).select_related("case", "decided_by")
        cache[idea_id] = {row.case.comment_id: _statement(row, member) for row in decisions.order_by("decided_at")}
    return cache[idea_id]


def _statement(decision: Decision, member: Member) -> Statement:
    return Statement(
        outcome=decision.outcome,
        label=str(CaseOutcome(decision.outcome).label),
        reason_html=decision.reason_html,
        by=shown_name(decision.decided_by, viewer=member),
        at=decision.decided_at,
        reported_first=decision.outcome == CaseOutcome.HIDDEN,
    )


def _reader(context: dict[str, Any]) -> Member | None:
    request = context.get("request")
    user = getattr(request, "user", None)
    return user if isinstance(user, Member) else None
