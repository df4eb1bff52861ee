"""Comments and their threads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.enums import Action
from challenges.rules import has_open
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.common.text import render_markdown
from crowdhub.people.models import Member
from ideas.domain.locking import lock, lock_comment
from ideas.domain.writing import IdeaNotPublished, NotAContributor, is_contributor
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea

MAX_COMMENT_LENGTH: Final = 5_000
# The same words under the same comment within this time are a second press of the button.
SAME_COMMENT_WITHIN: Final = timedelta(minutes=1)
# An answer to a comment this deep stands beside it. A place in a thread is the path from its beginning, so sorting
# 4,000 answers, each to the one before, takes over 20 s, and anybody could write them.
DEEPEST: Final = 40
_DEPTH: Final = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id, 1 AS depth FROM ideas_comment WHERE id = %(comment)s
        UNION ALL
        SELECT own.id, own.parent_id, above.depth + 1
        FROM ideas_comment own JOIN above ON own.id = above.parent_id WHERE above.depth < %(deepest)s
    ) SELECT max(depth) FROM above
"""


class CommentsClosed(Refusal):
    message = _("Comments are closed in this challenge.")


class CommentRefused(Refusal):
    message = _("This comment cannot be saved.")


class CommentHidden(Refusal):
    message = _("A moderator has hidden this comment.")


class NotYourComment(Refusal):
    about = About.WHO_ASKS
    message = _("Only the person who wrote a comment can change it.")


class OwnComment(Refusal):
    about = About.WHO_ASKS
    message = _("You cannot mark your own comment as helpful.")


def post_comment(
    idea: Idea,
    *,
    actor: Member,
    body: str,
    parent: Comment | None = None,
    language: str = "en",
    now: datetime | None = None,
) -> Comment:
    """Add a comment to a published idea, or an answer to another comment of it; twice within a minute is once.

    An answer to a comment at the deepest place stands beside that comment.

    Raises IdeaNotPublished, CommentsClosed, CommentRefused (empty, too long, parent of another idea) or CommentHidden.
    """
    now = now or timezone.now()
    html = _rendered(body)
    with transaction.atomic():
        lock(idea)
        _check_open(idea, parent, now)
        parent = _not_too_deep(parent)
        again: Comment | None = Comment.objects.filter(
            idea=idea, author=actor, parent=parent, body=body, created_at__gt=now - SAME_COMMENT_WITHIN
        ).first()
        if again is not None:
            return again
        comment: Comment = Comment.objects.create(
            organization_id=idea.organization_id,
            idea=idea,
            parent=parent,
            author=actor,
            body=body,
            body_html=html,
            language=language,
            created_at=now,
        )
        record(Verb.COMMENT_POSTED, subject=comment, actor=actor, now=now)
    return comment


def edit_comment(comment: Comment, *, actor: Member, body: str, now: datetime | None = None) -> Comment:
    """Change one's own visible comment; the same words change nothing.

    Raises NotYourComment, CommentHidden or CommentRefused.
    """
    now = now or timezone.now()
    html = _rendered(body)
    with transaction.atomic():
        lock_comment(comment)
        if comment.author_id != actor.pk:
            raise NotYourComment
        if comment.state != CommentState.VISIBLE:
            raise CommentHidden
        if comment.body != body:
            comment.body, comment.body_html, comment.edited_at = body, html, now
            comment.save(update_fields=["body", "body_html", "edited_at"])
            record(Verb.COMMENT_EDITED, subject=comment, actor=actor, now=now)
    return comment


def mark_helpful(comment: Comment, *, actor: Member, now: datetime | None = None) -> bool:
    """Let an author of the idea say that someone else's comment helped; returns whether that is new.

    Raises NotAContributor, OwnComment or CommentHidden.
    """
    if comment.author_id == actor.pk:
        raise OwnComment
    return _set_helpful(comment, True, Verb.COMMENT_MARKED_HELPFUL, actor, now)


def unmark_helpful(comment: Comment, *, actor: Member, now: datetime | None = None) -> bool:
    """Take the mark back; returns whether there was one. Raises NotAContributor or CommentHidden."""
    return _set_helpful(comment, False, Verb.COMMENT_UNMARKED_HELPFUL, actor, now)


def _set_helpful(comment: Comment, helpful: bool, verb: Verb, actor: Member, now: datetime | None) -> bool:
    with transaction.atomic():
        lock_comment(comment)
        if not is_contributor(comment.idea, actor):
            raise NotAContributor
        if comment.state != CommentState.VISIBLE:
            raise CommentHidden
        if comment.is_helpful == helpful:
            return False
        comment.is_helpful = helpful
        comment.save(update_fields=["is_helpful"])
        record(verb, subject=comment, actor=actor, now=now)
    return True


def _rendered(body: str) -> str:
    if not body.strip():
        raise CommentRefused(_("Write something first."), field="body")
    if len(body) > MAX_COMMENT_LENGTH:
        raise CommentRefused(
            _("A comment has at most %(most)d characters.") % {"most": MAX_COMMENT_LENGTH}, field="body"
        )
    return render_markdown(body)


def _not_too_deep(parent: Comment | None) -> Comment | None:
    """Return the comment below which an answer to this one is to stand."""
    if parent is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_DEPTH, {"comment": parent.pk, "deepest": DEEPEST})
        (depth,) = cursor.fetchone()
    return parent.parent if depth >= DEEPEST else parent


def _check_open(idea: Idea, parent: Comment | None, now: datetime) -> None:
    if idea.state != IdeaState.PUBLISHED:
        raise IdeaNotPublished
    if not has_open(idea.challenge, Action.COMMENT, now=now):
        raise CommentsClosed
    if parent is None:
        return
    if parent.idea_id != idea.pk:
        raise CommentRefused(_("The comment that you are replying to belongs to another idea."))
    lock_comment(parent)
    if parent.state != CommentState.VISIBLE:
        raise CommentHidden
