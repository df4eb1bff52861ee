"""What a moderator's decision does to an idea or a comment, and undoing it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain import publishing
from ideas.enums import CommentState, IdeaState
from tests import factories

DECISIONS = [
    (publishing.publish_idea, IdeaState.PUBLISHED, Verb.IDEA_PUBLISHED),
    (publishing.request_changes, IdeaState.CHANGES_REQUESTED, Verb.IDEA_CHANGES_REQUESTED),
    (publishing.reject_idea, IdeaState.REJECTED, Verb.IDEA_REJECTED),
]


@pytest.fixture
def waiting(in_acme, challenge):
    return factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)


@pytest.mark.parametrize(("decide", "state", "verb"), DECISIONS)
def test_decision_moves_the_idea_and_is_recorded(in_acme, waiting, decide, state, verb):
    decide(waiting, actor=in_acme.bob)

    waiting.refresh_from_db()
    assert waiting.state == state
    assert list(Event.objects.values_list("verb", "actor_id")) == [(verb, in_acme.bob.pk)]


@pytest.mark.parametrize(("decide", "state", "verb"), DECISIONS)
def test_decision_about_a_draft_is_refused(in_acme, challenge, decide, state, verb):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)

    with pytest.raises(publishing.IdeaNotWaiting):
        decide(draft, actor=in_acme.bob)


@pytest.mark.parametrize(("decide", "state", "verb"), DECISIONS)
def test_return_to_queue_undoes_the_decision(in_acme, waiting, decide, state, verb):
    decide(waiting, actor=in_acme.bob)

    publishing.return_to_queue(waiting)

    waiting.refresh_from_db()
    assert waiting.state == IdeaState.SUBMITTED
    assert (waiting.published_at, waiting.answered_at) == (None, None)
    assert not waiting.pauses.exists()


def test_rejected_idea_counts_as_answered(in_acme, waiting):
    now = timezone.now()

    publishing.reject_idea(waiting, actor=in_acme.bob, now=now)

    assert waiting.answered_at == now


def test_undoing_a_take_down_publishes_again(in_acme, idea):
    publishing.reject_idea(idea, actor=in_acme.bob)

    publishing.return_to_queue(idea)

    assert (idea.state, idea.answered_at) == (IdeaState.PUBLISHED, None)


def test_return_to_queue_of_an_answered_idea_is_refused(in_acme, idea):
    idea.answered_at = timezone.now()
    idea.save()

    with pytest.raises(publishing.NothingToUndo):
        publishing.return_to_queue(idea)


def test_hide_restore_and_hide_again_are_different_events(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    publishing.hide_comment(comment, actor=in_acme.bob)
    publishing.hide_comment(comment, actor=in_acme.bob)
    publishing.restore_comment(comment, actor=in_acme.bob)
    publishing.hide_comment(comment, actor=in_acme.bob)

    comment.refresh_from_db()
    assert comment.state == CommentState.HIDDEN
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        Verb.COMMENT_HIDDEN,
        Verb.COMMENT_RESTORED,
        Verb.COMMENT_HIDDEN,
    ]
