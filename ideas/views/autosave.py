"""Saving while somebody types. Answers are JSON for static/js/autosave.js; a visitor's is the 401 of every form."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from challenges.rules import WHO_IS_ASKED, takes_part
from crowdhub.common.errors import Refusal
from crowdhub.common.http import refuse_unless
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import writing
from ideas.forms import IdeaForm
from ideas.models import Idea
from ideas.views.fetching import challenge_or_404, idea_or_404


@login_required
@require_POST
def autosave(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save an idea that may not exist yet, by its client UUID."""
    member = member_of(request)
    challenge = challenge_or_404(request, public_id)
    refuse_unless(takes_part, member, challenge, WHO_IS_ASKED)
    form = IdeaForm(request.POST, language=challenge.language)
    if not form.is_valid() or form.cleaned_data["client_uuid"] is None:
        return JsonResponse({"errors": form.errors}, status=422)
    if not any((form.cleaned_data["title"], form.cleaned_data["body"])) and not form.cleaned_data["version"]:
        return HttpResponse(status=204)  # an empty page is no draft
    uuid, known = form.cleaned_data["client_uuid"], form.cleaned_data["version"]
    return _answer(
        lambda: writing.save_draft(challenge, actor=member, client_uuid=uuid, known_version=known, **form.text())
    )


@login_required
@require_POST
def save(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save an idea that is with its author."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.save_idea, member, idea, rules.CANNOT_CHANGE)
    form = IdeaForm(request.POST, language=idea.language, idea=idea)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    known = form.cleaned_data["version"]
    return _answer(lambda: writing.save_text(idea, actor=member, known_version=known, **form.text()))


def _answer(save_it: Callable[[], Idea]) -> HttpResponse:
    """Answer by statuses of its own: the page takes 409 for another version, which `other` is, and nothing else."""
    try:
        idea = save_it()
    except writing.DraftConflict as conflict:
        other = conflict.other
        version = {"title": other.title, "body": other.body, "saved_at": other.saved_at.isoformat()}
        return JsonResponse({"reason": str(conflict), "other": version}, status=409)
    except writing.NotAContributor:
        return JsonResponse({"reason": _("There is no such draft of yours.")}, status=404)
    except writing.SubmissionsClosed as refusal:
        return JsonResponse({"reason": str(refusal)}, status=403)
    except Refusal as refusal:
        return JsonResponse({"reason": str(refusal)}, status=422)
    saved_at = timezone.localtime(idea.saved_at).isoformat(timespec="seconds")
    return JsonResponse({"saved_at": saved_at, "fields": {"version": str(idea.version)}})
