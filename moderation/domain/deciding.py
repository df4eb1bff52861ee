"""Deciding cases, and taking a decision back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.common.text import render_markdown
from crowdhub.people.models import Member
from ideas.domain import publishing
from ideas.domain.linking import link_ideas, unlink_ideas
from ideas.domain.locking import lock as lock_idea
from ideas.domain.locking import lock_comment
from ideas.enums import CommentState, IdeaState, LinkKind
from ideas.models import Idea, IdeaLink
from moderation.domain.claiming import held_by_another
from moderation.enums import NEEDS_REASON, OUTCOMES_OF, CaseOutcome, CaseState
from moderation.models import Case, Decision
from moderation.rules import is_someone_elses, moderates

MIN_REASON_LENGTH: Final = 10
MAX_REASON_LENGTH: Final = 4_000
# Pages offer ten seconds; the rest is for slow networks and for reading the banner once more.
UNDO_WITHIN: Final = timedelta(seconds=60)


class CaseAlreadyDecided(Refusal):
    message = _("This case has been closed in the meantime: by you, by someone else or by its author.")


class CaseHeldByAnother(Refusal):
    message = _("Another moderator has this case open at the moment.")


class NotModerated(Refusal):
    about = About.WHO_ASKS
    message = _("You do not moderate the challenge that this belongs to.")


class OwnContent(Refusal):
    about = About.WHO_ASKS
    message = _("You wrote this yourself, so someone else decides about it.")


class OutcomeNotPossible(Refusal):
    message = _("This cannot be decided about this case.")


class ReasonMissing(Refusal):
    message = _("Give the author a reason that they can act on.")


class UndoTooLate(Refusal):
    message = _("This decision cannot be undone any more.")


class UndoOvertaken(Refusal):
    message = _("This decision cannot be undone: something has happened since.")


class NotYourDecision(Refusal):
    about = About.WHO_ASKS
    message = _("Only the person who decided can undo that.")


class NotADuplicate(Refusal):
    message = _("Only an idea that is rejected can be said to be the same as another one.")


def decide_case(
    case: Case,
    *,
    outcome: str,
    reason: str,
    actor: Member,
    original: Idea | None = None,
    now: datetime | None = None,
) -> Decision:
    """Close an open case and do to its content what was decided; the reason (Markdown) is for the author.

    An idea can be rejected because an original says the same: the two are linked, and the author is led there.
    Raises NotModerated, CaseAlreadyDecided, CaseHeldByAnother, OwnContent, OutcomeNotPossible, ReasonMissing or
    NotADuplicate, what ideas.domain.publishing raises when the content is not what it was, and what link_ideas does
    about the original.
    """
    now = now or timezone.now()
    reason = reason.strip()
    with transaction.atomic():
        _lock(case)
        _check_decidable(case, outcome, reason, actor, now)
        if original is not None:
            _link_to(original, case, outcome, actor=actor, now=now)
        decision = _write_down(case, outcome, reason, original, actor=actor, now=now)
        _close(case, now)
        # Said before its effects are, so that whoever reads the events knows why an idea was published.
        data = {"decision": decision.pk, "outcome": outcome}
        record(Verb.CASE_DECIDED, subject=case, actor=actor, data=data, now=now)
        _apply(case, outcome, actor=actor, now=now)
    return decision


def undo_decision(case: Case, *, actor: Member, now: datetime | None = None) -> Case:
    """Take the actor's decision back and open the case again; the decision stays on record as undone.

    Raises NotModerated, NotYourDecision, UndoTooLate (after a minute) or UndoOvertaken (handed in again, answered...).
    """
    now = now or timezone.now()
    with transaction.atomic():
        _lock(case)
        if not moderates(actor, case):
            raise NotModerated
        decision = case.decisions.filter(undone_at=None).order_by("decided_at", "pk").last()
        if decision is None or case.state != CaseState.DECIDED:
            raise UndoTooLate
        if decision.decided_by_id != actor.pk:
            raise NotYourDecision
        if now - decision.decided_at > UNDO_WITHIN:
            raise UndoTooLate
        _revert(case, decision.outcome, actor=actor, now=now)
        _unlink_from_original(decision, actor=actor, now=now)
        decision.undone_at = now
        decision.save(update_fields=["undone_at"])
        _reopen(case)
        data = {"decision": decision.pk, "outcome": decision.outcome}
        record(Verb.CASE_REOPENED, subject=case, actor=actor, data=data, now=now)
    return case


def _lock(case: Case) -> None:
    """Lock the content before its case, as withdrawing and reporting do: one order, so that none waits for ever."""
    if case.idea is not None:
        lock_idea(case.idea)
    if case.comment is not None:
        lock_comment(case.comment)
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related("idea", "comment__idea")
    case.refresh_from_db(from_queryset=rows)


def _check_decidable(case: Case, outcome: str, reason: str, actor: Member, now: datetime) -> None:
    if not moderates(actor, case):
        raise NotModerated
    if case.state != CaseState.OPEN:
        raise CaseAlreadyDecided
    if not is_someone_elses(actor, case):
        raise OwnContent
    if held_by_another(case, actor, now=now):
        raise CaseHeldByAnother
    if outcome not in OUTCOMES_OF[case.kind]:
        raise OutcomeNotPossible(field="outcome")
    if outcome in NEEDS_REASON and len(reason) < MIN_REASON_LENGTH:
        raise ReasonMissing(field="reason")
    if len(reason) > MAX_REASON_LENGTH:
        message = _("A reason has at most %(most)d characters.") % {"most": MAX_REASON_LENGTH}
        raise ReasonMissing(message, field="reason")


def _link_to(original: Idea, case: Case, outcome: str, *, actor: Member, now: datetime) -> None:
    if case.idea is None or outcome != CaseOutcome.REJECTED:
        raise NotADuplicate(field="original")
    try:
        because = Verb.CASE_DECIDED
        link_ideas(case.idea, original, LinkKind.DUPLICATE_OF, actor=actor, because=because, now=now)
    except Refusal as refusal:
        refusal.show_beside("original")
        raise


def _write_down(
    case: Case, outcome: str, reason: str, original: Idea | None, *, actor: Member, now: datetime
) -> Decision:
    decision: Decision = Decision.objects.create(
        organization_id=case.organization_id,
        case=case,
        outcome=outcome,
        reason=reason,
        reason_html=render_markdown(reason),
        original=original,
        decided_by=actor,
        decided_at=now,
    )
    return decision


def _unlink_from_original(decision: Decision, *, actor: Member, now: datetime) -> None:
    """Take away the link that a decision has set; one that was there before stays."""
    if decision.original_id is None:
        return
    between = IdeaLink.objects.filter(idea=decision.case.idea_id, other=decision.original_id)
    set_then = between.filter(kind=LinkKind.DUPLICATE_OF, created_at=decision.decided_at)
    for link in set_then.select_related("idea"):
        unlink_ideas(link, actor=actor, now=now)


def _close(case: Case, now: datetime) -> None:
    case.state = CaseState.DECIDED
    case.decided_at = now
    case.claimed_by = None
    case.claimed_until = None
    case.save(update_fields=["state", "decided_at", "claimed_by", "claimed_until"])


def _reopen(case: Case) -> None:
    if Case.objects.filter(kind=case.kind, idea=case.idea, comment=case.comment, state=CaseState.OPEN).exists():
        raise UndoOvertaken
    case.state = CaseState.OPEN
    case.decided_at = None
    case.save(update_fields=["state", "decided_at"])


# What each decision does to an idea, and the state in which it leaves it.
_TO_IDEA: Final[dict[str, tuple[Callable[..., Any], IdeaState]]] = {
    CaseOutcome.APPROVED: (publishing.publish_idea, IdeaState.PUBLISHED),
    CaseOutcome.CHANGES_REQUESTED: (publishing.request_changes, IdeaState.CHANGES_REQUESTED),
    CaseOutcome.REJECTED: (publishing.reject_idea, IdeaState.REJECTED),
    CaseOutcome.HIDDEN: (publishing.reject_idea, IdeaState.REJECTED),
}


def _apply(case: Case, outcome: str, *, actor: Member, now: datetime) -> None:
    if outcome == CaseOutcome.KEPT:
        return
    if case.comment is not None:
        publishing.hide_comment(case.comment, actor=actor, now=now)
    else:
        change, _state = _TO_IDEA[outcome]
        change(case.idea, actor=actor, now=now)


def _revert(case: Case, outcome: str, *, actor: Member, now: datetime) -> None:
    if outcome == CaseOutcome.KEPT:
        return
    if case.comment is not None:
        if case.comment.state != CommentState.HIDDEN:
            raise UndoOvertaken
        publishing.restore_comment(case.comment, actor=actor, now=now)
        return
    assert case.idea is not None  # noqa: S101  the database holds that one of the two is set
    if case.idea.state != _TO_IDEA[outcome][1]:
        raise UndoOvertaken
    publishing.return_to_queue(case.idea)
