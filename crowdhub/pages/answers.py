"""Answering several ideas of a challenge on one page, each with a decision and reasons of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models.functions import Left
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.enums import ChallengeState
from challenges.fetching import managed_challenge
from challenges.models import Challenge
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.text import excerpt
from crowdhub.pages.room import time_left
from crowdhub.people.models import Member
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization
from ideas.domain.answering import answer_idea, possible_outcomes
from ideas.domain.locking import lock
from ideas.enums import IdeaState, Outcome
from ideas.forms import MarkdownField
from ideas.models import Idea
from ideas.queries import ideas_to_answer, latest_answer, waiting_ideas

ROWS_A_PAGE: Final = 10
EXCERPT: Final = 400
FIRST_ANSWERS: Final = [(code, label) for code, label in Outcome.choices if code in possible_outcomes([])]


class AnsweredMeanwhile(Refusal):
    message = gettext_lazy(
        "Somebody has answered this idea in the meantime. Open it to read the answer, or to add another."
    )


class RowForm(forms.Form):
    """The answer to one of the ideas; a row without a decision and without reasons is left for later."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Decision"), widget=forms.RadioSelect, required=False, choices=FIRST_ANSWERS
    )
    reasons = MarkdownField(label=gettext_lazy("Reasons"), rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome, reasons = cleaned.get("outcome"), cleaned.get("reasons")
        if reasons and not outcome and "outcome" not in self.errors:
            self.add_error("outcome", _("Choose a decision that these reasons are for."))
        if outcome and not reasons:
            self.add_error("reasons", _("Say why: an answer needs its reasons."))
        return cleaned

    @property
    def is_left(self) -> bool:
        """Whether a valid row has nothing in it."""
        return not self.cleaned_data["outcome"]


@dataclass(frozen=True)
class Row:
    """An idea with the form that answers it."""

    public_id: str
    title: str
    language: str
    lead: str
    due_at: datetime | None
    left: timedelta | None
    form: RowForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, public_id: str) -> HttpResponse:
    """The ideas that wait, those due first on top; a POST answers those that have a decision and reasons.

    Each row stands for itself: one that is refused is shown again as it was typed, and the others are answered.
    """
    member, challenge = managed_challenge(request, public_id)
    if challenge.state == ChallengeState.DRAFT:
        raise Http404
    if request.method == "POST":
        return _answer(request, member, challenge)
    waiting = ideas_to_answer(challenge, member)
    page = Paginator(_readable(waiting), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(idea, RowForm(prefix=idea.public_id)) for idea in page]
    own = waiting_ideas(challenge).exclude(pk__in=waiting.values("pk")).count()
    return render(request, "pages/answers.html", {"challenge": challenge, "page": page, "rows": rows, "own": own})


def _answer(request: HttpRequest, member: Member, challenge: Challenge) -> HttpResponse:
    sent = request.POST.getlist("idea")[:ROWS_A_PAGE]
    # In the order of their numbers, so that two managers who answer the same ideas do not wait for each other.
    known = Idea.objects.filter(challenge=challenge, public_id__in=sent).exclude(state=IdeaState.DRAFT).order_by("pk")
    forms_by_idea = {idea: RowForm(request.POST, prefix=idea.public_id) for idea in _readable(known)}
    done = {idea for idea, form in forms_by_idea.items() if _is_answered(idea, form, member)}
    if done:
        text = ngettext(
            "%d idea is answered. Its authors are told.", "%d ideas are answered. Their authors are told.", len(done)
        )
        messages.success(request, text % len(done))
    if any(form.errors for form in forms_by_idea.values()):
        left = sorted((idea for idea in forms_by_idea if idea not in done), key=lambda idea: sent.index(idea.public_id))
        rows = [_row(idea, forms_by_idea[idea]) for idea in left]
        return render(
            request, "pages/answers.html", {"challenge": challenge, "rows": rows, "failed": _failed(rows)}, status=422
        )
    if not done:
        messages.warning(request, _("Nothing was answered yet: choose a decision for at least one idea, and say why."))
    return redirect(
        "pages:answers" if not done or ideas_to_answer(challenge, member).exists() else "pages:room",
        challenge.public_id,
    )


def _is_answered(idea: Idea, form: RowForm, member: Member) -> bool:
    """Answer an idea as its row says; whatever keeps it from being answered is said in the row."""
    if not form.is_valid() or form.is_left:
        return False
    try:
        with transaction.atomic():
            lock(idea)
            if idea.answered_at is not None and latest_answer(idea, actor=member, **form.cleaned_data) is None:
                raise AnsweredMeanwhile
            answer_idea(idea, actor=member, **form.cleaned_data)
    except Refusal as refusal:
        put_refusal(form, refusal)
        return False
    return True


def _readable(ideas: Any) -> Any:
    return ideas.defer("body", "body_html").annotate(beginning=Left("body", 4 * EXCERPT))


def _row(idea: Idea, form: RowForm) -> Row:
    """Return a row of the page; what is not published any more is not shown, only that it is gone."""
    if idea.state != IdeaState.PUBLISHED:
        gone = _("An idea that is no longer published")
        return Row(idea.public_id, gone, get_language() or "", "", None, None, form)
    lead = excerpt(idea.beginning, EXCERPT)  # type: ignore[attr-defined]  # annotated
    left = None if idea.answered_at else time_left(idea.answer_due_at, current_organization())
    return Row(idea.public_id, idea.title, idea.language, lead, idea.answer_due_at, left, form)


def _failed(rows: list[Row]) -> list[tuple[str, str, list[str]]]:
    """Return what keeps rows from being answered: the anchor of each, its title and the problems."""
    return [
        (
            f"idea-{row.public_id}",
            row.title,
            [str(problem) for problems in row.form.errors.values() for problem in problems],
        )
        for row in rows
        if row.form.errors
    ]
