"""Where an idea stands, said the same way on every page."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.safestring import SafeString

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
