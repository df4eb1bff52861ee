"""Reporting back: what came of a challenge, told to everyone at the end."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from challenges.domain.reporting_back import ReportChangedMeanwhile, save_report, send_report
from challenges.enums import ChallengeState
from challenges.fetching import managed_challenge
from challenges.models import Challenge
from challenges.rules import is_over_for_members
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.preview import preview_of
from crowdhub.common.shown_again import put_hidden
from crowdhub.common.text import MAX_TEXT_LENGTH
from crowdhub.inbox.reported_sql import audience_size
from crowdhub.pages.rate_words import rate_sentence
from crowdhub.people.models import Member
from crowdhub.people.signed_out import login_required
from ideas.forms import MarkdownField
from ideas.queries import answer_rate, ideas_to_answer


class ReportForm(forms.Form):
    body = MarkdownField(
        label=gettext_lazy("What came of it"),
        rows=14,
        max_length=MAX_TEXT_LENGTH,
        required=False,
        help_text=gettext_lazy("What was decided, what happens next, who does it, and a word of thanks."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """The report's draft: a POST keeps it (`save`), sends it (`send`) or shows how it will read (`preview`)."""
    member, challenge = managed_challenge(request, public_id)
    if challenge.state == ChallengeState.DRAFT:
        raise Http404
    first = {"body": challenge.report_back, "version": challenge.version}
    form = ReportForm(request.POST or None, initial=first)
    wants_preview = "preview" in request.POST
    status, is_conflict = 200, False
    if request.method == "POST" and not wants_preview:
        try:
            if form.is_valid():
                return _write(request, member, challenge, form)
            status = 422
        except Refusal as refusal:
            put_refusal(form, refusal)
            status, is_conflict = refusal.status, isinstance(refusal, ReportChangedMeanwhile)
    return _page(request, member, challenge, form, status=status, is_conflict=is_conflict)


def _write(request: HttpRequest, member: Member, challenge: Challenge, form: ReportForm) -> HttpResponse:
    sent = {"body": form.cleaned_data["body"], "known_version": form.cleaned_data["version"]}
    if "send" in request.POST:
        send_report(challenge, actor=member, **sent)
        messages.success(request, _("The report is published. Everyone who was asked is told."))
        return redirect("pages:challenge", challenge.public_id)
    save_report(challenge, actor=member, **sent)
    messages.success(request, _("The draft is saved. Only the managers of this challenge read it."))
    return redirect("pages:report-back", challenge.public_id)


def _page(
    request: HttpRequest, member: Member, challenge: Challenge, form: ReportForm, *, status: int, is_conflict: bool
) -> HttpResponse:
    if is_conflict:
        put_hidden(form, "version", challenge.version)
    rate, is_over = answer_rate(challenge), is_over_for_members(challenge)
    context = {
        "challenge": challenge,
        "form": form,
        "other_html": challenge.report_back_html if is_conflict else "",
        "preview_html": preview_of(request) if "preview" in request.POST else "",
        "is_over": is_over,
        "reaches": audience_size(challenge, actor_id=member.pk) if is_over and not challenge.reported_at else None,
        "waiting": rate.waiting,
        "to_answer": ideas_to_answer(challenge, member).count() if rate.waiting else 0,
        "rate": rate_sentence(rate),
    }
    return render(request, "pages/report_back.html", context, status=status)
