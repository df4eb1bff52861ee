from __future__ import annotations

from django.db import connection

from ideas.models import Comment, Idea
from ideas.rules import forget_having_written


def lock(idea: Idea) -> None:
    """Read the idea again with its challenge and organization, and keep others from changing it until the commit.

    Rows that point at the idea can still be added meanwhile: votes and comments need not wait.
    """
    rows = Idea.objects.select_for_update(of=("self",), no_key=True).select_related("challenge", "organization")
    idea.refresh_from_db(from_queryset=rows)
    forget_having_written(idea)


def hold(idea: Idea) -> None:
    """Read the state of the idea again and keep it as it is until the commit; many can hold one idea at once."""
    with connection.cursor() as cursor:
        # Django has no name for this lock. It waits for who has `lock`, and they for it.
        cursor.execute("SELECT state FROM ideas_idea WHERE id = %s FOR SHARE", [idea.pk])
        (idea.state,) = cursor.fetchone()


def lock_comment(comment: Comment) -> None:
    """Read the comment again with its idea, and keep others from changing it until the commit.

    Who locks its idea as well does that first, and who locks a case of either does that last.
    """
    rows = Comment.objects.select_for_update(of=("self",), no_key=True).select_related("idea")
    comment.refresh_from_db(from_queryset=rows)
