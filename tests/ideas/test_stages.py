"""The way of an idea, as a line on the pages that list it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from ideas.domain.answering import answer_idea
from ideas.enums import IdeaState, Outcome
from ideas.models import Idea
from ideas.templatetags.ideas_ui import idea_stages
from tests import factories

NOW = timezone.now()


@pytest.mark.parametrize(
    ("state", "fields", "stages"),
    [
        (IdeaState.DRAFT, {}, [("active", "Draft"), ("neutral", "Published"), ("neutral", "Answer")]),
        (
            IdeaState.SUBMITTED,
            {"answer_due_at": NOW + timedelta(days=9)},
            [("neutral", "Handed in"), ("active", "Waiting for a moderator"), ("neutral", "Answer by")],
        ),
        (
            IdeaState.CHANGES_REQUESTED,
            {"answer_due_at": NOW + timedelta(days=9)},  # stands still, so that no day is told
            [("neutral", "Handed in"), ("warn", "Changes asked for"), ("neutral", "Answer")],
        ),
        (
            IdeaState.PUBLISHED,
            {"published_at": NOW, "answer_due_at": NOW + timedelta(days=9)},
            [("neutral", "Handed in"), ("neutral", "Published"), ("active", "Answer by")],
        ),
        (
            IdeaState.PUBLISHED,
            {"published_at": NOW, "answer_due_at": NOW - timedelta(days=9)},
            [("neutral", "Handed in"), ("neutral", "Published"), ("bad", "Answer by")],
        ),
        (
            IdeaState.PUBLISHED,
            {"published_at": NOW, "answered_at": NOW, "outcome": Outcome.SELECTED},
            [("neutral", "Handed in"), ("neutral", "Published"), ("good", "Selected")],
        ),
        (IdeaState.REJECTED, {}, [("neutral", "Handed in"), ("closed", "Not published")]),
        (IdeaState.WITHDRAWN, {}, [("neutral", "Handed in"), ("closed", "Withdrawn")]),
        (IdeaState.WITHDRAWN, {"submitted_at": None}, [("neutral", "Draft"), ("closed", "Withdrawn")]),
    ],
    ids=lambda value: str(value) if isinstance(value, IdeaState) else "",
)
def test_stages_say_what_is_done_and_what_is_next(state, fields, stages):
    outcome = fields.pop("outcome", None)
    idea = Idea(**{"state": state, "submitted_at": NOW, **fields})
    idea.outcome, idea.outcome_at = outcome, idea.answered_at

    found = re.findall(r'<span class="status (\w+)"><svg.*?</svg>(.*?)</span>', idea_stages(idea), re.DOTALL)

    assert found == stages


def test_the_day_beside_an_outcome_is_that_of_the_answer_that_gave_it(in_acme, as_member):
    """An idea that was selected in July and implemented in October was not implemented in July."""
    idea = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
    for outcome, days in ((Outcome.SELECTED, 99), (Outcome.IMPLEMENTED, 2)):
        answer_idea(
            idea, actor=in_acme.carol, outcome=outcome, reasons="So it is.", now=timezone.now() - timedelta(days=days)
        )
    client = as_member(in_acme.alice)

    for page in (reverse("pages:home"), reverse("ideas:mine"), idea.get_absolute_url()):
        stages = re.search(r'<ol class="stages">.*?</ol>', client.get(page).content.decode(), re.DOTALL)[0]
        last = stages.rpartition("<li")[2]

        assert "Implemented" in last, page
        assert f"{timezone.localdate() - timedelta(days=2)}" in last, page
