"""What this app does when something happened elsewhere."""

from __future__ import annotations

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import in_transaction
from moderation.domain.opening import cancel_cases, open_triage


@in_transaction(Verb.IDEA_SUBMITTED, Verb.IDEA_RESUBMITTED)
def queue_idea(event: Event) -> None:
    """An idea and its case exist together or not at all."""
    assert event.idea is not None  # noqa: S101  these verbs are about ideas
    open_triage(event.idea, now=event.occurred_at)


@in_transaction(Verb.IDEA_WITHDRAWN)
def take_idea_off_the_queue(event: Event) -> None:
    assert event.idea is not None  # noqa: S101  this verb is about ideas
    cancel_cases(event.idea)
