"""Who may do what with an idea or a comment. Predicates take (member, idea) or (member, comment)."""

from __future__ import annotations

import rules

from challenges.enums import Action
from challenges.rules import has_open
from challenges.rules import manages as manages_challenge
from crowdhub.people.models import Member
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea

# The author can still work on these.
EDITABLE = (IdeaState.DRAFT, IdeaState.CHANGES_REQUESTED, IdeaState.PUBLISHED)


@rules.predicate
def contributes(member: Member, idea: Idea) -> bool:
    return any(contributor.member_id == member.pk for contributor in idea.contributors.all())


@rules.predicate
def is_published(member: Member, idea: Idea) -> bool:
    return idea.state == IdeaState.PUBLISHED


@rules.predicate
def is_editable(member: Member, idea: Idea) -> bool:
    return idea.state in EDITABLE


@rules.predicate
def submissions_are_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.SUBMIT)


@rules.predicate
def was_returned(member: Member, idea: Idea) -> bool:
    """Changes were asked for: the author may answer that even after submissions have closed."""
    return idea.state == IdeaState.CHANGES_REQUESTED


@rules.predicate
def voting_is_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.VOTE)


@rules.predicate
def comments_are_open(member: Member, idea: Idea) -> bool:
    return has_open(idea.challenge, Action.COMMENT)


@rules.predicate
def manages_its_challenge(member: Member, idea: Idea) -> bool:
    return manages_challenge(member, idea.challenge)


@rules.predicate
def wrote_comment(member: Member, comment: Comment) -> bool:
    return comment.author_id == member.pk and comment.state == CommentState.VISIBLE


edit_idea = contributes & is_editable & (submissions_are_open | was_returned)
submit_idea = edit_idea
vote_on_idea = is_published & voting_is_open & ~contributes
comment_on_idea = is_published & comments_are_open
answer_idea = is_published & manages_its_challenge
follow_idea = is_published
edit_comment = wrote_comment
