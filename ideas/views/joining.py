"""Joining the authors of an idea: asking them or being asked, and the answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crowdhub.common.errors import Refusal
from crowdhub.common.http import by_htmx, refuse_unless
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import joining, writing
from ideas.enums import JoinState
from ideas.models import JoinRequest
from ideas.queries import invitations_of, open_requests
from ideas.views.fetching import id_from, idea_or_404


@login_required
@require_POST
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the authors of an idea to be taken in."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.join_idea, member, idea, _("You cannot join this idea."))
    joining.ask_to_join(idea, actor=member)
    is_in = writing.is_contributor(idea, member)  # who was asked before has accepted by asking
    if by_htmx(request):
        answer = {"idea": idea, "joining": JoinState.OPEN, "is_in": is_in, "is_answer": True}
        return render(request, "ideas/join.html", answer)
    if is_in:
        messages.success(request, _("You write this idea now."))
        return redirect("ideas:detail", public_id)
    messages.success(request, _("You have asked to join this idea. Its authors are told."))
    return redirect("ideas:detail", public_id)


@login_required
@require_POST
def answer_join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take in the member who asked (`accept=1`) or go on without (`accept=0`); `request` says which request.

    What an author asked of a colleague is taken back, whatever was sent.
    """
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.change_team, member, idea, rules.WHO_CHANGES_TEAM)
    asked: JoinRequest | None = open_requests(idea).filter(public_id=id_from(request.POST, "request")).first()
    try:
        if asked is None:
            raise joining.RequestGone
        name = shown_name(asked.member, viewer=member)
        if asked.invited_by_id is not None:
            joining.take_back_invitation(asked, actor=member)
            messages.success(request, _("%s is no longer asked.") % name)
        elif request.POST.get("accept") == "1":
            joining.accept_join(asked, actor=member)
            messages.success(request, _("%s now writes this idea with you.") % name)
        else:
            joining.decline_join(asked, actor=member)
            messages.success(request, _("You are going on without %s, who is told.") % name)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("ideas:team", public_id)


@login_required
@require_POST
def answer_invitation(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept what an author asked of the member (`accept=1`), or decline it (`accept=0`)."""
    member = member_of(request)
    invitation = get_object_or_404(invitations_of(member), public_id=public_id)
    accepts = request.POST.get("accept") == "1"
    try:
        (joining.accept_invitation if accepts else joining.decline_invitation)(invitation, actor=member)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("inbox:list")
    if accepts:
        messages.success(request, _("You write this idea now."))
        return redirect("ideas:detail", invitation.idea.public_id)
    told = shown_name(invitation.invited_by, viewer=member)
    messages.success(request, _("You have declined, and %s is told.") % told)
    return redirect("inbox:list")
