"""Writing a challenge: a guided path that can be left and resumed, because every step saves the draft."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges import rules
from challenges.audience_form import AudienceForm
from challenges.domain import drafting
from challenges.domain.launching import launch_challenge, problems_of
from challenges.domain.locks import ChallengeNotDraft
from challenges.domain.saving import DraftConflict
from challenges.enums import ChallengeState
from challenges.fetching import managed_challenge
from challenges.forms import NewQuestionForm, VersionForm, days_of
from challenges.models import AudienceClause, Challenge
from challenges.queries import challenge_begun
from challenges.reach import audience_reach
from challenges.views.steps import CHECK, STEP_NAMED, STEPS, Step, clauses_of, step_after, step_curing
from challenges.wording import audience_sentence, clause_words, reach_warnings
from crowdhub.common.conflict import differences
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.http import refuse_unless
from crowdhub.common.shown_again import put_hidden
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first step of a challenge that does not exist yet; saving it makes the draft, and saving again changes it."""
    member = member_of(request)
    refuse_unless(rules.create_challenge.test, member, None, rules.WHO_CREATES)
    form = NewQuestionForm(request.POST or None, member=member)
    if request.method == "POST" and form.is_valid():
        uuid = form.cleaned_data["client_uuid"]
        begun = challenge_begun(member, uuid)
        if begun is not None:
            return edit(request, begun.public_id)
        try:
            challenge = drafting.create_challenge(actor=member, client_uuid=uuid, **form.draft_fields())
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            return _leave_or_go_on(request, challenge, "question")
    context = {"form": form, "steps": _path("question")}
    return render(request, "challenges/edit_question.html", context, status=_status(form))


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str, step: str = "question") -> HttpResponse:
    """One step of a draft; one that was launched leads on to its room."""
    member, challenge = managed_challenge(request, public_id)
    if challenge.state != ChallengeState.DRAFT and request.method == "GET":
        return redirect("pages:room", challenge.public_id)
    if step == CHECK:
        return _check_page(request, member, challenge)
    here = _step(step)
    form = here.make_form(challenge, member, request.POST or None)
    is_sent = request.method == "POST" and form.is_valid()
    refused = _save(here, form, challenge, member) if is_sent else None
    if is_sent and refused is None:
        return _leave_or_go_on(request, challenge, step)
    context = _step_context(form, here, challenge, member)
    if isinstance(refused, DraftConflict):
        put_hidden(form, "version", challenge.version)
        context["conflict"] = differences(here.make_form(challenge, member, None), form)
    return render(request, here.template, context, status=_status(form, refused))


@login_required
@require_POST
def save(request: HttpRequest, public_id: str, step: str) -> HttpResponse:
    """Save a step while it is being written; new terms wait until they are handed in on purpose."""
    member, challenge = managed_challenge(request, public_id)
    data = request.POST.copy()
    data["new_terms"] = ""
    form = _step(step).make_form(challenge, member, data)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    refused = _save(_step(step), form, challenge, member)
    if refused is not None:
        return JsonResponse({"errors": form.errors, "reason": str(refused)}, status=refused.status)
    return JsonResponse({"fields": {"version": str(challenge.version)}})


