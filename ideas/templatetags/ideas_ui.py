"""Where an idea stands, said the same way on every page."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crowdhub.common.templatetags.times import day
from crowdhub.common.templatetags.ui import status
from ideas.enums import IdeaState, Outcome
from ideas.models import Idea

register = template.Library()

STATE_TONES: Final = {
    IdeaState.DRAFT: "neutral",
    IdeaState.SUBMITTED: "active",
    IdeaState.CHANGES_REQUESTED: "warn",
    IdeaState.PUBLISHED: "active",
    IdeaState.REJECTED: "closed",
    IdeaState.WITHDRAWN: "closed",
}
OUTCOME_TONES: Final = {
    Outcome.SELECTED: "good",
    Outcome.IMPLEMENTED: "good",
    Outcome.NOT_NOW: "neutral",
    Outcome.DECLINED: "closed",
}


@register.simple_tag
def idea_status(idea: Idea) -> SafeString:
    """The answer where there is one, else the state; `idea` brings its `outcome` along."""
    outcome = getattr(idea, "outcome", None)
    if outcome:
        return status(str(Outcome(outcome).label), OUTCOME_TONES[Outcome(outcome)])
    return status(idea.get_state_display(), STATE_TONES[IdeaState(idea.state)])


class Stage(NamedTuple):
    """One step on the way of an idea; the shape of a step that is done is a tick, that of one to come is dashed."""

    label: str
    at: datetime | None = None
    tone: str = "neutral"
    shape: str = ""
    is_reached: bool = False
    is_promised: bool = False


TOLD, OTHER = "<li>{}{}</li>", '<li class="is-other">{}{}</li>'


@register.simple_tag
def idea_stages(idea: Idea) -> SafeString:
    """The way of an idea in three steps: handed in (or a draft yet), published, answered. What is next says until when.

    In a row on a phone only the step is shown at which the idea is, and when its answer is due.

    `idea` brings `outcome` and `outcome_at` along: those of its latest answer, because `answered_at` is of the first.
    """
    steps = [_handed_in(idea), _read(idea)]
    if idea.state not in {IdeaState.REJECTED, IdeaState.WITHDRAWN}:
        steps.append(_answered(idea))
    present = max((number for number, each in enumerate(steps) if each.is_reached), default=0)
    items = (
        format_html(
            TOLD if number == present or each.is_promised else OTHER,
            status(each.label, each.tone, each.shape),
            _on(each.at),
        )
        for number, each in enumerate(steps)
    )
    return format_html('<ol class="stages">{}</ol>', format_html_join("", "{}", ((item,) for item in items)))


def _on(moment: datetime | None) -> SafeString | str:
    return format_html(" {}", day(moment)) if moment else ""


def _handed_in(idea: Idea) -> Stage:
    if idea.state == IdeaState.DRAFT:
        return Stage(idea.get_state_display(), tone="active")
    if idea.state == IdeaState.WITHDRAWN and idea.submitted_at is None:
        return Stage(str(IdeaState.DRAFT.label))
    return Stage(_("Handed in"), idea.submitted_at, shape="circle-check")


def _read(idea: Idea) -> Stage:
    if idea.state == IdeaState.PUBLISHED:
        return Stage(_("Published"), idea.published_at, shape="circle-check", is_reached=True)
    if idea.state == IdeaState.DRAFT:
        return Stage(_("Published"))
    return Stage(idea.get_state_display(), tone=STATE_TONES[IdeaState(idea.state)], is_reached=True)


def _answered(idea: Idea) -> Stage:
    outcome = getattr(idea, "outcome", None)
    if outcome:
        given_at = idea.outcome_at  # type: ignore[attr-defined]  # annotated beside the outcome
        return Stage(str(Outcome(outcome).label), given_at, OUTCOME_TONES[Outcome(outcome)], is_reached=True)
    if idea.state not in {IdeaState.SUBMITTED, IdeaState.PUBLISHED} or idea.answer_due_at is None:
        return Stage(_("Answer"))
    is_late = idea.answer_due_at < timezone.now()
    tone = "bad" if is_late else "active" if idea.state == IdeaState.PUBLISHED else "neutral"
    return Stage(
        _("Answer by"), idea.answer_due_at, tone, is_reached=idea.state == IdeaState.PUBLISHED, is_promised=True
    )
