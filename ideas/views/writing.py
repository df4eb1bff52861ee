"""The editor: new ideas, drafts, and revisions of published ideas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.domain.terms import accept_terms
from challenges.models import Challenge
from challenges.queries import has_accepted_terms
from challenges.rules import WHO_IS_ASKED, takes_part
from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.http import refuse_unless
from crowdhub.common.preview import preview_of
from crowdhub.common.shown_again import put_hidden
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import writing
from ideas.domain.attaching import LARGEST_FILE, LARGEST_MB, MAX_ATTACHMENTS
from ideas.domain.quotas import TooManyDrafts, has_room_for_draft, room_for_files
from ideas.enums import IdeaState
from ideas.forms import AttachmentForm, IdeaForm
from ideas.missing import missing_from
from ideas.models import Idea
from ideas.queries import attachments_of, ideas_of, similar_ideas
from ideas.views.fetching import challenge_or_404, id_from, idea_or_404
from ideas.views.sent_files import attach_sent

ChangeFiles = Callable[[HttpRequest, Idea], AttachmentForm]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, public_id: str) -> HttpResponse:
    """The editor for an idea that is not saved yet; `?draft=` holds its UUID, so that a reload finds it again."""
    member = member_of(request)
    challenge = challenge_or_404(request, public_id)
    if request.method == "POST" and (saved := _saved_with(request, challenge, member)):
        return _edit(request, idea_or_404(request, saved.public_id))
    refuse_unless(rules.write_idea, member, challenge, rules.CANNOT_WRITE)
    if not has_accepted_terms(member, challenge):
        return redirect("ideas:terms", public_id)
    if request.method == "POST":
        form = IdeaForm(request.POST, language=challenge.language)
        return save_form(request, challenge, form, None)
    return _open_new(request, challenge, member)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """The editor for an idea that is saved: a draft, one that was sent back, or a published one."""
    return _edit(request, idea_or_404(request, public_id))


def _edit(request: HttpRequest, idea: Idea) -> HttpResponse:
    if _pressed_again(request, idea):
        return redirect("ideas:detail", idea.public_id)
    refuse_unless(rules.open_editor, member_of(request), idea, rules.CANNOT_CHANGE)
    if request.method == "POST":
        return save_form(request, idea.challenge, IdeaForm(request.POST, language=idea.language, idea=idea), idea)
    return show_editor(request, idea.challenge, IdeaForm(language=idea.language, idea=idea), idea)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """The terms of a challenge, to be accepted before the first idea is written."""
    member = member_of(request)
    challenge = challenge_or_404(request, public_id)
    refuse_unless(takes_part, member, challenge, WHO_IS_ASKED)
    refused = ""
    if request.method == "POST":
        try:
            if "accept" not in request.POST:
                raise writing.TermsNotAccepted
            accept_terms(challenge, member=member)
            return redirect(_back_to_the_editor(request, challenge, member))
        except Refusal as refusal:
            refused = str(refusal)
    context = {"challenge": challenge, "idea_id": id_from(request.GET, "idea"), "refused": refused}
    return render(request, "ideas/terms.html", context, status=422 if refused else 200)


@login_required
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hand in an idea as it was saved."""
    idea = idea_or_404(request, public_id)
    if _pressed_again(request, idea):
        return redirect("ideas:detail", public_id)
    refuse_unless(rules.submit_idea, member_of(request), idea, rules.CANNOT_SUBMIT)
    try:
        writing.submit_idea(idea, actor=member_of(request))
    except writing.TermsNotAccepted:
        return redirect(_terms_url(idea))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ideas:edit", public_id)
    return _handed_in(request, idea)


@login_required
@require_POST
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an idea back."""
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.withdraw_idea, member_of(request), idea, rules.CANNOT_WITHDRAW)
    try:
        writing.withdraw_idea(idea, actor=member_of(request))
        messages.success(request, _("Your idea is withdrawn. Only its authors can see it."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("ideas:detail", public_id)


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Any of our Markdown fields as it will look, as a fragment."""
    return HttpResponse(preview_of(request))


@login_required
@require_POST
def similar(request: HttpRequest, public_id: str) -> HttpResponse:
    """What stands beside the editor while somebody writes: similar ideas, and what is still missing."""
    challenge = challenge_or_404(request, public_id)
    title, body = request.POST.get("title", "")[:200], request.POST.get("body", "")
    member = member_of(request)
    context = {
        "similar": similar_ideas(challenge, title, reader=member),
        "missing": missing_from(title, body),
        "may_join": takes_part(member, challenge),
        "told": int(told) if (told := request.POST.get("told", "")[:3]).isdecimal() else 0,
    }
    return render(request, "ideas/beside.html", context)


