"""The organization's answers to ideas."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.rules import acting_managers, manages
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member
from ideas.domain.locking import lock
from ideas.domain.writing import IdeaNotPublished
from ideas.enums import IdeaState, Outcome
from ideas.models import Answer, Idea
from ideas.queries import latest_answer
from ideas.rules import has_written

# What may follow the latest answer: "no" can be reconsidered, and only what was selected gets implemented.
NEXT: Final[dict[str, frozenset[str]]] = {
    "": frozenset({Outcome.SELECTED, Outcome.NOT_NOW, Outcome.DECLINED}),
    Outcome.NOT_NOW: frozenset({Outcome.SELECTED, Outcome.DECLINED}),
    Outcome.DECLINED: frozenset({Outcome.SELECTED}),
    Outcome.SELECTED: frozenset({Outcome.IMPLEMENTED}),
    Outcome.IMPLEMENTED: frozenset(),
}


class AnswerRefused(Refusal):
    message = _("This answer cannot be given.")


class NotYoursToAnswer(Refusal):
    about = About.WHO_ASKS
    message = _("Only managers of the challenge answer its ideas.")


class OwnIdeaAnswered(Refusal):
    about = About.WHO_ASKS
    message = _("Somebody else has to answer your own idea: add a deputy.")


SOMEBODY_ELSE = _("Another manager of this challenge, or a deputy, has to answer your own idea.")


def why_not_to_answer(idea: Idea, member: Member) -> Refusal | None:
    """Return what keeps the member from answering the idea, whatever the answer says: `rules.answer_idea` in words."""
    if not manages(member, idea.challenge):
        return NotYoursToAnswer()
    if has_written(member, idea):
        others = acting_managers().filter(challenge=idea.challenge, member__is_active=True).exclude(member=member)
        return OwnIdeaAnswered(SOMEBODY_ELSE if others.exists() else "")
    return None if idea.state == IdeaState.PUBLISHED else IdeaNotPublished()


def answer_idea(idea: Idea, *, outcome: str, reasons: str, actor: Member, now: datetime | None = None) -> Answer:
    """Give a published idea an answer with its reasons (Markdown); earlier answers stay on record.

    The actor's latest answer word for word is a second press of the button, and returned.
    Raises NotYoursToAnswer, OwnIdeaAnswered, IdeaNotPublished, or AnswerRefused: no reasons, too long, an outcome that
    was given before, or one that cannot follow the latest (implemented comes after selected).
    """
    now = now or timezone.now()
    html = _rendered(reasons)
    with transaction.atomic():
        lock(idea)
        if not acting_managers().filter(challenge=idea.challenge, member=actor).exists():
            raise NotYoursToAnswer
        if refusal := why_not_to_answer(idea, actor):
            raise refusal
        again = latest_answer(idea, outcome=outcome, reasons=reasons, actor=actor)
        if again is not None:
            return again
        _check_outcome(idea, outcome)
        answer: Answer = Answer.objects.create(
            organization_id=idea.organization_id,
            idea=idea,
            outcome=outcome,
            reasons=reasons,
            reasons_html=html,
            author=actor,
            created_at=now,
        )
        if idea.answered_at is None:
            idea.answered_at = now
            idea.save(update_fields=["answered_at"])
        record(Verb.IDEA_ANSWERED, subject=idea, actor=actor, data={"answer": answer.pk, "outcome": outcome}, now=now)
    return answer


def possible_outcomes(given: list[str]) -> frozenset[str]:
    """Return the outcomes that may follow those given so far, oldest first."""
    return NEXT[given[-1] if given else ""] - frozenset(given)


def _rendered(reasons: str) -> str:
    if not reasons.strip():
        raise AnswerRefused(_("Say why: an answer needs its reasons."), field="reasons")
    if len(reasons) > MAX_TEXT_LENGTH:
        raise AnswerRefused(_("A text has at most %(most)d characters.") % {"most": MAX_TEXT_LENGTH}, field="reasons")
    return render_markdown(reasons)


def _check_outcome(idea: Idea, outcome: str) -> None:
    given = list(idea.answers.order_by("created_at", "pk").values_list("outcome", flat=True))
    if outcome in given:
        raise AnswerRefused(_("This idea has already had that answer."), field="outcome")
    if outcome == Outcome.IMPLEMENTED and (not given or given[-1] != Outcome.SELECTED):
        raise AnswerRefused(_("Only an idea that was selected can be implemented."), field="outcome")
    if outcome not in possible_outcomes(given):
        raise AnswerRefused(_("That answer cannot follow the one given before."), field="outcome")
