"""What this app does when something happened elsewhere."""

from __future__ import annotations

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from rewards.domain.booking import book_events


@after_commit(
    "rewards",
    Verb.IDEA_PUBLISHED,
    Verb.IDEA_REJECTED,
    Verb.IDEA_ANSWERED,
    Verb.CASE_REOPENED,
    Verb.CONTRIBUTOR_ADDED,
    Verb.CONTRIBUTOR_REMOVED,
    Verb.VOTE_CAST,
    Verb.VOTE_WITHDRAWN,
    Verb.COMMENT_MARKED_HELPFUL,
    Verb.COMMENT_UNMARKED_HELPFUL,
    Verb.COMMENT_HIDDEN,
    Verb.COMMENT_RESTORED,
)
def book_points(events: list[Event]) -> None:
    book_events(events)