def _saved_with(request: HttpRequest, challenge: Challenge, member: Member) -> Idea | None:
    """Return the idea that the form of a new one has made before: by itself, or by a first press of its button."""
    uuid = IdeaForm(request.POST, language=challenge.language)["client_uuid"].value()
    try:
        return ideas_of(member).filter(challenge=challenge, client_uuid=UUID(str(uuid))).first()
    except ValueError:
        return None


def _pressed_again(request: HttpRequest, idea: Idea) -> bool:
    """Tell whether "Hand in" was pressed a second time: an author's idea that is handed in, with no other words."""
    if request.method != "POST" or idea.state != IdeaState.SUBMITTED or not rules.contributes(member_of(request), idea):
        return False
    form = IdeaForm(request.POST, language=idea.language, idea=idea)
    is_sent_bare = "title" not in request.POST
    return is_sent_bare or (form.is_valid() and form.text() == {name: getattr(idea, name) for name in form.text()})


def _open_new(request: HttpRequest, challenge: Challenge, member: Member) -> HttpResponse:
    mine = ideas_of(member).filter(challenge=challenge)
    try:
        uuid = UUID(request.GET.get("draft", ""))
    except ValueError:
        unfinished = mine.filter(state=IdeaState.DRAFT).order_by("-saved_at").first()
        if unfinished is not None and "another" not in request.GET:
            return redirect("ideas:edit", unfinished.public_id)
        return redirect(f"{request.path}?draft={uuid4()}")
    saved = mine.filter(client_uuid=uuid).first()
    if saved is not None:
        return redirect("ideas:edit", saved.public_id)
    if not has_room_for_draft(member):
        messages.error(request, str(TooManyDrafts.message))
        return redirect("ideas:mine")
    return show_editor(request, challenge, IdeaForm(language=challenge.language, client_uuid=uuid), None)


def save_form(request: HttpRequest, challenge: Challenge, form: IdeaForm, idea: Idea | None) -> HttpResponse:
    """Save what the editor's form says and the files that it brings; hand the idea in where that was pressed."""
    if not _is_to_save(request, form):
        return _show_unsaved(request, challenge, form, idea)
    member = member_of(request)
    try:
        idea = _store(challenge, form, idea, member)
        files = attach_sent(request, idea)
        if files.errors:
            return show_editor(request, challenge, form, idea, files=files, status=422)
        _say_done(request, files)
        if "submit" in request.POST and idea.state in writing.WITH_THE_AUTHOR:
            writing.submit_idea(idea, actor=member)
    except Refusal as refusal:
        return _answer_refusal(request, challenge, form, idea, refusal)
    return _after_saving(request, idea)


def change_files(
    request: HttpRequest, challenge: Challenge, form: IdeaForm, idea: Idea | None, change: ChangeFiles
) -> HttpResponse:
    """Change the files of an idea, for which the editor's form was sent, and nothing else of one that is published.

    A draft is saved with it. What was typed about a published idea stays in the form, because nobody has said yet that
    it shall be published. Its files change at once, as the editor says.
    """
    if not _is_to_save(request, form):
        return _show_unsaved(request, challenge, form, idea)
    try:
        if idea is None or idea.state in writing.WITH_THE_AUTHOR:
            idea = _store(challenge, form, idea, member_of(request))
        files = change(request, idea)
    except Refusal as refusal:
        return _answer_refusal(request, challenge, form, idea, refusal)
    if files.errors:
        return show_editor(request, challenge, form, idea, files=files, status=422)
    _say_done(request, files)
    if idea.state == IdeaState.PUBLISHED:
        return show_editor(request, challenge, form, idea)
    return redirect(f"{reverse('ideas:edit', args=[idea.public_id])}#attachments")


def _is_to_save(request: HttpRequest, form: IdeaForm) -> bool:
    return "preview" not in request.POST and form.is_valid()


def _show_unsaved(request: HttpRequest, challenge: Challenge, form: IdeaForm, idea: Idea | None) -> HttpResponse:
    """Show the form that was sent for a preview, or that is not valid."""
    return show_editor(request, challenge, form, idea, status=200 if "preview" in request.POST else 422)


