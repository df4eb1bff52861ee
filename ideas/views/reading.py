"""The idea's page, what it said before, and the list of one's own ideas."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crowdhub.common.nested import related_of
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.connections import connections
from ideas.differences import FileChange, compare, file_changes
from ideas.domain.answering import OwnIdeaAnswered, possible_outcomes, why_not_to_answer
from ideas.domain.exposure import note_exposure
from ideas.drafts import show_draft
from ideas.enums import IdeaState
from ideas.forms import CommentForm
from ideas.models import Idea, Revision
from ideas.promise import promise_of
from ideas.queries import ideas_of, ideas_to_answer, links_of, revisions_visible_to, with_outcome
from ideas.reading import discussion_of
from ideas.views.fetching import idea_or_404
from ideas.wording import vote_note

IDEAS_ON_A_PAGE = 50
LINKS_SHOWN = 10  # on the page of an idea; the others stand on one of their own
MAX_PAGE = 10_000  # more than any discussion has; whatever is sent beyond is the last page, too


@dataclass(frozen=True)
class Invitation:
    """That an author asks the reader to write the idea with them."""

    public_id: str
    by: str
    share: int


@login_required
@require_safe
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One idea, with everything about it."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    if idea.state == IdeaState.PUBLISHED and not rules.contributes(member, idea):
        note_exposure(idea, member)
    return show_idea(request, idea, CommentForm(), reply_to=request.GET.get("reply", ""))


@login_required
@require_safe
def revisions(request: HttpRequest, public_id: str) -> HttpResponse:
    """What an idea said each time it was handed in or changed, with its files, as far as the reader may know."""
    idea = idea_or_404(request, public_id)
    member = member_of(request)
    told = list(revisions_visible_to(idea, member).select_related("author"))
    before = {later.number: earlier for earlier, later in pairwise(told)}
    chosen = next((one for one in told if str(one.number) == request.GET.get("number")), told[-1] if told else None)
    earlier = before.get(chosen.number) if chosen else None
    title = compare(earlier.title if earlier else "", chosen.title) if chosen else None
    body = compare(earlier.body if earlier else "", chosen.body) if chosen else None
    context = {
        "idea": idea,
        "revisions": [
            (one, shown_name(one.author, viewer=member), _file_changes(before.get(one.number), one))
            for one in reversed(told)
        ],
        "chosen": chosen,
        "earlier": earlier,
        "title_pieces": title.pieces if title else [],
        "body_pieces": body.pieces if body else [],
        "is_rough": body is not None and body.is_rough,
    }
    return render(request, "ideas/revisions.html", context)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The member's own ideas and where each stands, the latest first."""
    ideas = with_outcome(ideas_of(member_of(request))).select_related("challenge").defer("body", "body_html")
    page = Paginator(ideas.order_by("-saved_at", "-pk"), IDEAS_ON_A_PAGE).get_page(request.GET.get("page"))
    for idea in page:
        show_draft(idea)
    return render(request, "ideas/mine.html", {"page": page})


def show_idea(
    request: HttpRequest, idea: Idea, comment_form: CommentForm, *, reply_to: str = "", status: int = 200
) -> HttpResponse:
    """Render the idea's page; also for a comment that was refused."""
    member = member_of(request)
    at = reply_to or request.GET.get("comment", "")
    discussion = discussion_of(idea, member, page=_page_number(request), at=at)
    answers = list(idea.answers.all())
    context: dict[str, Any] = {
        "idea": idea,
        "discussion": discussion,
        "comment_form": comment_form,
        "reply": discussion.find(reply_to),
        "invitation": _invitation(idea, member),
        "authors": [(one, shown_name(one.member, viewer=member)) for one in idea.contributors.all()],
        "managers": [shown_name(one.member, viewer=member) for one in idea.challenge.managers.all()],
        "answers": [(one, shown_name(one.author, viewer=member)) for one in reversed(answers)],
        "promise": promise_of(idea),
        "vote_note": vote_note(member, idea),
        **_connections(idea, member),
        "may": _permissions(member, idea),
        "answer_note": _answer_note(member, idea),
        "may_answer": rules.answer_idea(member, idea) and possible_outcomes([one.outcome for one in answers]),
        "next_to_answer": _next_to_answer(idea, member),
    }
    return render(request, "ideas/detail.html", context, status=status)


def _invitation(idea: Any, member: Member) -> Invitation | None:
    """Return what an author of the idea asks of the reader, where they can still say yes."""
    row = idea.invitation
    if row is None or idea.answered_at is not None or idea.state not in rules.WITHDRAWABLE:
        return None
    return Invitation(row["public_id"], shown_name(related_of(Member, row, "invited_by"), viewer=member), row["share"])


def _next_to_answer(idea: Idea, member: Member) -> Idea | None:
    """Return the idea that waits most urgently, for who could answer the one that they read and that has its answer."""
    if idea.answered_at is None or not rules.answer_idea(member, idea):
        return None
    return ideas_to_answer(idea.challenge, member).only("public_id", "title", "language").first()


def _answer_note(member: Member, idea: Idea) -> str:
    """Return why a manager does not answer this idea, where it is their own; nothing for anybody else."""
    refusal = None if idea.answered_at is not None else why_not_to_answer(idea, member)
    return str(refusal) if isinstance(refusal, OwnIdeaAnswered) else ""


def _file_changes(earlier: Revision | None, later: Revision) -> list[FileChange]:
    return file_changes(earlier.files if earlier else [], later.files)


def _connections(idea: Any, member: Member) -> dict[str, Any]:
    """Return the first connections and whether there are more, in one query, or none where there are no links."""
    found = connections(links_of(idea, member)[: LINKS_SHOWN + 1], idea, member) if idea.is_linked else []
    return {"connections": found[:LINKS_SHOWN], "has_more_connections": len(found) > LINKS_SHOWN}


def _page_number(request: HttpRequest) -> int:
    sent = request.GET.get("page", "")
    return min(max(int(sent), 1), MAX_PAGE) if sent.isdecimal() else 1


def _permissions(member: Member, idea: Idea) -> dict[str, bool]:
    named = {
        "edit": rules.open_editor,
        "submit": rules.submit_idea,
        "withdraw": rules.withdraw_idea,
        "change_team": rules.change_team,
        "vote": rules.vote_on_idea,
        "comment": rules.comment_on_idea,
        "follow": rules.follow_idea,
        "link": rules.link_idea,
        "contributes": rules.contributes,
    }
    return {name: bool(rule(member, idea)) for name, rule in named.items()}
