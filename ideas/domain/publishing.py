"""What moderators' decisions do to ideas and comments. Called by moderation, which keeps the case and the reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from ideas.domain.locking import lock
from ideas.domain.promise import forget_pause, pause_promise
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea


class IdeaNotWaiting(Refusal):
    message = _("This idea is no longer waiting for a moderator.")


class NothingToUndo(Refusal):
    message = _("There is no decision about this that could be undone.")


def publish_idea(idea: Idea, *, actor: Member | None, now: datetime | None = None) -> Idea:
    """Let everyone with access to the challenge read an idea that was handed in. Raises IdeaNotWaiting."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock_in_state(idea, IdeaState.SUBMITTED)
        idea.state = IdeaState.PUBLISHED
        idea.published_at = idea.published_at or now
        idea.save()
        record(Verb.IDEA_PUBLISHED, subject=idea, actor=actor, now=now)
    return idea


def request_changes(idea: Idea, *, actor: Member | None, now: datetime | None = None) -> Idea:
    """Send an idea back to its authors; the promise pauses until they hand it in again. Raises IdeaNotWaiting."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock_in_state(idea, IdeaState.SUBMITTED)
        idea.state = IdeaState.CHANGES_REQUESTED
        idea.save()
        pause_promise(idea, now)
        record(Verb.IDEA_CHANGES_REQUESTED, subject=idea, actor=actor, now=now)
    return idea


def reject_idea(idea: Idea, *, actor: Member | None, now: datetime | None = None) -> Idea:
    """Do not publish an idea, or take a published one down; the reason given is its answer. Raises IdeaNotWaiting."""
    now = now or timezone.now()
    with transaction.atomic():
        _lock_in_state(idea, IdeaState.SUBMITTED, IdeaState.PUBLISHED)
        idea.state = IdeaState.REJECTED
        idea.answered_at = idea.answered_at or now
        idea.save()
        record(Verb.IDEA_REJECTED, subject=idea, actor=actor, now=now)
    return idea


def return_to_queue(idea: Idea) -> Idea:
    """Undo a moderator's decision: the idea waits again, or is published again if it was when it was taken down.

    Raises NothingToUndo for an idea that has been answered or handed in again since. Records nothing of its own:
    the case that is open again is the fact.
    """
    with transaction.atomic():
        lock(idea)
        if idea.state == IdeaState.REJECTED:
            idea.state = IdeaState.SUBMITTED if idea.published_at is None else IdeaState.PUBLISHED
            first = idea.answers.order_by("created_at").first()
            idea.answered_at = None if first is None else first.created_at
        elif idea.state == IdeaState.PUBLISHED and idea.answered_at is None:
            idea.state = IdeaState.SUBMITTED
            idea.published_at = None
        elif idea.state == IdeaState.CHANGES_REQUESTED:
            idea.state = IdeaState.SUBMITTED
            forget_pause(idea)
        else:
            raise NothingToUndo
        idea.save()
    return idea


def hide_comment(comment: Comment, *, actor: Member | None, now: datetime | None = None) -> Comment:
    """Hide a comment from everyone but its author, moderators and auditors; does nothing when it is hidden."""
    return _set_comment_state(comment, CommentState.HIDDEN, Verb.COMMENT_HIDDEN, actor, now)


def restore_comment(comment: Comment, *, actor: Member | None, now: datetime | None = None) -> Comment:
    """Show a hidden comment again; does nothing when it is visible."""
    return _set_comment_state(comment, CommentState.VISIBLE, Verb.COMMENT_RESTORED, actor, now)


def _lock_in_state(idea: Idea, *states: IdeaState) -> None:
    lock(idea)
    if idea.state not in states:
        raise IdeaNotWaiting


def _set_comment_state(
    comment: Comment, state: CommentState, verb: Verb, actor: Member | None, now: datetime | None
) -> Comment:
    with transaction.atomic():
        changed = Comment.objects.filter(pk=comment.pk).exclude(state=state).update(state=state)
        comment.state = state
        if changed:
            record(verb, subject=comment, actor=actor, now=now)
    return comment
