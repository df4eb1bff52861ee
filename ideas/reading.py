"""Everything that an idea's page shows beside the idea itself, in two statements: short lists, and comments."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db import connection
from django.utils.translation import gettext as _

from challenges.rules import counts_are_public, remember_taking_part
from crowdhub.common.nested import attach, made_of
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.rules import is_auditor
from ideas.drafts import as_read_by
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea
from ideas.rules import contributes, moderates, read_every_version, remember_having_written

MAX_DEPTH: Final = 4  # deeper answers stand below each other
COMMENTS_ON_A_PAGE: Final = 20

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
        'attachments', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT id, public_id, idea_id AS idea, name, kind, size, after_revision, created_at
            FROM ideas_attachment WHERE idea_id = %(idea)s ORDER BY created_at, id) row),
        'revisions', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT id, number, created_at FROM ideas_revision WHERE idea_id = %(idea)s ORDER BY number) row),
        'published_revision', (SELECT coalesce(max((data ->> 'revision')::int), 1) FROM activity_event
            WHERE idea_id = %(idea)s AND verb IN ('idea.submitted', 'idea.resubmitted')),
        'phases', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT id, kind, starts_at, ends_at FROM challenges_phase
            WHERE challenge_id = %(challenge)s ORDER BY starts_at, ends_at) row),
        'managers', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT own.id, own.member_id AS member, own.part, person.id AS member__id,
                person.name AS member__name, person.erased_at AS member__erased_at
            FROM challenges_challengemanager own LEFT JOIN people_member person ON person.id = own.member_id
            WHERE own.challenge_id = %(challenge)s ORDER BY own.id) row),
        'invitation', (SELECT row_to_json(row) FROM (
            SELECT own.public_id, own.share, person.id AS invited_by__id, person.name AS invited_by__name,
                person.erased_at AS invited_by__erased_at
            FROM ideas_joinrequest own JOIN people_member person ON person.id = own.invited_by_id
            WHERE own.idea_id = %(idea)s AND own.member_id = %(reader)s AND own.state = 'open') row),
        'invited', EXISTS (
            SELECT FROM challenges_invitation
            WHERE challenge_id = %(challenge)s AND member_id = %(reader)s AND withdrawn_at IS NULL),
        'linked', EXISTS (SELECT FROM ideas_idealink WHERE idea_id = %(idea)s OR other_id = %(idea)s),
        'votes', (SELECT count(*) FROM ideas_vote WHERE idea_id = %(idea)s),
        'wrote_before', EXISTS (
            SELECT FROM activity_event
            WHERE idea_id = %(idea)s AND verb = 'contributor.removed' AND data -> 'member' = to_jsonb(%(reader)s))
            OR EXISTS (SELECT FROM ideas_revision WHERE idea_id = %(idea)s AND author_id = %(reader)s),
        'my_vote', EXISTS (SELECT FROM ideas_vote WHERE idea_id = %(idea)s AND member_id = %(reader)s),
        'following', EXISTS (SELECT FROM ideas_follow WHERE idea_id = %(idea)s AND member_id = %(reader)s)
    )::text
"""
# Threads in reading order, and of that order one page. Paged here: an idea may have thousands of comments.
_COMMENTS: Final = """
    WITH RECURSIVE thread AS (
        SELECT id, public_id, author_id, created_at, 1 AS depth
        FROM ideas_comment WHERE idea_id = %(idea)s AND parent_id IS NULL
        UNION ALL
        SELECT own.id, own.public_id, own.author_id, own.created_at, thread.depth + 1
        FROM ideas_comment own JOIN thread ON own.parent_id = thread.id WHERE own.idea_id = %(idea)s
    ) SEARCH DEPTH FIRST BY created_at, id SET path,
    placed AS (
        SELECT id, public_id, author_id, depth, row_number() OVER (ORDER BY path) - 1 AS place FROM thread
    ),
    shown AS (
        SELECT coalesce(
            (SELECT place / %(size)s FROM placed WHERE public_id = %(at)s),
            least(%(page)s - 1, (SELECT max(place) FROM placed) / %(size)s)
        ) AS page
    )
    SELECT json_build_object(
        'page', (SELECT page + 1 FROM shown),
        'count', (SELECT count(*) FROM placed),
        'own', (SELECT count(*) FROM placed WHERE author_id = %(reader)s),
        'comments', (SELECT coalesce(json_agg(row), '[]') FROM (
            SELECT own.id, own.public_id, own.idea_id AS idea, own.parent_id AS parent, own.author_id AS author,
                own.body_html, own.language, own.state, own.is_helpful, own.created_at, own.edited_at, placed.depth,
                person.id AS author__id, person.name AS author__name, person.erased_at AS author__erased_at,
                above.id AS parent__id, above.public_id AS parent__public_id, above.state AS parent__state,
                above.author_id AS parent__author, asker.id AS parent__author__id,
                asker.name AS parent__author__name, asker.erased_at AS parent__author__erased_at
            FROM placed
            JOIN shown ON placed.place / %(size)s = shown.page
            JOIN ideas_comment own ON own.id = placed.id
            LEFT JOIN people_member person ON person.id = own.author_id
            LEFT JOIN ideas_comment above ON above.id = own.parent_id
            LEFT JOIN people_member asker ON asker.id = above.author_id
            ORDER BY placed.place) row)
    )::text
"""


