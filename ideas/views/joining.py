"""Joining the authors of an idea: asking them, and their answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crowdhub.common.errors import Refusal
from crowdhub.common.http import by_htmx, refuse_unless
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import joining
from ideas.enums import JoinState
from ideas.models import JoinRequest
from ideas.queries import open_joins
from ideas.views.fetching import id_from, idea_or_404


@login_required
@require_POST
def join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the authors of an idea to be taken in."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.join_idea, member, idea, _("You cannot join this idea."))
    try:
        joining.ask_to_join(idea, actor=member)
    except Refusal as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    if by_htmx(request):
        return render(request, "ideas/join.html", {"idea": idea, "joining": JoinState.OPEN})
    messages.success(request, _("You have asked to join this idea. Its authors are told."))
    return redirect("ideas:detail", public_id)


@login_required
@require_POST
def answer_join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take in the member who asked (`accept=1`) or go on without (`accept=0`); `request` says which request."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.change_team, member, idea, _("Only its authors change who writes this idea."))
    asked: JoinRequest | None = open_joins(idea).filter(public_id=id_from(request.POST, "request")).first()
    try:
        if asked is None:
            raise joining.RequestGone
        name = shown_name(asked.member, viewer=member)
        if request.POST.get("accept") == "1":
            joining.accept_join(asked, actor=member)
            messages.success(request, _("%s writes this idea with you now.") % name)
        else:
            joining.decline_join(asked, actor=member)
            messages.success(request, _("You go on without %s, who is told.") % name)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("ideas:team", public_id)
