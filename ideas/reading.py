"""Everything that an idea's page shows beside the idea itself, in two statements: short lists, and comments."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from challenges.rules import counts_are_public
from crowdhub.common.nested import attach
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea
from ideas.rules import contributes

MAX_DEPTH: Final = 4  # deeper answers stand below each other
THREADS_ON_A_PAGE: Final = 50

# Written out, because to put this together from querysets takes longer than everything else on the page. It reads rows
# that point at one visible idea, in the open organization, as row-level security sees to.
_LISTS: Final = """
    SELECT json_build_object(
        'contributors', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT own.id, own.idea_id AS idea, own.member_id AS member, own.part, own.share,
                person.id AS member__id, person.public_id AS member__public_id,
                person.name AS member__name, person.erased_at AS member__erased_at
            FROM ideas_contributor own LEFT JOIN people_member person ON person.id = own.member_id
            WHERE own.idea_id = %(idea)s ORDER BY own.id) row),
        'answers', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT own.id, own.outcome, own.reasons_html, own.created_at,
                person.id AS author__id, person.name AS author__name, person.erased_at AS author__erased_at
            FROM ideas_answer own LEFT JOIN people_member person ON person.id = own.author_id
            WHERE own.idea_id = %(idea)s ORDER BY own.created_at, own.id) row),
        'revisions', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT id, number, created_at FROM ideas_revision WHERE idea_id = %(idea)s ORDER BY number) row),
        'phases', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT id, kind, starts_at, ends_at FROM challenges_phase
            WHERE challenge_id = %(challenge)s ORDER BY starts_at, ends_at) row),
        'managers', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT own.id, own.member_id AS member, own.part, person.id AS member__id,
                person.name AS member__name, person.erased_at AS member__erased_at
            FROM challenges_challengemanager own LEFT JOIN people_member person ON person.id = own.member_id
            WHERE own.challenge_id = %(challenge)s ORDER BY own.id) row),
        'votes', (SELECT count(*) FROM ideas_vote WHERE idea_id = %(idea)s),
        'my_vote', EXISTS (SELECT FROM ideas_vote WHERE idea_id = %(idea)s AND member_id = %(reader)s),
        'following', EXISTS (SELECT FROM ideas_follow WHERE idea_id = %(idea)s AND member_id = %(reader)s)
    )::text
"""
_COMMENTS: Final = """
    SELECT coalesce(json_agg(row), '[]')::text FROM (
        SELECT own.id, own.public_id, own.idea_id AS idea, own.parent_id AS parent, own.author_id AS author,
            own.body_html, own.state, own.is_helpful, own.created_at, own.edited_at,
            person.id AS author__id, person.name AS author__name, person.erased_at AS author__erased_at
        FROM ideas_comment own LEFT JOIN people_member person ON person.id = own.author_id
        WHERE own.idea_id = %(idea)s ORDER BY own.created_at, own.id) row
"""


def with_lists(idea: Idea, reader: Member) -> Idea:
    """Give an idea all that its page shows but comments, as if prefetched, in one statement; rules ask no more then.

    Adds `my_vote`, `following`, `outcome` of the latest answer, and `vote_count` (None while counts are hidden).
    """
    found: Any = idea
    lists = _read_json(_LISTS, {"idea": idea.pk, "challenge": idea.challenge_id, "reader": reader.pk})
    for relation in ("contributors", "answers", "revisions"):
        attach(idea, relation, lists[relation])
    for relation in ("phases", "managers"):
        attach(idea.challenge, relation, lists[relation])
    found.my_vote, found.following = lists["my_vote"], lists["following"]
    found.outcome = lists["answers"][-1]["outcome"] if lists["answers"] else None
    found.vote_count = lists["votes"] if counts_are_public(idea.challenge) else None
    return idea


def _read_json(statement: str, parameters: dict[str, int]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return json.loads(cursor.fetchone()[0])


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
    attach(idea, "comments", _read_json(_COMMENTS, {"idea": idea.pk}))
    roots: list[ThreadedComment] = []
    nodes: dict[int, ThreadedComment] = {}
    siblings: dict[int, list[ThreadedComment]] = {}
    view = _Viewpoint(reader, idea)
    for comment in idea.comments.all():
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
