"""The pages on which a member reports an idea or a comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas.models import Comment, Idea
from ideas.queries import comments_visible_to, ideas_visible_to
from moderation.domain import reporting
from moderation.forms import ReportForm


@login_required
@require_http_methods(["GET", "POST"])
def report_idea(request: HttpRequest, public_id: str) -> HttpResponse:
    idea = get_object_or_404(ideas_visible_to(member_of(request)), public_id=public_id)
    return _report(request, idea, reporting.report_idea)


@login_required
@require_http_methods(["GET", "POST"])
def report_comment(request: HttpRequest, public_id: str) -> HttpResponse:
    visible = comments_visible_to(member_of(request)).select_related("idea")
    comment = get_object_or_404(visible, public_id=public_id)
    return _report(request, comment, reporting.report_comment)


def _report(request: HttpRequest, content: Idea | Comment, report: Callable[..., Any]) -> HttpResponse:
    form = ReportForm(request.POST or None)
    back = content.get_absolute_url()
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                report(content, **form.cleaned_data, reporter=member_of(request))
            except Refusal as refusal:
                put_refusal(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("Thank you. A moderator will look at it."))
                return HttpResponseRedirect(back)
    idea = content.idea if isinstance(content, Comment) else content
    context = {"form": form, "content": content, "idea": idea, "is_comment": isinstance(content, Comment), "back": back}
    return render(request, "moderation/report.html", context, status=status)