def with_lists(idea: Idea, reader: Member) -> Idea:
    """Give an idea all that its page shows but comments, as if prefetched, in one statement; rules ask no more then.

    Its authors get the text that they have saved, everybody else what was handed in.

    Adds `my_vote`, `following`, `outcome` of the latest answer, `vote_count` (None while counts are hidden),
    `invitation`: the row of what an author asks of the reader, or None, and `is_linked`: whether it is worth asking
    which of its links the reader can see.
    """
    found: Any = idea
    lists = _read_json(_LISTS, {"idea": idea.pk, "challenge": idea.challenge_id, "reader": reader.pk})
    for relation in ("contributors", "answers"):
        attach(idea, relation, lists[relation])
    attach(idea, "attachments", _visible_files(idea, reader, lists["attachments"]))
    for attachment in idea.attachments.all():
        attachment.idea = idea  # its address begins with the idea's
    for relation in ("phases", "managers"):
        attach(idea.challenge, relation, lists[relation])
    attach(idea, "revisions", _visible_revisions(idea, reader, lists))
    remember_having_written(reader, idea, wrote=lists["wrote_before"])
    remember_taking_part(reader, idea.challenge, is_invited=lists["invited"])
    found.my_vote, found.following = lists["my_vote"], lists["following"]
    found.is_linked = lists["linked"]
    found.invitation = lists["invitation"]
    latest = max(idea.answers.all(), key=lambda answer: (answer.created_at, answer.pk), default=None)
    found.outcome, found.outcome_at = (latest.outcome, latest.created_at) if latest else (None, None)
    found.vote_count = lists["votes"] if counts_are_public(idea.challenge) else None
    return as_read_by(reader, idea)


def _visible_files(idea: Idea, reader: Member, files: list[Any]) -> list[Any]:
    """Return what queries.attachments_visible_to returns, from what was read already."""
    if contributes(reader, idea) or idea.state not in (IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED):
        return files
    return [row for row in files if row["after_revision"] < idea.revision_number]


def _visible_revisions(idea: Idea, reader: Member, lists: Any) -> list[Any]:
    """Return what queries.revisions_visible_to returns, from what was read already."""
    if read_every_version(reader, idea):
        return list(lists["revisions"])
    return [row for row in lists["revisions"] if row["number"] >= lists["published_revision"]]


def _read_json(statement: str, parameters: dict[str, int | str]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return json.loads(cursor.fetchone()[0])


@dataclass(frozen=True)
class ThreadedComment:
    """A comment as one reader may see it, and its place in the discussion."""

    comment: Comment
    author_name: str
    answers: str  # whose comment it answers, or nothing
    badge: str
    hidden_reason: str | None
    may_edit: bool
    may_mark: bool
    depth: int  # 1 begins a thread; deeper than MAX_DEPTH is not shown as deeper


@dataclass(frozen=True)
class Discussion:
    """One page of an idea's comments, thread after thread, each with its answers below it."""

    comments: list[ThreadedComment]
    count: int  # of all pages
    own_count: int  # the reader's, of all pages
    page: Page[int]

    def find(self, public_id: str) -> ThreadedComment | None:
        """Return a comment of this page that is open to the reader."""
        found = (one for one in self.comments if one.comment.public_id == public_id and one.hidden_reason is None)
        return next(found, None)


def discussion_of(idea: Idea, reader: Member, *, page: int = 1, at: str = "") -> Discussion:
    """Return a page of the idea's comments, oldest thread first, in one query: the one with the comment `at`, if any.

    A hidden comment leaves a mark for everyone, because nothing is deleted silently; its text goes only to its author,
    moderators and auditors.
    """
    wanted: dict[str, int | str] = {
        "idea": idea.pk,
        "reader": reader.pk,
        "size": COMMENTS_ON_A_PAGE,
        "page": page,
        "at": at,
    }
    found = _read_json(_COMMENTS, wanted)
    view = _Viewpoint(reader, idea)
    comments = []
    for row in found["comments"]:
        depth = min(row.pop("depth"), MAX_DEPTH)
        comment = made_of(Comment, row)
        comment.idea = idea
        comments.append(view.of(comment, depth=depth))
    pages = Paginator(range(found["count"]), COMMENTS_ON_A_PAGE)
    return Discussion(comments, found["count"], found["own"], pages.page(found["page"] or 1))


class _Viewpoint:
    """What one reader may see and do with the comments of an idea."""

    def __init__(self, reader: Member, idea: Idea) -> None:
        self.reader = reader
        self.writes_idea = contributes(reader, idea)
        self.author_ids = {contributor.member_id for contributor in idea.contributors.all()}
        self.oversees = bool(moderates(reader, idea) or is_auditor(reader))
        self.is_published = idea.state == IdeaState.PUBLISHED

    def of(self, comment: Comment, *, depth: int) -> ThreadedComment:
        is_own = comment.author_id == self.reader.pk
        is_hidden = comment.state == CommentState.HIDDEN
        return ThreadedComment(
            comment=comment,
            author_name=self._name(comment),
            answers=self._name(comment.parent) if comment.parent else "",
            badge=self._badge(comment, is_hidden),
            hidden_reason=_("A moderator has hidden this comment.") if self._is_closed(comment) else None,
            may_edit=is_own and not is_hidden,
            may_mark=self.writes_idea and not is_own and not is_hidden and self.is_published,
            depth=depth,
        )

    def _is_closed(self, comment: Comment) -> bool:
        return comment.state == CommentState.HIDDEN and not (self.oversees or comment.author_id == self.reader.pk)

    def _name(self, comment: Comment) -> str:
        return _("Hidden") if self._is_closed(comment) else shown_name(comment.author, viewer=self.reader)

    def _badge(self, comment: Comment, is_hidden: bool) -> str:
        if is_hidden:
            return _("Hidden by a moderator")
        if comment.author_id in self.author_ids:
            return _("Author")
        return _("Helpful") if comment.is_helpful else ""
