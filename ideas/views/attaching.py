"""Attachments: adding and removing them in the editor, with htmx or without any script, and reading them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from challenges.models import Challenge
from challenges.queries import has_accepted_terms
from crowdhub.common.errors import Refusal
from crowdhub.common.http import by_htmx, refuse_unless
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import attaching, writing
from ideas.forms import AttachmentForm, IdeaForm
from ideas.models import Attachment, Idea
from ideas.queries import attachments_visible_to
from ideas.serving import attachment_response
from ideas.views.fetching import challenge_or_404, idea_or_404
from ideas.views.sent_files import attach_sent
from ideas.views.writing import ChangeFiles, change_files, files_context


@login_required
@require_POST
def attach_new(request: HttpRequest, public_id: str) -> HttpResponse:
    """Attach files to an idea that may not exist yet, by its client UUID: it is made first."""
    member = member_of(request)
    challenge = challenge_or_404(request, public_id)
    refuse_unless(rules.write_idea, member, challenge, rules.CANNOT_WRITE)
    if not has_accepted_terms(member, challenge):
        terms = reverse("ideas:terms", args=[public_id])
        return HttpResponseClientRedirect(terms) if by_htmx(request) else redirect(terms)
    form = IdeaForm(request.POST, language=challenge.language)
    if not by_htmx(request):
        return change_files(request, challenge, form, None, attach_sent)
    return _attach_to_new(request, challenge, form)


@login_required
@require_POST
def attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Attach files to an idea that is saved."""
    return _change_files(request, public_id, attach_sent)


@login_required
@require_POST
def remove(request: HttpRequest, public_id: str, attachment_id: str) -> HttpResponse:
    """Remove an attachment."""
    return _change_files(request, public_id, partial(_remove, attachment_id=attachment_id))


@login_required
@require_safe
def attachment(request: HttpRequest, public_id: str, attachment_id: str) -> HttpResponseBase:
    """The file, to keep; a picture with `?inline=1` to be shown."""
    visible = attachments_visible_to(member_of(request))
    return attachment_response(request, get_object_or_404(visible, idea__public_id=public_id, public_id=attachment_id))


def _change_files(request: HttpRequest, public_id: str, change: ChangeFiles) -> HttpResponse:
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.open_editor, member_of(request), idea, rules.CANNOT_CHANGE)
    if by_htmx(request):
        return _part(request, idea.challenge, idea, change(request, idea))
    form = IdeaForm(request.POST, language=idea.language, idea=idea)
    return change_files(request, idea.challenge, form, idea, change)


def _attach_to_new(request: HttpRequest, challenge: Challenge, form: IdeaForm) -> HttpResponse:
    """Leave the text alone: the page saves it by itself, and knows its version."""
    form.is_valid()
    if (uuid := form.cleaned_data.get("client_uuid")) is None:
        return HttpResponseBadRequest(_("Say which new idea the files belong to."))
    idea, files = None, AttachmentForm()
    try:
        language = form.cleaned_data.get("language") or challenge.language
        idea = writing.begin_draft(challenge, actor=member_of(request), client_uuid=uuid, language=language)
        files = attach_sent(request, idea)
    except Refusal as refusal:
        files.add_error("file", str(refusal))
    return _part(request, challenge, idea, files)


def _remove(request: HttpRequest, idea: Idea, *, attachment_id: str) -> AttachmentForm:
    found = get_object_or_404(Attachment.objects.filter(idea=idea), public_id=attachment_id)
    files = AttachmentForm()
    try:
        attaching.remove_attachment(found, actor=member_of(request))
        files.done.append(_("%s is removed.") % found.name)
    except Refusal as refusal:
        files.add_error("file", str(refusal))
    return files


def _part(request: HttpRequest, challenge: Challenge, idea: Idea | None, files: AttachmentForm) -> HttpResponse:
    """Render the part of the editor that htmx swaps."""
    context: dict[str, Any] = files_context(challenge, idea, files, member_of(request))
    return render(request, "ideas/attach.html#files", context, status=422 if files.errors else 200)
