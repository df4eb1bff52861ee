"""Everything that an idea's page shows, in two queries: the idea with its short lists, and its comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from challenges.models import ChallengeManager, Phase
from challenges.rules import counts_are_public
from crowdhub.common.nested import attach, rows_of
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from ideas.enums import CommentState, IdeaState
from ideas.models import Answer, Comment, Contributor, Follow, Idea, Revision, Vote
from ideas.queries import ideas_visible_to
from ideas.rules import contributes

MAX_DEPTH: Final = 4  # deeper answers stand below each other
THREADS_ON_A_PAGE: Final = 50

PERSON: Final = ("member__id", "member__public_id", "member__name", "member__erased_at")


def ideas_to_read(member: Member) -> QuerySet[Idea]:
    """Return the visible ideas, each with all that its page shows but comments; call `unpack` on the one that is used.

    Adds `my_vote`, `following` and, after unpacking, `outcome` and `vote_count` (None while counts are hidden).
    """
    this_idea = {"idea": OuterRef("pk")}
    this_challenge = {"challenge": OuterRef("challenge")}
    votes = Vote.objects.filter(**this_idea).order_by().values("idea").annotate(count=Count("pk")).values("count")
    return (
        ideas_visible_to(member)
        .select_related("challenge")
        .annotate(
            contributor_rows=rows_of(
                Contributor.objects.filter(**this_idea).order_by("pk"), "id", "idea_id", "part", "share", *PERSON
            ),
            answer_rows=rows_of(
                Answer.objects.filter(**this_idea).order_by("created_at", "pk"),
                *("id", "outcome", "reasons_html", "created_at", "author__id", "author__name", "author__erased_at"),
            ),
            revision_rows=rows_of(
                Revision.objects.filter(**this_idea).order_by("number"), "id", "number", "created_at"
            ),
            phase_rows=rows_of(
                Phase.objects.filter(**this_challenge).order_by("starts_at"), "id", "kind", "starts_at", "ends_at"
            ),
            manager_rows=rows_of(
                ChallengeManager.objects.filter(**this_challenge).order_by("pk"), "id", "part", *PERSON
            ),
            all_votes=Coalesce(Subquery(votes, output_field=IntegerField()), 0),
            my_vote=Exists(Vote.objects.filter(member=member, **this_idea)),
            following=Exists(Follow.objects.filter(member=member, **this_idea)),
        )
    )


def unpack(idea: Idea) -> Idea:
    """Give an idea of `ideas_to_read` its lists as if they had been prefetched, so that rules ask no more queries."""
    found: Any = idea
    attach(idea, "contributors", found.contributor_rows)
    attach(idea, "answers", found.answer_rows)
    attach(idea, "revisions", found.revision_rows)
    attach(idea.challenge, "phases", found.phase_rows)
    attach(idea.challenge, "managers", found.manager_rows)
    found.outcome = found.answer_rows[-1]["outcome"] if found.answer_rows else None
    found.vote_count = found.all_votes if counts_are_public(idea.challenge) else None
    return idea


@dataclass
class ThreadedComment:
    """A comment as one reader may see it, with its answers."""

    comment: Comment
    author_name: str
    badge: str
    hidden_reason: str | None
    may_edit: bool
    may_mark: bool
    depth: int
    replies: list[ThreadedComment] = field(default_factory=list)
    author_url: str = ""

    @property
    def public_id(self) -> str:
        return self.comment.public_id

    @property
    def created_at(self) -> datetime:
        return self.comment.created_at

    @property
    def html(self) -> str:
        return self.comment.body_html

    @property
    def edited(self) -> bool:
        return self.comment.edited_at is not None


def threads_of(idea: Idea, reader: Member) -> list[ThreadedComment]:
    """Return the idea's comments as threads, oldest first, in one query.

    A hidden comment leaves a mark for everyone, because nothing is deleted silently; its text goes only to its author,
    moderators and auditors.
    """
    comments = Comment.objects.filter(idea=idea).select_related("author").order_by("created_at", "pk")
    roots: list[ThreadedComment] = []
    nodes: dict[int, ThreadedComment] = {}
    siblings: dict[int, list[ThreadedComment]] = {}
    view = _Viewpoint(reader, idea)
    for comment in comments:
        comment.idea = idea
        above = nodes.get(comment.parent_id or 0)
        node = view.of(comment, depth=1 if above is None else min(above.depth + 1, MAX_DEPTH))
        place = roots
        if above is not None:
            place = above.replies if above.depth < MAX_DEPTH else siblings[above.comment.pk]
        place.append(node)
        nodes[comment.pk], siblings[comment.pk] = node, place
    return roots


class _Viewpoint:
    """What one reader may see and do with the comments of an idea."""

    def __init__(self, reader: Member, idea: Idea) -> None:
        self.reader = reader
        self.writes_idea = contributes(reader, idea)
        self.author_ids = {contributor.member_id for contributor in idea.contributors.all()}
        self.oversees = bool(reader.roles & {Role.MODERATOR, Role.AUDITOR})
        self.is_published = idea.state == IdeaState.PUBLISHED

    def of(self, comment: Comment, *, depth: int) -> ThreadedComment:
        is_own = comment.author_id == self.reader.pk
        is_hidden = comment.state == CommentState.HIDDEN
        closed_to_reader = is_hidden and not (is_own or self.oversees)
        return ThreadedComment(
            comment=comment,
            author_name=_("Hidden") if closed_to_reader else shown_name(comment.author, viewer=self.reader),
            badge=self._badge(comment, is_hidden),
            hidden_reason=_("A moderator has hidden this comment.") if closed_to_reader else None,
            may_edit=is_own and not is_hidden,
            may_mark=self.writes_idea and not is_own and not is_hidden and self.is_published,
            depth=depth,
        )

    def _badge(self, comment: Comment, is_hidden: bool) -> str:
        if is_hidden:
            return _("Hidden by a moderator")
        if comment.author_id in self.author_ids:
            return _("Author")
        return _("Helpful") if comment.is_helpful else ""
