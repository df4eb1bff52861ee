"""Choosing a template to begin a challenge with."""

from __future__ import annotations

from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from challenges import rules
from challenges.domain.beginning import begin_from_template
from challenges.forms import BeginningForm
from challenges.question_templates import TEMPLATE_NAMED, TEMPLATES
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required


@login_required
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """The templates, each with its question, and the empty page beside them."""
    member = _beginner_of(request)
    choices = [(template, BeginningForm(initial={"client_uuid": uuid4()})) for template in TEMPLATES]
    context = {"templates": choices, "is_manager": rules.create_challenge(member)}
    return render(request, "challenges/templates.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, name: str) -> HttpResponse:
    """Make a draft of a template and go on in the guided path; whoever reloads is led back to the choice."""
    if request.method != "POST":
        return redirect("challenges:templates")
    member = _beginner_of(request)
    if name not in TEMPLATE_NAMED:
        raise Http404
    form = BeginningForm(request.POST)
    uuid = form.cleaned_data["client_uuid"] if form.is_valid() else None
    challenge = begin_from_template(TEMPLATE_NAMED[name], actor=member, client_uuid=uuid)
    return redirect("challenges:edit", challenge.public_id, "question")


def _beginner_of(request: HttpRequest) -> Member:
    member = member_of(request)
    refuse_unless(rules.begin_challenge.test, member, None, rules.WHO_BEGINS)
    return member
