"""The text of an idea that was sent back: its authors go on writing, and everybody else reads what they handed in."""

from __future__ import annotations

from crowdhub.people.models import Member
from ideas.enums import IdeaState
from ideas.models import Idea
from ideas.rules import contributes


def show_draft(idea: Idea) -> Idea:
    """Put what its authors have written since it was sent back in the place of its text, in memory alone."""
    if idea.draft_title is not None and idea.state in (IdeaState.CHANGES_REQUESTED, IdeaState.WITHDRAWN):
        idea.title, idea.body, idea.language = idea.draft_title, idea.draft_body, idea.draft_language
        idea.body_html = idea.draft_body_html
    return idea


def as_read_by(member: Member, idea: Idea) -> Idea:
    """Return the idea with the text that the member reads; uses prefetched contributors."""
    return show_draft(idea) if idea.draft_title is not None and contributes(member, idea) else idea


def take_over_draft(idea: Idea) -> None:
    """Make the draft the text of the idea, for everybody. The caller saves the idea."""
    show_draft(idea)
    idea.draft_title, idea.draft_body, idea.draft_body_html, idea.draft_language = None, "", "", ""