def _answer_refusal(
    request: HttpRequest, challenge: Challenge, form: IdeaForm, idea: Idea | None, refusal: Refusal
) -> HttpResponse:
    """Lead to what is missing, or show what was typed: with the other version, or with what is wrong about it."""
    if isinstance(refusal, writing.TermsNotAccepted):
        return redirect(_terms_url(idea)) if idea else redirect("ideas:terms", challenge.public_id)
    if isinstance(refusal, writing.DraftConflict):
        other = refusal.other
        put_hidden(form, "version", other.version)
        return show_editor(request, challenge, form, idea or other, other=other, status=409)
    put_refusal(form, refusal)
    return show_editor(request, challenge, form, idea, status=form_status(form))


def _say_done(request: HttpRequest, files: AttachmentForm) -> None:
    for said in files.done:
        messages.success(request, said)


def _store(challenge: Challenge, form: IdeaForm, idea: Idea | None, member: Member) -> Idea:
    """Save what was typed; a form that is shown again knows the version that it has made, and no other."""
    known = form.cleaned_data["version"]
    if idea is None:
        uuid = form.cleaned_data["client_uuid"] or uuid4()
        saved = writing.save_draft(challenge, actor=member, client_uuid=uuid, known_version=known, **form.text())
    else:
        change = writing.revise_idea if idea.state == IdeaState.PUBLISHED else writing.save_text
        saved = change(idea, actor=member, known_version=known, **form.text())
    put_hidden(form, "version", saved.version)
    return saved


def _after_saving(request: HttpRequest, idea: Idea) -> HttpResponse:
    if idea.state == IdeaState.SUBMITTED:
        return _handed_in(request, idea)
    if idea.state == IdeaState.PUBLISHED:
        messages.success(request, _("Your idea is changed. What it said before can still be read."))
        return redirect("ideas:detail", idea.public_id)
    messages.success(request, _("Your draft is saved. Only its authors can see it."))
    return redirect("ideas:edit", idea.public_id)


def _handed_in(request: HttpRequest, idea: Idea) -> HttpResponse:
    messages.success(request, _("Your idea is handed in. A moderator reads it next."))
    return redirect("ideas:detail", idea.public_id)


def show_editor(
    request: HttpRequest,
    challenge: Challenge,
    form: IdeaForm,
    idea: Idea | None,
    *,
    other: Idea | None = None,
    files: AttachmentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render the editor with what was typed; `files` is a form of files that was refused."""
    title, body = str(form["title"].value() or ""), str(form["body"].value() or "")
    saves_itself = idea is None or idea.state in writing.WITH_THE_AUTHOR
    context: dict[str, Any] = {
        "challenge": challenge,
        "idea": idea,
        "form": form,
        "other": other,
        **files_context(challenge, idea, files or AttachmentForm(), member_of(request)),
        "draft_key": f"idea-{idea.client_uuid or idea.public_id}" if idea else f"idea-{form['client_uuid'].value()}",
        "autosave_url": _autosave_url(challenge, idea) if saves_itself else "",
        "may_submit": idea is None or rules.submit_idea(member_of(request), idea),
        "similar": similar_ideas(challenge, title[:200], reader=member_of(request), leave_out=idea) if title else [],
        "may_join": True,  # whoever writes here takes part
        "missing": missing_from(title, body),
        "preview_html": preview_of(request) if "preview" in request.POST else "",
    }
    return render(request, "ideas/editor.html", context, status=status)


def files_context(challenge: Challenge, idea: Idea | None, files: AttachmentForm, member: Member) -> dict[str, Any]:
    """Return what the editor's part about attachments shows, with the member's room where it is scarce."""
    left = room_for_files(member)
    attachments = [] if idea is None else list(attachments_of(idea))
    if idea is None:
        url = reverse("ideas:attach_new", args=[challenge.public_id])
    else:
        url = reverse("ideas:attach", args=[idea.public_id])
    return {
        "idea": idea,
        "attachment_form": files,
        "attachments": attachments,
        "attach_url": url,
        "room": MAX_ATTACHMENTS - len(attachments),
        "largest_mb": LARGEST_MB,
        "scarce": left is not None and left < LARGEST_FILE,
        "left": left,
    }


def _autosave_url(challenge: Challenge, idea: Idea | None) -> str:
    if idea is None:
        return reverse("ideas:autosave", args=[challenge.public_id])
    return reverse("ideas:save", args=[idea.public_id])


def _back_to_the_editor(request: HttpRequest, challenge: Challenge, member: Member) -> str:
    idea = ideas_of(member).filter(public_id=id_from(request.GET, "idea")).first()
    if idea is not None:
        return reverse("ideas:edit", args=[idea.public_id])
    return reverse("ideas:new", args=[challenge.public_id])


def _terms_url(idea: Idea) -> str:
    return f"{reverse('ideas:terms', args=[idea.challenge.public_id])}?idea={idea.public_id}"