@login_required
@require_POST
def reach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save the audience as it is being built, and tell whom it reaches."""
    member, challenge = managed_challenge(request, public_id)
    here = STEP_NAMED["audience"]
    form = here.make_form(challenge, member, request.POST)
    refused = _save(here, form, challenge, member) if form.is_valid() else None
    status = _status(form, refused)
    reached = _reach_context(challenge, clauses_of(challenge), member)
    context = {"challenge": challenge, "form": form, "is_answer": True} | reached
    context |= {"refused": refused, "saved_version": challenge.version if status == 200 else None}
    return render(request, "challenges/_reach.html", context, status=status)


@login_required
@require_POST
def launch(request: HttpRequest, public_id: str) -> HttpResponse:
    """Launch a draft; what stands in the way is listed. A second press of the button leads to where the first did."""
    member, challenge = managed_challenge(request, public_id)
    checked = VersionForm(request.POST)
    try:
        known = checked.cleaned_data["version"] if checked.is_valid() else None
        launch_challenge(challenge, actor=member, known_version=known)
    except ChallengeNotDraft:
        return redirect("pages:room", challenge.public_id)
    except Refusal as refusal:
        if refusal.status == HTTPStatus.CONFLICT:  # anything else is listed on the page
            messages.warning(request, str(refusal))
        return _check_page(request, member, challenge, status=refusal.status)
    messages.success(request, _("The challenge is launched. Invitations are on their way."))
    return redirect("pages:room", challenge.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a draft, after asking."""
    member, challenge = managed_challenge(request, public_id)
    if challenge.state != ChallengeState.DRAFT and request.method == "GET":
        return redirect("pages:room", challenge.public_id)
    if request.method == "GET":
        return render(request, "challenges/discard.html", {"challenge": challenge})
    try:
        drafting.discard_draft(challenge, actor=member)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return render(request, "challenges/discard.html", {"challenge": challenge}, status=refusal.status)
    messages.success(request, _("The draft is deleted."))
    return redirect("challenges:list")


def _step(name: str) -> Step:
    try:
        return STEP_NAMED[name]
    except KeyError:
        raise Http404 from None


def _save(step: Step, form: Form, challenge: Challenge, member: Member) -> Refusal | None:
    """Save a step whose form is valid; returns what refused it, with the form telling why."""
    try:
        with transaction.atomic():
            step.save(form, challenge, member)
    except DraftConflict as conflict:
        return conflict
    except Refusal as refusal:
        put_refusal(form, refusal)
        return refusal
    return None


def _status(form: Form, refused: Refusal | None = None) -> int:
    if refused is not None:
        return refused.status
    return 422 if form.is_bound and not form.is_valid() else 200


def _leave_or_go_on(request: HttpRequest, challenge: Challenge, step: str) -> HttpResponse:
    if "leave" in request.POST:
        messages.success(request, _("The draft is saved. You will find it under “Managed by you”."))
        return redirect("challenges:list")
    if "stay" in request.POST:
        return redirect("challenges:edit", challenge.public_id, step)
    return redirect("challenges:edit", challenge.public_id, step_after(step))


def _path(current: str) -> list[dict[str, Any]]:
    """Return the steps for the navigation beside the form."""
    labels = [(step.name, step.label) for step in STEPS] + [(CHECK, _("Check and launch"))]
    return [{"name": name, "label": label, "current": name == current} for name, label in labels]


def _step_context(form: Form, step: Step, challenge: Challenge, member: Member) -> dict[str, Any]:
    context: dict[str, Any] = {
        "form": form,
        "challenge": challenge,
        "steps": _path(step.name),
        "step": step.name,
    }
    if isinstance(form, AudienceForm):
        context |= _reach_context(challenge, form.clauses, member)
    return context


def _reach_context(challenge: Challenge, clauses: list[AudienceClause], member: Member) -> dict[str, Any]:
    reached = audience_reach(challenge, clauses)
    return {
        "reach": reached,
        "warnings": reach_warnings(reached),
        "sentence": audience_sentence(challenge, clauses, viewer=member),
        "coverage": [
            (clause_words(covered.clause, viewer=member), covered.holders, covered.is_thin)
            for covered in reached.coverage
        ],
        "sample": [(shown_name(person, viewer=member), department) for person, department in reached.sample],
    }


def _check_page(request: HttpRequest, member: Member, challenge: Challenge, status: int = 200) -> HttpResponse:
    reach_context = _reach_context(challenge, clauses_of(challenge), member)
    problems = problems_of(challenge, is_anybody_asked=reach_context["reach"].count > 0)
    context = {
        "challenge": challenge,
        "steps": _path(CHECK),
        "phases": days_of(challenge),
        "problems": [(step_curing(problem.field), str(problem)) for problem in problems],
    }
    return render(request, "challenges/edit_check.html", context | reach_context, status=status)
