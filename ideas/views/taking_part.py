"""Votes, follows, comments, answers and co-authors."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.http import by_htmx, refuse_unless
from crowdhub.common.preview import preview_of
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.domain import answering, discussion, joining, teams, voting
from ideas.domain.exposure import note_exposure
from ideas.enums import JoinState
from ideas.forms import AnswerForm, CoAuthorForm, CommentForm
from ideas.models import Comment, Idea, JoinRequest, Revision
from ideas.queries import comments_visible_to, open_requests
from ideas.views.fetching import comment_or_404, id_from, idea_or_404
from ideas.views.reading import show_idea
from ideas.wording import vote_note, why_not_to_vote


@login_required
@require_POST
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Vote (`voted=1`) or take the vote back (`voted=0`)."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.vote_on_idea, member, idea, why_not_to_vote(member, idea))
    wants = request.POST.get("voted") != "0"
    note_exposure(idea, member)
    (voting.cast_vote if wants else voting.withdraw_vote)(idea, actor=member)
    if not by_htmx(request):
        return redirect("ideas:detail", public_id)
    context = {
        "url": request.path,
        "allowed": True,
        "voted": wants,
        "count": None,
        "reason": vote_note(member, idea),
        "target": "this",
    }
    return render(request, "components/vote.html", context)


@login_required
@require_POST
def follow(request: HttpRequest, public_id: str) -> HttpResponse:
    """Follow (`following=1`) or stop following (`following=0`)."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    wants = request.POST.get("following") != "0"
    if wants:
        refuse_unless(rules.follow_idea, member, idea, rules.CANNOT_FOLLOW)
    (voting.follow_idea if wants else voting.unfollow_idea)(idea, actor=member)
    if not by_htmx(request):
        return redirect("ideas:detail", public_id)
    return render(request, "ideas/follow.html", {"idea": idea, "following": wants})


@login_required
@require_POST
def comment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Post a comment, or an answer to the comment in `parent`."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.comment_on_idea, member, idea, rules.CANNOT_COMMENT)
    form = CommentForm(request.POST)
    reply_to = id_from(request.POST, "parent")
    if form.is_valid():
        try:
            parent = _parent(member, idea, reply_to)
            posted = discussion.post_comment(
                idea, actor=member, body=form.cleaned_data["body"], parent=parent, language=member.language
            )
            return redirect(posted.get_absolute_url())
        except Refusal as refusal:
            put_refusal(form, refusal, beside="body")
    return show_idea(request, idea, form, reply_to=reply_to, status=form_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_comment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change one's own comment."""
    found = comment_or_404(request, public_id)
    refuse_unless(rules.edit_comment, member_of(request), found, rules.WHO_EDITS_COMMENT)
    form = CommentForm(request.POST or None, initial={"body": found.body})
    if request.method == "POST" and form.is_valid():
        try:
            discussion.edit_comment(found, actor=member_of(request), body=form.cleaned_data["body"])
            return redirect(found.get_absolute_url())
        except Refusal as refusal:
            put_refusal(form, refusal, beside="body")
    context = {"comment": found, "idea": found.idea, "form": form}
    return render(request, "ideas/edit_comment.html", context, status=form_status(form))


@login_required
@require_POST
def helpful(request: HttpRequest, public_id: str) -> HttpResponse:
    """Mark a comment as helpful (`helpful=1`) or not (`helpful=0`)."""
    member = member_of(request)
    found = comment_or_404(request, public_id)
    refuse_unless(rules.mark_helpful, member, found, rules.WHO_MARKS_HELPFUL)
    if request.POST.get("helpful") == "0":
        discussion.unmark_helpful(found, actor=member)
    else:
        discussion.mark_helpful(found, actor=member)
    return redirect(found.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """The manager's decision about an idea, with its reasons."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.answer_idea, member, idea, str(answering.why_not_to_answer(idea, member) or ""))
    form = AnswerForm(request.POST or None, given=[one.outcome for one in idea.answers.all()])
    wants_preview = "preview" in request.POST
    if request.method == "POST" and not wants_preview and form.is_valid():
        try:
            answering.answer_idea(idea, actor=member, **form.cleaned_data)
            messages.success(request, _("Your answer is published. The authors are told."))
            return redirect("ideas:detail", public_id)
        except Refusal as refusal:
            put_refusal(form, refusal)
    context = {"idea": idea, "form": form, "preview_html": preview_of(request) if wants_preview else ""}
    return render(request, "ideas/answer.html", context, status=200 if wants_preview else form_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who writes an idea, with their shares; its authors ask others here."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.change_team, member, idea, rules.WHO_CHANGES_TEAM)
    form = CoAuthorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = joining.invite_colleague(
                idea, _person(form.cleaned_data["email"]), actor=member, share=form.cleaned_data["share"]
            )
            messages.success(request, _invited_text(asked, member))
            return redirect("ideas:team", public_id)
        except Refusal as refusal:
            put_refusal(form, refusal)
    authors = [(one, shown_name(one.member, viewer=member)) for one in idea.contributors.all()]
    requests = [(one, shown_name(one.member, viewer=member)) for one in open_requests(idea)]
    context = {
        "idea": idea,
        "form": form,
        "authors": authors,
        "stay": set(Revision.objects.filter(idea=idea).values_list("author", flat=True)),
        "asking": [(one, name) for one, name in requests if one.invited_by_id is None],
        "invited": [(one, name) for one, name in requests if one.invited_by_id is not None],
    }
    return render(request, "ideas/team.html", context, status=form_status(form))


@login_required
@require_POST
def leave_team(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the co-author in `member` off an idea; authors may leave it themselves."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.change_team, member, idea, rules.WHO_CHANGES_TEAM)
    leaver = Member.objects.filter(public_id=id_from(request.POST, "member")).first()
    try:
        if leaver is None:
            raise teams.CannotContribute(_("This person does not write the idea."))
        teams.remove_contributor(idea, leaver, actor=member)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("ideas:team", public_id)
    return redirect("ideas:mine" if leaver.pk == member.pk else reverse("ideas:team", args=[public_id]))


def _invited_text(asked: JoinRequest, member: Member) -> str:
    name = shown_name(asked.member, viewer=member)
    if asked.state == JoinState.ACCEPTED:
        return _("%s now writes this idea with you.") % name
    return _("%s has been asked, and will be listed here as an author once they accept.") % name


def _parent(member: Member, idea: Idea, public_id: str) -> Comment | None:
    if not public_id:
        return None
    parent: Comment | None = comments_visible_to(member).filter(idea=idea, public_id=public_id).first()
    if parent is None:
        raise discussion.CommentRefused(_("The comment that you are replying to is no longer there."))
    return parent


def _person(email: str) -> Member:
    person: Member | None = Member.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise teams.CannotContribute(_("Nobody here has this address."), field="email")
    return person
