"""Permission is the fetch: what the member may not see is a 404."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from challenges.models import Challenge
from challenges.queries import challenges_visible_to
from crowdhub.people.request import member_of
from ideas.models import Comment, Idea
from ideas.queries import comments_visible_to, ideas_visible_to
from ideas.reading import with_lists


def challenge_or_404(request: HttpRequest, public_id: str) -> Challenge:
    """Return the visible challenge with its terms, phases and managers."""
    visible = challenges_visible_to(member_of(request)).select_related("terms")
    return get_object_or_404(visible.prefetch_related("phases", "managers"), public_id=public_id)


def idea_or_404(request: HttpRequest, public_id: str) -> Idea:
    """Return the visible idea with everything that rules and pages ask about it, in two queries."""
    member = member_of(request)
    idea = get_object_or_404(ideas_visible_to(member).select_related("challenge"), public_id=public_id)
    return with_lists(idea, member)


def comment_or_404(request: HttpRequest, public_id: str) -> Comment:
    """Return the visible comment with its idea, challenge and contributors."""
    visible = comments_visible_to(member_of(request)).select_related("idea__challenge")
    return get_object_or_404(visible.prefetch_related("idea__contributors"), public_id=public_id)


def id_from(parameters: QueryDict, name: str) -> str:
    """Return a public id that a visitor sent, or nothing where it cannot be one."""
    sent = parameters.get(name) or ""
    return sent if sent.isalnum() else ""
